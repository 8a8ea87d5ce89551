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

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// program is the worker and commandLine the starter, both built once for all tests.
var program, commandLine string

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
	program, commandLine = filepath.Join(dir, "worker"), filepath.Join(dir, "starter")
	build := exec.Command("go", "build", "-o", dir, "github.com/streitfall/streitfall/worker", "github.com/streitfall/streitfall/starter")
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the programs: %w\n%s", err, output)
	}
	return m.Run(), nil
}

// patience bounds every wait of a test: only a test that fails ever takes so long.
const patience = 30 * time.Second

// The keys of the tests.
const (
	key1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	key2 = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
)

// site is an installation of its own: Temporal, a ledger, a mail server.
type site struct {
	*testing.T
	temporal  *devserver.Server
	ledgerURL string
	post      string
	workers   []*worker
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, ledgerURL: "sqlite:" + filepath.Join(t.TempDir(), "ledger.db"), post: newPost(t)}
	var err error
	s.temporal, err = devserver.Start(t.Context(), devserver.Options{
		DBFile: filepath.Join(t.TempDir(), "temporal.db"), Progress: os.Stderr, SearchAttributes: workflows.SearchAttributes,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.temporal.Stop()) })
	return s
}

// dial connects as a backend service with keys does.
func (s *site) dial(keys string) client.Client {
	s.Helper()
	parsed, err := encryption.ParseKeys(keys)
	require.NoError(s, err)
	temporal, err := client.DialContext(s.Context(), parsed.Client(client.Options{
		HostPort: s.temporal.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}))
	require.NoError(s, err)
	s.Cleanup(temporal.Close)
	return temporal
}

// book puts a merchant and an invoice into the ledger and makes the dispute about it.
func (s *site) book(id string, change ...func(*dispute.Merchant, *dispute.Dispute)) dispute.Dispute {
	s.Helper()
	merchant := dispute.Merchant{ID: "m-" + id, Name: "Nordlicht Kaffee", Email: "laden@nordlicht.example", Locale: "de-DE"}
	d := dispute.Dispute{
		ID: id, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "o-" + id, InvoiceID: "i-" + id,
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: merchant.ID,
		Complainant: dispute.Complainant{ID: "c-" + id, Name: "Jonas Weber", Email: "jonas.weber@kunde.example", Locale: "de-DE"},
	}
	for _, change := range change {
		change(&merchant, &d)
	}
	books, err := ledger.Open(s.Context(), s.ledgerURL)
	require.NoError(s, err)
	_, err = books.Import(s.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{{
		ID: d.InvoiceID, OrderID: d.OrderID, MerchantID: merchant.ID, CustomerID: d.Complainant.ID, Amount: d.DisputedAmount,
		DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}}})
	require.NoError(s, errors.Join(err, books.Close()))
	return d
}

// reaches waits until a dispute is where done wants it.
func (s *site) reaches(disputes *workflows.Client, id string, done func(dispute.View) bool) dispute.View {
	s.Helper()
	var view dispute.View
	require.Eventually(s, func() bool {
		var err error
		view, err = disputes.Status(s.Context(), id)
		return err == nil && done(view)
	}, patience, 20*time.Millisecond, "%v", &s.workers)
	return view
}

func (s *site) waitsFor(disputes *workflows.Client, id string, wait dispute.Wait) {
	s.Helper()
	s.reaches(disputes, id, func(view dispute.View) bool { return view.WaitingFor == wait })
}

func (s *site) closes(disputes *workflows.Client, id string, reason dispute.ClosingReason) {
	s.Helper()
	view := s.reaches(disputes, id, func(view dispute.View) bool { return view.State == dispute.StateClosed && view.WaitingFor == "" })
	require.Equal(s, reason, view.ClosingReason)
}

// worker is a process of the worker command.
type worker struct {
	*testing.T
	cmd *exec.Cmd
	log output
	// address is where it serves metrics and health.
	address string
}

// start starts a worker with settings of its own and waits until it takes tasks.
func (s *site) start(environment ...string) *worker {
	s.Helper()
	w := &worker{T: s.T, cmd: exec.Command(program)}
	w.cmd.Env = append([]string{
		"HOME=" + s.TempDir(), "TEMPORAL_ADDRESS=" + s.temporal.Address(), "LEDGER_URL=" + s.ledgerURL,
		"SMTP_URL=smtp://" + s.post, "MAIL_FROM=streitfall@klarna.example", "DESK_EMAIL=desk@klarna.example",
		"METRICS_ADDR=127.0.0.1:0", "LOG_LEVEL=debug",
	}, environment...)
	w.cmd.Stderr = &w.log
	require.NoError(s, w.cmd.Start())
	s.workers = append(s.workers, w)
	s.Cleanup(w.stop)
	w.says("Started Worker")
	w.address = w.log.field("listening", "address")
	return w
}

// says waits until the log has the words.
func (w *worker) says(words string) {
	w.Helper()
	require.Eventually(w, func() bool { return strings.Contains(w.log.String(), words) }, patience, 20*time.Millisecond, "%v", &w.log)
}

// stop asks the worker to stop and waits until it has. Stopping again does nothing.
func (w *worker) stop() {
	w.Helper()
	if w.cmd.ProcessState == nil {
		require.NoError(w, w.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(w, w.cmd.Wait(), "%v", &w.log)
	}
}

// get asks the worker over HTTP.
func (w *worker) get(path string) (status int, body string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
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

// output keeps what a process writes while it is read.
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

// String is everything so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// lines are the lines so far, of JSON all of them.
func (o *output) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(o.String()) {
		parsed := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(line), &parsed), line)
		lines = append(lines, parsed)
	}
	return lines
}

// field finds a field of the first line with this message.
func (o *output) field(message, name string) string {
	for line := range strings.Lines(o.String()) {
		parsed := map[string]any{}
		if json.Unmarshal([]byte(line), &parsed) == nil && parsed["msg"] == message {
			return fmt.Sprint(parsed[name])
		}
	}
	return ""
}
