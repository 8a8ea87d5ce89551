package assembly_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
)

// TestLog: the attribute WorkflowID of a dispute becomes the dispute's own id, in both formats.
func TestLog(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		assembly.LogJSON: `"level":"INFO","msg":"sent","dispute":"kd-1","n":1}`,
		assembly.LogText: `level=INFO msg=sent dispute=kd-1 n=1`,
	} {
		var out bytes.Buffer
		log := assembly.Log{Format: format}.New(&out)
		log.With("WorkflowID", "dispute-kd-1").Info("sent", "n", 1)
		log.Debug("too low to be logged")
		require.True(t, strings.HasSuffix(out.String(), want+"\n"), out.String())
	}
	var out bytes.Buffer
	assembly.Log{Format: assembly.LogJSON, Level: slog.LevelDebug}.New(&out).Debug("other", "WorkflowID", "temporal-sys-1")
	line := map[string]any{}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "temporal-sys-1", line["WorkflowID"])
}

// TestLogIsPlain: a mail server's answer cannot turn the text of a log around, nor colour a screen.
func TestLogIsPlain(t *testing.T) {
	t.Parallel()
	for _, format := range []string{assembly.LogJSON, assembly.LogText} {
		var out bytes.Buffer
		assembly.Log{Format: format}.New(&out).Error("not sent", "error", errors.New("550 \u202eno\x1b[31m größe"))
		require.NotContains(t, out.String(), "\u202e")
		require.NotContains(t, out.String(), "\x1b")
		require.Contains(t, out.String(), "größe")
		require.Equal(t, 1, strings.Count(out.String(), "\n"))
	}
}
