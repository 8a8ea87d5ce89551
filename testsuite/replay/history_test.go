package replay_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
)

// The recorded histories, a folder for each version and a file for each path.
const (
	histories = "../testdata/histories"
	suffix    = ".json.gz"
	// stickyKind marks a worker's sticky task queue in JSON; its name contains the machine's.
	stickyKind = "TASK_QUEUE_KIND_STICKY"
)

// fetch returns the current history of a workflow.
func fetch(t *testing.T, temporal client.Client, workflowID string) *historypb.History {
	t.Helper()
	history := &historypb.History{}
	for it := temporal.GetWorkflowHistory(t.Context(), workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, event)
	}
	return history
}

// settled returns the history of a workflow once no workflow task is pending.
func settled(t *testing.T, temporal client.Client, workflowID string) *historypb.History {
	t.Helper()
	var history *historypb.History
	require.Eventually(t, func() bool {
		history = fetch(t, temporal, workflowID)
		last := history.Events[len(history.Events)-1].EventType
		return last != enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED && last != enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED
	}, timeout, tick)
	return history
}

// anonymise removes what names a machine: identities and sticky task queues.
func anonymise(node any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			anonymise(item)
		}
	case map[string]any:
		for name, value := range node {
			queue, _ := value.(map[string]any)
			switch {
			case name == "identity":
				node[name] = recorder
			case name == "taskQueue" && queue["kind"] == stickyKind:
				delete(node, name)
			default:
				anonymise(value)
			}
		}
	}
}

// keep writes a history as `temporal workflow show --output json` does, compressed.
func keep(t *testing.T, version, path string, history *historypb.History) {
	t.Helper()
	data, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(history)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(data, &tree))
	anonymise(tree)
	data, err = json.MarshalIndent(tree, "", "  ")
	require.NoError(t, err)
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, err = writer.Write(data)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	require.NoError(t, os.MkdirAll(filepath.Join(histories, version), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(histories, version, path+suffix), compressed.Bytes(), 0o600))
}

// read reads a history, as JSON and decoded.
func read(t *testing.T, file string) ([]byte, *historypb.History) {
	t.Helper()
	compressed, err := os.Open(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, compressed.Close()) }()
	reader, err := gzip.NewReader(compressed)
	require.NoError(t, err)
	data, err := io.ReadAll(reader)
	require.NoError(t, err)
	history, err := client.HistoryFromJSON(bytes.NewReader(data), client.HistoryJSONOptions{})
	require.NoError(t, err)
	return data, history
}
