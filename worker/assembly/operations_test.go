package assembly_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
)

const payloadKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestOperations(t *testing.T) {
	t.Parallel()
	c, err := assembly.ConfigFromEnv(environment(map[string]string{
		"PAYLOAD_KEYS": payloadKeys, "LOG_FORMAT": "text", "METRICS_ADDR": ":9090",
		"TEMPORAL_DEPLOYMENT_NAME": "streitfall", "TEMPORAL_WORKER_BUILD_ID": "2026-11-25.1",
	}))
	require.NoError(t, err)
	require.True(t, c.PayloadKeys.Any())
	require.Equal(t, []string{assembly.LogText, ":9090", "streitfall", "2026-11-25.1"}, []string{c.Log.Format, c.MetricsAddr, c.Deployment, c.BuildID})
}

func TestOperationsFaults(t *testing.T) {
	t.Parallel()
	const half = "TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together; set both or none"
	for want, changes := range map[string]map[string]string{
		"PAYLOAD_KEYS: key 1 must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)": {"PAYLOAD_KEYS": "geheim"},
		`LOG_FORMAT is "xml"; allowed are json and text`:                                              {"LOG_FORMAT": "xml"},
		`LOG_LEVEL is "loud"; allowed are debug, info, warn and error`:                                {"LOG_LEVEL": "loud"},
		`METRICS_ADDR is "9090"; write it like :9090 or 127.0.0.1:9090`:                               {"METRICS_ADDR": "9090"},
		half:       {"TEMPORAL_DEPLOYMENT_NAME": "streitfall"},
		half + " ": {"TEMPORAL_WORKER_BUILD_ID": "1"},
		`TEMPORAL_DEPLOYMENT_NAME is "a.b"; it must not contain a dot or a colon`: {"TEMPORAL_DEPLOYMENT_NAME": "a.b", "TEMPORAL_WORKER_BUILD_ID": "1"},
	} {
		_, err := assembly.ConfigFromEnv(environment(changes))
		require.EqualError(t, err, strings.TrimSpace(want))
	}
}

// TestLog: a line of JSON per event by default; the run of a dispute is called by the dispute's own id.
func TestLog(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		assembly.LogJSON: `"level":"INFO","msg":"told","dispute":"kd-1","n":1}`,
		assembly.LogText: `level=INFO msg=told dispute=kd-1 n=1`,
	} {
		var out bytes.Buffer
		log := assembly.Log{Format: format}.New(&out)
		log.With("WorkflowID", "dispute-kd-1").Info("told", "n", 1)
		log.Debug("too low to be logged")
		require.True(t, strings.HasSuffix(out.String(), want+"\n"), out.String())
	}
	var out bytes.Buffer
	assembly.Log{Format: assembly.LogJSON, Level: slog.LevelDebug}.New(&out).Debug("other", "WorkflowID", "temporal-sys-1")
	line := map[string]any{}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "temporal-sys-1", line["WorkflowID"])
}
