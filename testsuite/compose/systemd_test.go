package compose_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/worker/codec"
)

const units = "../../worker/systemd"

// variables reads a file of variables as systemd does. Those in comments are not set.
func variables(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(units, file))
	require.NoError(t, err)
	found := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), "="); is && !strings.HasPrefix(line, "#") {
			found[name] = unquoted(value)
		}
	}
	return found
}

// unquoted reads a value by systemd's rules (systemd.exec(5), EnvironmentFile=): in single quotes every character stands for
// itself, and elsewhere a backslash only protects the next one. Double quotes are not used in the files.
func unquoted(value string) string {
	if text, quoted := strings.CutPrefix(value, "'"); quoted {
		return strings.TrimSuffix(text, "'")
	}
	return regexp.MustCompile(`\\(.)`).ReplaceAllString(value, "$1")
}

func TestUnquoted(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{`a b`: `a b`, `a\nb`: `anb`, `a\\nb`: `a\nb`, `'a\nb'`: `a\nb`} {
		require.Equal(t, want, unquoted(value))
	}
}

// TestSystemdSettings: worker, portal and codec accept their files of variables, and read all that is there.
func TestSystemdSettings(t *testing.T) {
	t.Parallel()
	config, unread := readSettings(t, variables(t, "worker.env"), assembly.ConfigFromEnv)
	require.Empty(t, unread)
	require.Equal(t, "Example Payments GmbH\nHauptstr. 1, 10115 Berlin", config.MailImprint)
	_, unread = readSettings(t, variables(t, "codec.env"), codec.ConfigFromEnv)
	require.Empty(t, unread)
	served, unread := readSettings(t, variables(t, "portal.env"), portalSettings)
	require.Empty(t, unread)
	unit, err := os.ReadFile(filepath.Join(units, "streitfall-portal.service"))
	require.NoError(t, err)
	require.Contains(t, string(unit), "\nStateDirectory=streitfall-portal\n")
	require.Equal(t, "file:/var/lib/streitfall-portal/files", served.FilesURL, "no other folder can be written")
	require.NotEqual(t, config.MetricsAddr, served.MetricsAddr, "they may run on one machine")
}

// TestSystemdUnitsShowTheBootTime: with ProcSubset=pid a program has no /proc/stat, and so no process_start_time_seconds, by which
// the alert rules see what was counted before the first scrape.
func TestSystemdUnitsShowTheBootTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"worker", "portal", "codec"} {
		unit, err := os.ReadFile(filepath.Join(units, "streitfall-"+name+".service"))
		require.NoError(t, err)
		_, measured := variables(t, name+".env")["METRICS_ADDR"]
		require.Equal(t, measured, !strings.Contains(string(unit), "\nProcSubset=pid\n"), name)
	}
}

// TestSystemdUnits: systemd accepts the units, and they have the rights that they need and no others.
func TestSystemdUnits(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("LEFT OUT: systemd-analyze is not installed (Debian and Ubuntu: apt-get install systemd)")
	}
	for _, name := range []string{"streitfall-worker.service", "streitfall-portal.service", "streitfall-codec.service"} {
		text, err := os.ReadFile(filepath.Join(units, name))
		require.NoError(t, err)
		unit := string(text)
		// The program and the settings are not installed here.
		unit = regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/(worker|starter)`).ReplaceAllString(unit, "ExecStart=/bin/true")
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, []byte(unit), 0o600))
		for _, args := range [][]string{{"verify", "--man=no", file}, {"security", "--offline=true", "--threshold=15", file}} {
			output, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
			require.NoError(t, err, string(output))
			if args[0] == "verify" {
				require.Empty(t, string(output))
			}
		}
	}
}
