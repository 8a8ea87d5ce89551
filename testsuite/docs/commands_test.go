package docs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/race"
)

// notRun has the first command of each sh block that is not run, and why.
var notRun = map[string]string{
	"go run ./starter demo":                       "it takes a minute and stays until Ctrl-C; the tests of starter/demo run it",
	"go test ./...":                               "this test is part of it",
	"docker compose up --build --detach":          "it needs a Docker engine; testsuite/compose checks the file",
	"go run ./testsuite/load":                     "it measures for minutes; its tests run each mode in small",
	"go -C testsuite/compose run ./cluster -stay": "it needs PostgreSQL and builds Temporal's server",

	"npm install":         byExamples,
	"npx tsx receiver.ts": byExamples,
	"bash shop.sh 4723":   byExamples,
	"npx openapi-typescript \"$STREITFALL_URL/api/v1/openapi.json\" --output api.d.ts": byExamples,
	"starter ledger import --example | sed s/4711/4722/ |":                             byExamples,
}

const byExamples = "testsuite/examples runs it"

// ports are the ports of the documents. In the test other ones take their place, because tests run side by side: that is
// the only change to what the documents say.
var ports = []string{"7233", "8233", "7243", "9090", "8081", "8090", "9091", "8091", "9092"}

// timeout is for all commands together. They take about half a minute when Go's build cache is warm.
const timeout = 5 * time.Minute

// TestCommands runs the commands of all documents, and compares what they print with what the documents show.
func TestCommands(t *testing.T) {
	t.Parallel()
	if race.Enabled {
		t.Skip("the commands build and run programs without the race detector")
	}
	for _, program := range []string{"bash", "git", "curl", "jq", "openssl"} {
		_, err := exec.LookPath(program)
		if err != nil && os.Getenv("CI") != "true" {
			t.Skipf("LEFT OUT: the commands of the documents need %s", program)
		}
		require.NoError(t, err, "CI needs the programs of the documents")
	}
	blocks := allBlocks(t)
	var script strings.Builder
	script.WriteString("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n")
	for i, b := range ordered(blocks) {
		fmt.Fprintf(&script, "echo '%s'\n%s\necho \"-- $SECONDS s\"\n", mark(i), b.text)
	}
	fmt.Fprintf(&script, "echo '%s'\n", mark(len(ordered(blocks))))
	output := run(t, script.String())
	for i, b := range ordered(blocks) {
		_, after, _ := strings.Cut(output, mark(i)+"\n")
		printed, _, done := strings.Cut(after, mark(i+1)+"\n")
		t.Logf("%s:%d printed\n%s", b.file, b.line, printed)
		require.True(t, done, "%s:%d failed:\n%s\n\nof\n\n%s", b.file, b.line, printed, b.text)
		next := blocks[min(slices.Index(blocks, b)+1, len(blocks)-1)]
		if next.kind == "text" && next.file == b.file {
			require.Regexp(t, pattern(next.text), printed, "%s:%d", next.file, next.line)
		}
	}
}

func allBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	for _, file := range documents(t) {
		blocks = append(blocks, blocksOf(t, file)...)
	}
	return blocks
}

// ordered returns the blocks that are run, in their order.
func ordered(blocks []block) (run []block) {
	for _, kind := range []string{"sh", "sh end"} {
		for _, b := range blocks {
			if b.kind == kind && notRun[b.command()] == "" {
				run = append(run, b)
			}
		}
	}
	return run
}

func mark(i int) string { return fmt.Sprintf("=== block %d", i) }

// pattern matches an output that has these lines in this order; … stands for anything in a line.
func pattern(lines string) string {
	var patterns []string
	for line := range strings.Lines(lines) {
		line = strings.ReplaceAll(regexp.QuoteMeta(strings.TrimRight(line, " \n")), "…", ".*")
		patterns = append(patterns, "(?m:^"+regexp.MustCompile(` +`).ReplaceAllString(line, " +")+" *$)")
	}
	return strings.Join(patterns, "(?s:.*)")
}

