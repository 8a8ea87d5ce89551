package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// patience bounds every wait of a test: only a test that fails ever takes so long.
const patience = time.Minute

// answer is what a command printed, and its exit code.
type answer struct {
	code     int
	out, err string
}

// shell runs command lines in an environment of its own. TEMPORAL_ADDRESS comes from the process.
type shell struct {
	*testing.T
	env map[string]string
	// hurry is how long a command may take, if that matters.
	hurry time.Duration
}

// starter runs one command line with the town's ledger.
func starter(t *testing.T) shell {
	t.Helper()
	return shell{T: t, env: map[string]string{"LEDGER_URL": town.ledgerURL}}
}

func (s shell) run(args ...string) answer {
	s.Helper()
	return s.runWith("", args...)
}

func (s shell) runWith(input string, args ...string) answer {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), cmp.Or(s.hurry, patience))
	defer cancel()
	var out, err bytes.Buffer
	code := run(ctx, args, streams{in: strings.NewReader(input), out: &out, err: &err}, func(name string) string { return s.env[name] })
	return answer{code: code, out: out.String(), err: err.String()}
}

// does runs a command that must succeed and returns what it printed.
func (s shell) does(args ...string) string {
	s.Helper()
	return s.doesWith("", args...)
}

func (s shell) doesWith(input string, args ...string) string {
	s.Helper()
	got := s.runWith(input, args...)
	require.Equal(s, exitDone, got.code, "starter %s: %s", strings.Join(args, " "), got.err)
	require.Empty(s, got.err)
	return got.out
}

// fails runs a command that must be refused or fail, with a text about each of the reasons and nothing else.
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

// refuses runs a command on the dispute that must be refused with the code.
func (h *household) refuses(code dispute.Code, args ...string) string {
	h.Helper()
	return h.fails(h.on(args), "refused ("+string(code)+"): ")
}

// household is a merchant with an invoice and a dispute about it.
type household struct {
	shell
	merchant dispute.Merchant
	invoice  dispute.Invoice
	dispute  dispute.Dispute
}

// households counts the households, to tell them apart.
var households atomic.Int64

// settle makes a household of the examples, with ids of its own, and imports it.
func settle(t *testing.T) *household {
	t.Helper()
	number := strconv.FormatInt(households.Add(1), 10)
	in := exampleImport(time.Now())
	h := &household{shell: starter(t), merchant: in.Merchants[0], invoice: in.Invoices[0], dispute: exampleDispute(time.Now())}
	h.merchant.ID, h.invoice.ID, h.dispute.ID = "merchant-"+number, "invoice-"+number, "kd-"+number
	h.merchant.PortalActive = false
	h.invoice.MerchantID, h.dispute.MerchantID, h.dispute.InvoiceID = h.merchant.ID, h.merchant.ID, h.invoice.ID
	h.book()
	return h
}

// book imports the household as it is now.
func (h *household) book() {
	h.Helper()
	h.doesWith(asJSON(h.T, dispute.Import{Merchants: []dispute.Merchant{h.merchant}, Invoices: []dispute.Invoice{h.invoice}}), "ledger", "import", "-")
}

// open opens the dispute and waits until it waits for what comes then.
func (h *household) open(then dispute.Wait) {
	h.Helper()
	require.Contains(h, h.doesWith(asJSON(h.T, h.dispute), "open", "-"), "opened: "+h.dispute.ID+" is ")
	h.waitsFor(then)
}

// on puts the dispute's id behind the command's name.
func (h *household) on(args []string) []string {
	return append([]string{args[0], h.dispute.ID}, args[1:]...)
}

// tells sends the dispute a message that it must take.
func (h *household) tells(args ...string) string {
	h.Helper()
	return h.does(h.on(args)...)
}

// reaches waits until the dispute is where done wants it.
func (h *household) reaches(done func(dispute.View) bool) dispute.View {
	h.Helper()
	var view dispute.View
	require.Eventually(h, func() bool {
		got := h.run("status", h.dispute.ID, "--json")
		return got.code == exitDone && json.Unmarshal([]byte(got.out), &view) == nil && done(view)
	}, patience, 50*time.Millisecond)
	return view
}

func (h *household) waitsFor(wait dispute.Wait) dispute.View {
	h.Helper()
	return h.reaches(func(view dispute.View) bool { return view.WaitingFor == wait })
}

// closes waits for the end and asserts it.
func (h *household) closes(reason dispute.ClosingReason) {
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

// file writes a file for the length of the test.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input.json")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}
