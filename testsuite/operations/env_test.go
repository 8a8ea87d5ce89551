package operations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// workerProgram and starterProgram are built once for all tests.
var workerProgram, starterProgram string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "streitfall-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	workerProgram, starterProgram = filepath.Join(dir, "worker"), filepath.Join(dir, "starter")
	build := exec.Command("go", "build", "-o", dir, "github.com/streitfall/streitfall/worker", "github.com/streitfall/streitfall/starter")
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the programs: %w\n%s", err, output)
	}
	return m.Run(), nil
}

// timeout bounds every wait of a test; only a failing test waits that long.
const timeout = 30 * time.Second

// The keys of the tests.
const (
	key1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	key2 = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
)

// env is the environment of one test, and the workers that it has started.
type env struct {
	*testing.T
	*environment.Environment
	workers []*worker
	mails   *mailbox.Mailbox
}

// newEnv starts an environment with a mail server. The ledger is a SQLite file if ledgerURL is empty.
func newEnv(t *testing.T, ledgerURL string) *env {
	t.Helper()
	mails, err := mailbox.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mails.Leave()) })
	started, err := environment.Start(t.Context(), environment.Options{
		Durable: true, LedgerURL: ledgerURL, SMTPURL: mails.URL(), Progress: os.Stderr,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, started.Close()) })
	return &env{T: t, Environment: started, mails: mails}
}

// dial connects as a backend service with keys does.
func (e *env) dial(keys string) client.Client {
	e.Helper()
	parsed, err := encryption.ParseKeys(keys)
	require.NoError(e, err)
	temporal, err := client.DialContext(e.Context(), parsed.Client(client.Options{
		HostPort: e.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}))
	require.NoError(e, err)
	e.Cleanup(temporal.Close)
	return temporal
}

// book imports a merchant and an invoice, and returns a dispute about the invoice.
func (e *env) book(id string, change ...func(*dispute.Merchant, *dispute.Dispute)) dispute.Dispute {
	e.Helper()
	merchant := dispute.Merchant{ID: "m-" + id, Name: "Nordlicht Kaffee", Email: "laden@nordlicht.example", Locale: "de-DE"}
	d := dispute.Dispute{
		ID: id, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "o-" + id, InvoiceID: "i-" + id,
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: merchant.ID,
		Complainant: dispute.Complainant{ID: "c-" + id, Name: "Jonas Weber", Email: "jonas.weber@kunde.example", Locale: "de-DE"},
	}
	for _, change := range change {
		change(&merchant, &d)
	}
	_, err := e.Ledger.Import(e.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{{
		ID: d.InvoiceID, OrderID: d.OrderID, MerchantID: merchant.ID, CustomerID: d.Complainant.ID, Amount: d.DisputedAmount,
		DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}}})
	require.NoError(e, err)
	return d
}

// await waits until the condition holds for a dispute.
func (e *env) await(disputes *workflows.Client, id string, condition func(dispute.View) bool) dispute.View {
	e.Helper()
	var view dispute.View
	require.Eventually(e, func() bool {
		var err error
		view, err = disputes.Status(e.Context(), id)
		return err == nil && condition(view)
	}, timeout, 20*time.Millisecond, "%v", &e.workers)
	return view
}

func (e *env) waitsFor(disputes *workflows.Client, id string, wait dispute.Wait) {
	e.Helper()
	e.await(disputes, id, func(view dispute.View) bool { return view.WaitingFor == wait })
}

func (e *env) closes(disputes *workflows.Client, id string, reason dispute.ClosingReason) {
	e.Helper()
	view := e.await(disputes, id, func(view dispute.View) bool { return view.State == dispute.StateClosed && view.WaitingFor == "" })
	require.Equal(e, reason, view.ClosingReason)
}

// worker is a process of the worker program.
type worker struct {
	*testing.T
	cmd *exec.Cmd
	log output
	// address serves its metrics and health.
	address string
}

// start starts a worker with more environment variables and waits until it polls for tasks.
func (e *env) start(environment ...string) *worker {
	e.Helper()
	w := &worker{T: e.T, cmd: exec.Command(workerProgram)}
	w.cmd.Env = append(e.settings(), environment...)
	w.cmd.Stderr = &w.log
	require.NoError(e, w.cmd.Start())
	e.workers = append(e.workers, w)
	e.Cleanup(w.stop)
	w.logs("Started Worker")
	w.address = w.log.field("listening", "address")
	return w
}

// settings are the environment variables of a worker.
func (e *env) settings() []string {
	settings := []string{"HOME=" + e.TempDir(), "METRICS_ADDR=127.0.0.1:0", "LOG_LEVEL=debug"}
	for name, value := range e.Variables() {
		settings = append(settings, name+"="+value)
	}
	return settings
}

// logs waits until the log contains the text.
func (w *worker) logs(text string) {
	w.Helper()
	require.Eventually(w, func() bool { return strings.Contains(w.log.String(), text) }, timeout, 20*time.Millisecond, "%v", &w.log)
}

// stop stops the worker in good order. Stopping again does nothing.
func (w *worker) stop() {
	w.Helper()
	if w.cmd.ProcessState == nil {
		require.NoError(w, w.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(w, w.cmd.Wait(), "%v", &w.log)
	}
}

// get sends the worker an HTTP request.
func (w *worker) get(path string) (status int, body string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.address+path, nil)
	require.NoError(w, err)
	answer, err := (&http.Client{}).Do(request)
	require.NoError(w, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(w, err)
	require.NoError(w, answer.Body.Close())
	return answer.StatusCode, string(content)
}

// output is a buffer that can be read while a process writes to it.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

// String returns the output so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// lines returns the lines so far, which must all be JSON.
func (o *output) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(o.String()) {
		parsed := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(line), &parsed), line)
		lines = append(lines, parsed)
	}
	return lines
}

// field returns a field of the first log line with this message, or "".
func (o *output) field(message, name string) string {
	for line := range strings.Lines(o.String()) {
		parsed := map[string]any{}
		if json.Unmarshal([]byte(line), &parsed) == nil && parsed["msg"] == message {
			return fmt.Sprint(parsed[name])
		}
	}
	return ""
}
