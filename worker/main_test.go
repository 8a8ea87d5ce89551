//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/testsuite/devserver"
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

// worker is the command in an environment of its own.
func worker(t *testing.T, environment ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), executable)
	cmd.Env = append([]string{asWorker + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, environment...)
	return cmd
}

// TestStopsOnSignal: a worker that is told to stop ends in good order, within seconds.
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
		told := time.Time{}
		for lines := bufio.NewScanner(output); lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "Started Worker") {
				require.NoError(t, cmd.Process.Signal(signal))
				told = time.Now()
			}
		}
		require.NoError(t, cmd.Wait(), log.String())
		require.Less(t, time.Since(told), 15*time.Second)
		for _, words := range []string{"nobody is reached by e-mail", "taking disputes", "Stopped Worker"} {
			require.Contains(t, log.String(), words)
		}
		require.NotContains(t, log.String(), "ERROR")
		require.FileExists(t, filepath.Join(dir, "ledger.db"))
		require.NoFileExists(t, filepath.Join(dir, "ledger.db-wal"), "the ledger is closed in good order")
	}
}

// TestRefusesToStart: with every fault named, ours and those of Temporal's own configuration.
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
		"nothing is set": {nil, []string{"worker: the configuration is not usable:\n", "\nLEDGER_URL is required", "\nSMTP_URL (such as "}},
		"everything is wrong": {
			[]string{
				"LEDGER_URL=mysql://u:geheim@db", "SMTP_URL=imap://u:geheim@mail", "MAIL_FROM=x", "DESK_EMAIL=y", "ARBITER=z", "LOG_LEVEL=q",
				"TEMPORAL_CONFIG_FILE=" + broken,
			},
			[]string{"\nLEDGER_URL: the ledger's URL has ", "\nSMTP_URL: ", "\nMAIL_FROM: ", "\nDESK_EMAIL ", "\nARBITER ", "\nLOG_LEVEL ", "toml"},
		},
		"no Temporal": {
			append(sound, "TEMPORAL_ADDRESS=127.0.0.1:1"),
			[]string{"worker: temporal cannot be reached at 127.0.0.1:1 (TEMPORAL_ADDRESS): "},
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