func TestPattern(t *testing.T) {
	t.Parallel()
	const printed = "opened: kd-1 is OPENED, waiting for pause\ndispute   kd-1\nstate     CLOSED\n"
	for _, lines := range []string{"opened: kd-1 is OPENED, …\nstate CLOSED\n", "dispute kd-1\n", "…waiting…\n"} {
		require.Regexp(t, pattern(lines), printed)
	}
	for _, lines := range []string{"state CLOSED\ndispute kd-1\n", "opened: kd-1\n", "state OPENED\n"} {
		require.NotRegexp(t, pattern(lines), printed)
	}
}

// run runs a script in a clean copy of the repository, on ports of its own, and returns what it printed.
func run(t *testing.T, script string) string {
	t.Helper()
	// Temporal is built here once, under the lock that all tests share, and not by the script.
	server, err := devserver.Start(t.Context(), devserver.Options{})
	require.NoError(t, err)
	require.NoError(t, server.Stop())

	dir, home := clone(t), t.TempDir()
	printed := filepath.Join(home, "output")
	require.NoError(t, process.OnFreePorts(len(ports), func(free []int) error {
		output, err := os.Create(printed)
		require.NoError(t, err)
		defer output.Close() //nolint:errcheck // it is read again
		own := map[string]string{}
		for i, port := range ports {
			own[port] = strconv.Itoa(free[i])
		}
		cmd := exec.Command("bash", "-c", regexp.MustCompile(`\b(`+strings.Join(ports, "|")+`)\b`).
			ReplaceAllStringFunc(script, func(port string) string { return own[port] }))
		cmd.Dir, cmd.Env = dir, environment(t, home, "localhost:"+own["7233"])
		cmd.Stdout = output
		shell, err := process.Start(cmd)
		require.NoError(t, err)
		select {
		case <-shell.Exited():
		case <-time.After(timeout):
		}
		t.Logf("last lines of the standard error:\n%s", shell.Logs())
		return shell.Kill()
	}))
	output, err := os.ReadFile(printed)
	require.NoError(t, err)
	for _, log := range []string{"temporal.log", "worker.log", "codec.log", "portal.log", "api.log"} {
		text, _ := os.ReadFile(filepath.Join(dir, log))
		t.Logf("%s:\n%s", log, text[max(0, len(text)-2000):])
	}
	return string(output)
}

// clone copies the files of the repository as they are now, without what Git does not know.
func clone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) { // removed, and not yet committed
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return dir
}

// configured are the variables that configure the product or Temporal: the documents set what they need.
var configured = regexp.MustCompile(`^(TEMPORAL|LEDGER|MAIL|SMTP|PAYLOAD|CODEC|METRICS|DESK|ARBITER|LOG|WEBHOOK|SENDER|PROVIDER|PORTAL|FILES|OIDC|AWS|API|EVENTS)(_|=)`)

// environment is that of a reader with a home of their own and Go's caches.
func environment(t *testing.T, home, temporal string) (variables []string) {
	t.Helper()
	answer, err := exec.CommandContext(t.Context(), "go", "env", "-json", "GOCACHE", "GOMODCACHE", "GOPATH", "GOENV").Output()
	require.NoError(t, err)
	var caches map[string]string
	require.NoError(t, json.Unmarshal(answer, &caches))
	for _, variable := range os.Environ() {
		if !configured.MatchString(variable) {
			variables = append(variables, variable)
		}
	}
	for name, value := range caches {
		variables = append(variables, name+"="+value)
	}
	return append(variables, "HOME="+home, "TEMPORAL_ADDRESS="+temporal, "TZ=UTC")
}

// TestBlocks: no reason in notRun is left over; JSON is JSON; every kind of block is known.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var left []string
	before := ""
	for _, b := range allBlocks(t) {
		if b.kind == "text" {
			require.Equal(t, "sh", before, "%s:%d has no command whose output it is", b.file, b.line)
		}
		before = b.kind
		switch b.kind {
		case "sh", "sh end":
			if reason := notRun[b.command()]; reason != "" {
				left = append(left, b.command())
				t.Logf("%s:%d is not run: %s", b.file, b.line, reason)
			}
		case "json":
			require.True(t, json.Valid([]byte(b.text)), "%s:%d is no JSON", b.file, b.line)
		default:
			require.Contains(t, []string{"", "text", "go", "http", "mermaid", "yaml"}, b.kind, "%s:%d", b.file, b.line)
		}
	}
	for command := range notRun {
		require.Contains(t, left, command, "notRun has a block that no document has")
	}
}
