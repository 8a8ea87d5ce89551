package examples_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-retry"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/race"
)

// timeout bounds every wait; only a failing test waits that long.
const timeout = time.Minute

var client = http.Client{Timeout: timeout}

// house is an installation with the examples beside it.
type house struct {
	t      *testing.T
	env    *environment.Environment
	readme readme
	// folder has a copy of the examples, as a reader has it, and programs the starter.
	folder, programs string
	// variables are those that README.md sets, beside those of the installation.
	variables map[string]string
}

// start installs what the examples need, and starts Temporal, a worker and the portal as README.md says.
func start(t *testing.T) *house {
	t.Helper()
	if race.Enabled {
		t.Skip("the examples are other programs, which have no race detector")
	}
	for _, needed := range []string{"bash", "node", "npm", "curl", "jq", "openssl"} {
		if _, err := exec.LookPath(needed); err != nil {
			leaveOut(t, "the examples need "+needed)
		}
	}
	h := &house{t: t, folder: t.TempDir(), programs: t.TempDir(), readme: readReadme(t)}
	h.copyExamples()
	h.install()
	h.variables = h.env.Variables()
	h.variables["PATH"] = h.programs + string(os.PathListSeparator) + os.Getenv("PATH")
	require.NoError(t, process.OnFreePorts(2, func(ports []int) error {
		h.readme.use(ports)
		h.prepare()
		return h.servePortal(ports[0])
	}))
	require.NoError(t, h.env.StartWorker(t.Context(), h.variables))
	return h
}

// install brings in, side by side, what takes its time: Temporal, the starter and the packages of npm.
func (h *house) install() {
	var all errgroup.Group
	all.Go(func() (err error) {
		h.env, err = environment.Start(h.t.Context(), environment.Options{Progress: os.Stderr})
		return err
	})
	all.Go(func() error {
		const program = "github.com/streitfall/streitfall/starter"
		_, err := process.Run(h.t.Context(), exec.Command("go", "build", "-o", h.programs, program))
		return err
	})
	cmd := h.command(npmInstall)
	cmd.Env = append(cmd.Env, "npm_config_prefer_offline=true") // the registry is asked for what the cache does not have
	_, missing := process.Run(h.t.Context(), cmd)
	require.NoError(h.t, all.Wait())
	h.t.Cleanup(func() { require.NoError(h.t, h.env.Close()) })
	if missing != nil {
		leaveOut(h.t, "the examples cannot be installed, which needs the npm registry: "+missing.Error())
	}
}

func leaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		require.Fail(t, why)
	}
	t.Skip("LEFT OUT: " + why)
}

func (h *house) copyExamples() {
	for _, pattern := range []string{"*.ts", "*.sh", "package.json", "tsconfig.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(h.t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(h.t, err)
			require.NoError(h.t, os.WriteFile(filepath.Join(h.folder, file), text, 0o600))
		}
	}
}

// command is bash with a script, in the folder of the examples.
func (h *house) command(script string) *exec.Cmd {
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = h.folder, os.Environ()
	for name, value := range h.variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// npmInstall is the first command of README.md.
const npmInstall = "npm install"

// prepare runs the other commands that come before the examples, and keeps the variables that they set.
func (h *house) prepare() {
	first, rest, _ := strings.Cut(h.readme.commands("Before"), "\n")
	require.Equal(h.t, npmInstall, first)
	printed, err := process.Run(h.t.Context(), h.command(rest+"\nenv"))
	require.NoError(h.t, err)
	for line := range strings.Lines(printed) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if strings.Contains(rest, name+"=") {
			h.variables[name] = value
		}
	}
}

// servePortal starts the portal.
func (h *house) servePortal(port int) error {
	variables := maps.Clone(h.variables)
	maps.Copy(variables, map[string]string{
		"PORTAL_URL": variables["STREITFALL_URL"], "PORTAL_ADDR": fmt.Sprintf("%s:%d", process.Host, port),
		"PORTAL_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "FILES_URL": "file:" + h.t.TempDir(), "LOG_LEVEL": "warn",
	})
	server := process.NewServer(process.Program{
		Name: "the portal", Remove: func() error { return nil }, Ready: h.portalReady,
		Command: func() *exec.Cmd {
			cmd := exec.Command(filepath.Join(h.programs, "starter"), "portal")
			cmd.Env = os.Environ()
			for name, value := range variables {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			return cmd
		},
	})
	if err := server.Launch(h.t.Context()); err != nil {
		return err
	}
	h.t.Cleanup(func() { require.NoError(h.t, server.Stop()) })
	return nil
}

func (h *house) portalReady(ctx context.Context, _ *process.Process) error {
	return retry.Constant(ctx, 50*time.Millisecond, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.variables["STREITFALL_URL"]+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return retry.RetryableError(err)
		}
		if response.StatusCode != http.StatusOK {
			err = retry.RetryableError(fmt.Errorf("the portal answers %s", response.Status))
		}
		return errors.Join(err, response.Body.Close())
	})
}

// serveEvents starts the program of a section that runs until it is stopped, and returns the file that has what it prints.
func (h *house) serveEvents(heading string) (printed string) {
	printed = filepath.Join(h.t.TempDir(), "printed")
	output, err := os.Create(printed)
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = output.Close() })
	cmd := h.command(h.readme.commands(heading))
	cmd.Stdout = output
	receiver, err := process.Start(cmd)
	require.NoError(h.t, err)
	h.t.Cleanup(func() {
		h.t.Log(receiver.Logs())
		require.NoError(h.t, receiver.Kill())
	})
	require.Eventually(h.t, func() bool { return strings.HasPrefix(h.read(printed), "listening ") }, timeout, 50*time.Millisecond)
	return printed
}

func (h *house) read(file string) string {
	text, err := os.ReadFile(file)
	require.NoError(h.t, err)
	return string(text)
}

// runs runs the commands of a section, and compares what they print with what it shows.
func (h *house) runs(heading string) {
	h.t.Helper()
	began := time.Now()
	printed, err := process.Run(h.t.Context(), h.command(h.readme.commands(heading)))
	require.NoError(h.t, err, "%s", printed)
	h.t.Logf("%s (%s)\n%s", heading, time.Since(began).Round(time.Millisecond), printed)
	requireInOrder(h.t, h.readme.printed(heading), printed)
}

// requireInOrder asserts that an output has lines in their order; it may have others between them.
func requireInOrder(t *testing.T, lines, output string) {
	t.Helper()
	left := strings.Split(output, "\n")
	for line := range strings.Lines(lines) {
		i := slices.Index(left, strings.TrimSuffix(line, "\n"))
		require.GreaterOrEqual(t, i, 0, "%q is missing, or not in its place, in\n%s", line, output)
		left = left[i+1:]
	}
}

// readme is README.md.
type readme struct{ text string }

func readReadme(t *testing.T) readme {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return readme{string(text)}
}

// use puts ports in the place of those of the portal and of the receiver.
func (r *readme) use(ports []int) {
	r.text = strings.NewReplacer(":8090", fmt.Sprint(":", ports[0]), ":8787", fmt.Sprint(":", ports[1])).Replace(r.text)
}

// commands are what a section tells to run, and printed is what it shows of the output.
func (r *readme) commands(heading string) string { return r.block(heading, "sh") }
func (r *readme) printed(heading string) string  { return r.block(heading, "text") }

func (r *readme) block(heading, kind string) string {
	_, section, _ := strings.Cut(r.text, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	found := regexp.MustCompile("(?ms)^```" + kind + "\n(.*?)^```$").FindStringSubmatch(section)
	if found == nil {
		return ""
	}
	return found[1]
}
