package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/process"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// timeout bounds what only a failing test waits for.
const timeout = time.Minute

// axe is the package that looks for barriers.
const axe = "axe-core@4.14.1"

// portalKeys sign the links.
const portalKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// shared is what all tests share: Temporal, a worker, a mail server, the portal as "starter portal" serves it, and one browser, in
// which each person has a tab with cookies of its own. Every test has a merchant, a customer and invoices of its own.
var shared struct {
	*environment.Environment
	mails *mailbox.Mailbox
	// starter is the path of the built command, and portal the address that it serves.
	starter, portal string
	browser         context.Context //nolint:containedctx // chromedp's browsers are contexts
	// axe is the text of axe-core.
	axe string
}

var errMissing = errors.New("it is not installed")

func TestMain(m *testing.M) {
	code, err := runTests(m)
	switch {
	case errors.Is(err, errMissing) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "LEFT OUT: the portal in a browser:", err)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	folder, err := os.MkdirTemp("", "browser-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	chromium, err := find(ctx, folder)
	if err != nil {
		return 0, err
	}
	if shared.mails, err = mailbox.Open(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.mails.Leave()) }()
	if shared.Environment, err = environment.Start(ctx, environment.Options{SMTPURL: shared.mails.URL(), Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	portal, err := startPortal(ctx, &shared.portal, "TEMPORAL_ADDRESS="+shared.Address())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, portal.Stop()) }()
	if err := shared.StartWorker(ctx, map[string]string{"PORTAL_URL": shared.portal, "PORTAL_KEYS": portalKeys}); err != nil {
		return 0, err
	}
	closeBrowser, err := startBrowser(ctx, chromium, filepath.Join(folder, "profile"))
	if err != nil {
		return 0, err
	}
	defer closeBrowser()
	if code = m.Run(); code != 0 {
		fmt.Fprintln(os.Stderr, portal.Process().Logs())
	}
	return code, nil
}

// find finds the browser, fetches axe-core and builds the command.
func find(ctx context.Context, folder string) (chromium string, err error) {
	if chromium, err = exec.LookPath("chromium"); err != nil {
		return "", fmt.Errorf("chromium (apt-get install chromium): %w", errMissing)
	}
	install := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--silent", axe)
	install.Dir = folder
	if output, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s from the npm registry (apt-get install npm): %w %s", errMissing, axe, err, output)
	}
	source, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", err
	}
	shared.axe, shared.starter = string(source), filepath.Join(folder, "starter")
	build := exec.CommandContext(ctx, "go", "build", "-o", shared.starter, "./starter")
	build.Dir = filepath.Join("..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w %s", err, output)
	}
	return chromium, nil
}

// startPortal runs "starter portal", with variables that take precedence, and sets the address that it serves.
func startPortal(ctx context.Context, url *string, variables ...string) (portal *process.Server, err error) {
	err = process.OnFreePorts(1, func(ports []int) error {
		address := process.Host + ":" + strconv.Itoa(ports[0])
		*url = "http://" + address
		portal = process.NewServer(process.Program{
			Name: "the portal",
			Command: func() *exec.Cmd {
				return starter([]string{"portal"}, append([]string{"PORTAL_ADDR=" + address, "PORTAL_URL=" + *url, "LOG_LEVEL=warn"}, variables...)...)
			},
			Ready:  func(ctx context.Context, _ *process.Process) error { return answers(ctx, *url+"/readyz") },
			Remove: func() error { return nil },
		})
		return portal.Launch(ctx)
	})
	return portal, err
}

// starter returns the command with the variables of the shared, and others that take precedence.
func starter(args []string, variables ...string) *exec.Cmd {
	cmd := exec.Command(shared.starter, args...) //nolint:noctx // process.Server ends it
	all := shared.Variables()
	all["PORTAL_URL"], all["PORTAL_KEYS"], all["TEMPORAL_UI_URL"] = shared.portal, portalKeys, "http://localhost:8233"
	cmd.Env = os.Environ()
	for name, value := range all {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, variables...)
	return cmd
}

// httpClient asks for pages where a browser is not needed.
var httpClient = &http.Client{Timeout: timeout}

// answers waits until an address answers well.
func answers(ctx context.Context, url string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := httpClient.Do(request)
		if err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func startBrowser(ctx context.Context, chromium, profile string) (stop func(), err error) {
	// Without allow-pre-commit-input a click on a page that is not painted yet is dropped.
	allocator, end := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium),
		chromedp.NoSandbox, chromedp.UserDataDir(profile), chromedp.Flag("allow-pre-commit-input", true))...)
	browser, closeBrowser := chromedp.NewContext(allocator)
	shared.browser = browser
	return func() { closeBrowser(); end() }, chromedp.Do(browser)
}
