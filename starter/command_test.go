package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// testTimeout bounds every wait of a test. Only a failing test takes that long.
const testTimeout = time.Minute

// answer is what a command printed, and its exit code.
type answer struct {
	code     int
	out, err string
}

// shell runs command lines with environment variables of its own; see getenv.
type shell struct {
	*testing.T
	env map[string]string
	// timeout bounds a command; zero means testTimeout.
	timeout time.Duration
	// terminal is true if a user can be asked.
	terminal bool
}

// starter returns a shell with the shared ledger.
func starter(t *testing.T) shell {
	t.Helper()
	return shell{T: t, env: map[string]string{"LEDGER_URL": shared.ledgerURL}}
}

func (s shell) run(args ...string) answer {
	s.Helper()
	return s.runWith("", args...)
}

func (s shell) runWith(input string, args ...string) answer {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), cmp.Or(s.timeout, testTimeout))
	defer cancel()
	var out, err bytes.Buffer
	code := run(ctx, args, streams{in: strings.NewReader(input), out: &out, err: &err, terminal: s.terminal}, s.getenv)
	return answer{code: code, out: out.String(), err: err.String()}
}

// getenv returns the shell's variable, or the process's if it is one of Temporal's.
func (s shell) getenv(name string) string {
	if value, ok := s.env[name]; ok || !strings.HasPrefix(name, "TEMPORAL_") {
		return value
	}
	return os.Getenv(name)
}

// does runs a command that must succeed, and returns its output.
func (s shell) does(args ...string) string {
	s.Helper()
	return s.doesWith("", args...)
}

func (s shell) doesWith(input string, args ...string) string {
	s.Helper()
	got := s.runWith(input, args...)
	require.Equal(s, exitDone, got.code, "starter %s: %s%s", strings.Join(args, " "), got.err, got.out)
	if !slices.Contains(args, "--yes") { // which says what it is about to do
		require.Empty(s, got.err)
	}
	return got.out
}

// fails runs a command that must be refused or fail, with each of the reasons in its error text and no output.
func (s shell) fails(args []string, why ...string) string {
	s.Helper()
	got := s.run(args...)
	require.Equal(s, exitFailed, got.code, "starter %s: %s%s", strings.Join(args, " "), got.out, got.err)
	require.Empty(s, got.out)
	for _, reason := range why {
		require.Contains(s, got.err, reason)
	}
	return got.err
}

// refuses runs a command on the dispute that must be refused with a code.
func (h *scenario) refuses(code dispute.Code, args ...string) string {
	h.Helper()
	return h.fails(h.on(args), "refused ("+string(code)+"): ")
}

// scenario is a merchant, an invoice and a dispute about it.
type scenario struct {
	shell
	merchant dispute.Merchant
	invoice  dispute.Invoice
	dispute  dispute.Dispute
}

// scenarios counts the scenarios, for ids of their own.
var scenarios atomic.Int64

// newScenario makes a scenario of the examples, with ids of its own, and imports it.
func newScenario(t *testing.T) *scenario {
	t.Helper()
	number := strconv.FormatInt(scenarios.Add(1), 10)
	in := exampleImport(time.Now())
	h := &scenario{shell: starter(t), merchant: in.Merchants[0], invoice: in.Invoices[0], dispute: exampleDispute(time.Now())}
	h.merchant.ID, h.invoice.ID, h.dispute.ID = "merchant-"+number, "invoice-"+number, "kd-"+number
	h.merchant.PortalActive = false
	h.invoice.MerchantID, h.dispute.MerchantID, h.dispute.InvoiceID = h.merchant.ID, h.merchant.ID, h.invoice.ID
	h.importLedger()
	return h
}

// importLedger imports merchant and invoice as they are now.
func (h *scenario) importLedger() {
	h.Helper()
	h.doesWith(asJSON(h.T, dispute.Import{Merchants: []dispute.Merchant{h.merchant}, Invoices: []dispute.Invoice{h.invoice}}), "ledger", "import", "-")
}

// open opens the dispute and returns when it waits for then.
func (h *scenario) open(then dispute.Wait) {
	h.Helper()
	require.Contains(h, h.doesWith(asJSON(h.T, h.dispute), "open", "-"), "opened: "+h.dispute.ID+" is ")
	h.waitsFor(then)
}

// on inserts the dispute's id after the name of the command, and confirms it.
func (h *scenario) on(args []string) []string {
	return confirmed(append([]string{args[0], h.dispute.ID}, args[1:]...))
}

// confirmed adds --yes to a command that moves money.
func confirmed(line []string) []string {
	if slices.Contains([]string{"agree", "propose", "accept", "withdraw", "accept-loss", "rule"}, line[0]) {
		line = append(line, "--yes")
	}
	return line
}

// sends sends a message that the dispute must accept.
func (h *scenario) sends(args ...string) string {
	h.Helper()
	return h.does(h.on(args)...)
}

// reaches returns the status of the dispute when done holds for it.
func (h *scenario) reaches(done func(dispute.View) bool) dispute.View {
	h.Helper()
	var view dispute.View
	require.Eventually(h, func() bool {
		got := h.run("status", h.dispute.ID, "--json")
		return got.code == exitDone && json.Unmarshal([]byte(got.out), &view) == nil && done(view)
	}, testTimeout, 50*time.Millisecond)
	return view
}

func (h *scenario) waitsFor(wait dispute.Wait) dispute.View {
	h.Helper()
	return h.reaches(func(view dispute.View) bool { return view.WaitingFor == wait })
}

// closes waits for the end of the dispute and asserts its reason.
func (h *scenario) closes(reason dispute.ClosingReason) {
	h.Helper()
	view := h.reaches(func(view dispute.View) bool { return view.State == dispute.StateClosed && view.WaitingFor == "" })
	require.Equal(h, reason, view.ClosingReason)
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// file writes a file that exists as long as the test.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input.json")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}
