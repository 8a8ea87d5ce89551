package browser_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// timeout bounds what only a failing test waits for.
const timeout = time.Minute

// axe is the package that looks for barriers.
const axe = "axe-core@4.14.1"

// chromium and axeSource are what TestMain has found: the browser's path and the text of axe-core.
var chromium, axeSource string

var errMissing = errors.New("it is not installed")

func TestMain(m *testing.M) {
	err := find()
	switch {
	case err == nil:
		os.Exit(m.Run())
	case os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "LEFT OUT: the portal in a browser:", err)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// find finds the browser and fetches axe-core.
func find() (err error) {
	if chromium, err = exec.LookPath("chromium"); err != nil {
		return fmt.Errorf("chromium (apt-get install chromium): %w", errMissing)
	}
	folder, err := os.MkdirTemp("", "axe-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	ctx, cancel := context.WithTimeout(context.Background(), timeout) //nolint:forbidigo // TestMain has no testing.T
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--silent", axe)
	install.Dir = folder
	if output, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("%s from the npm registry (apt-get install npm): %w %s", axe, err, output)
	}
	source, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	axeSource = string(source)
	return err
}

// page is a tab of a browser with cookies of its own: a person.
type page struct {
	*testing.T
	context.Context //nolint:containedctx // it is the tab
}

// look is how a person looks at pages.
type look struct {
	width    int64
	dark     bool
	noScript bool
}

// newPage opens a browser for one person.
func newPage(t *testing.T, with look) page {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(chromium), chromedp.Headless, chromedp.NoSandbox,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(tab)) // starts the browser, which lives as long as this context
	p := page{t, tab}
	scheme := "light"
	if with.dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(cmp.Or(with.width, 1100), 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, media := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		_, script := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: with.noScript})
		return errors.Join(media, script)
	}))
	return p
}

// do runs actions in the page and fails the test if one fails.
func (p page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	require.NoError(p, chromedp.Do(ctx, actions...))
}

// read runs an action that returns something.
func read[T any](p page, action chromedp.Action[T]) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(p, err)
	return value
}

// open goes to an address.
func (p page) open(url string) {
	p.Helper()
	p.do(chromedp.Navigate(url))
}

// text returns what a person reads.
func (p page) text() string {
	p.Helper()
	return read(p, chromedp.Text(chromedp.CSS("body")))
}

// violation is a barrier that axe-core has found.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// barriers has axe-core look at the page, by the rules of WCAG 2.1 A and AA and by its own best practices.
func (p page) barriers() (found []violation) {
	p.Helper()
	const run = `axe.run(document, {resultTypes: ['violations']}).then(result => JSON.stringify(result.violations))`
	read(p, chromedp.Evaluate[bool](axeSource+";true"))
	answer := read(p, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	require.NoError(p, json.Unmarshal([]byte(answer), &found))
	return found
}
