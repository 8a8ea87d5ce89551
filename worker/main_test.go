//go:build unix

package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/devserver"
)

// asWorker makes the test binary the worker itself.
const asWorker = "WORKER_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// worker returns the command with its own environment.
func worker(t *testing.T, environment ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), executable)
	cmd.Env = append([]string{asWorker + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, environment...)
	return cmd
}

// TestStopsOnSignal: a worker that is interrupted stops within seconds and closes its ledger.
func TestStopsOnSignal(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(t.Context(), devserver.Options{Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		dir := t.TempDir()
		cmd := worker(t, "TEMPORAL_ADDRESS="+server.Address(), "LEDGER_URL=sqlite:"+filepath.Join(dir, "ledger.db"), "MAIL_DIR="+filepath.Join(dir, "mails"))
		output, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		var log strings.Builder
		interrupted := time.Time{}
		for lines := bufio.NewScanner(output); lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "Started Worker") {
				require.NoError(t, cmd.Process.Signal(signal))
				interrupted = time.Now()
			}
		}
		require.NoError(t, cmd.Wait(), log.String())
		require.Less(t, time.Since(interrupted), 15*time.Second)
		for _, words := range []string{"nobody is reached by e-mail", "made a new ledger", filepath.Join(dir, "ledger.db"), "taking disputes", "Stopped Worker"} {
			require.Contains(t, log.String(), words)
		}
		require.NotContains(t, log.String(), "ERROR")
		require.FileExists(t, filepath.Join(dir, "ledger.db"))
		require.NoFileExists(t, filepath.Join(dir, "ledger.db-wal"), "the ledger was closed")
	}
}

// TestCodec serves the codec until it is interrupted.
func TestCodec(t *testing.T) {
	t.Parallel()
	const keys = "PAYLOAD_KEYS=k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	cmd := worker(t, keys, "CODEC_TOKEN=correct-horse-battery", "CODEC_ADDR=127.0.0.1:0", "LOG_FORMAT=text")
	cmd.Args = append(cmd.Args, "codec")
	output, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	status := 0
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, address, found := strings.Cut(lines.Text(), "msg=listening address="); found {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
			require.NoError(t, err)
			request.SetBasicAuth("anna", "correct-horse-battery")
			answer, err := (&http.Client{}).Do(request)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			status = answer.StatusCode
			require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		}
	}
	require.NoError(t, cmd.Wait())
	require.Equal(t, http.StatusOK, status)
}

// TestCommands: unknown commands and commands with an invalid configuration fail.
func TestCommands(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"dispute":     "worker: usage: worker, worker codec or worker health; ",
		"codec --all": "worker: usage: ",
		"codec":       "worker: the configuration is invalid:\nPAYLOAD_KEYS is required: the keys of the workers\nCODEC_TOKEN must ",
		"health":      `worker: METRICS_ADDR is ""; it must be that of the worker or the portal, such as :9090`,
	} {
		cmd := worker(t, "CODEC_TOKEN=geheim")
		cmd.Args = append(cmd.Args, strings.Fields(command)...)
		output, err := cmd.CombinedOutput()
		require.ErrorContains(t, err, "exit status 1")
		require.True(t, strings.HasPrefix(string(output), want), string(output))
		require.NotContains(t, string(output), "geheim")
	}
}

// TestMetricsAddrTaken: a worker does not start without its metrics.
func TestMetricsAddrTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	server, err := devserver.Start(t.Context(), devserver.Options{Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	dir := t.TempDir()
	output, err := worker(t, "TEMPORAL_ADDRESS="+server.Address(), "METRICS_ADDR="+taken.Addr().String(),
		"LEDGER_URL=sqlite:"+filepath.Join(dir, "ledger.db"), "MAIL_DIR="+filepath.Join(dir, "mails")).CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(output), "\nworker: METRICS_ADDR: listen tcp "+taken.Addr().String())
}

// TestRefusesToStart: the error has every fault, also those of Temporal's own configuration.
func TestRefusesToStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "temporal.toml")
	require.NoError(t, os.WriteFile(broken, []byte("no TOML"), 0o600))
	sound := []string{"LEDGER_URL=sqlite:" + filepath.Join(dir, "ledger.db"), "MAIL_DIR=" + filepath.Join(dir, "mails")}
	for name, c := range map[string]struct {
		environment []string
		want        []string
	}{
		"nothing is set": {nil, []string{"worker: the configuration is invalid:\n", "\nLEDGER_URL is required", "\nSMTP_URL (such as "}},
		"everything is wrong": {
			[]string{
				"LEDGER_URL=mysql://u:geheim@db", "SMTP_URL=imap://u:geheim@mail", "MAIL_FROM=x", "DESK_EMAIL=y", "ARBITER=z", "LOG_LEVEL=q", "PAYLOAD_KEYS=geheim",
				"TEMPORAL_CONFIG_FILE=" + broken,
			},
			[]string{"\nLEDGER_URL: the ledger's URL has ", "\nSMTP_URL: ", "\nMAIL_FROM: ", "\nDESK_EMAIL ", "\nARBITER ", "\nLOG_LEVEL ", "\nPAYLOAD_KEYS: ", "toml"},
		},
		"no Temporal": {
			append(sound, "TEMPORAL_ADDRESS=127.0.0.1:1"),
			[]string{"worker: temporal cannot be reached at 127.0.0.1:1; start it (temporal server start-dev) or correct TEMPORAL_ADDRESS: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output, err := worker(t, c.environment...).CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 1, exit.ExitCode())
			for _, words := range c.want {
				require.Contains(t, string(output), words)
			}
			require.NotContains(t, string(output), "geheim")
		})
	}
}
