package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestOpenFile: from a file, and the same again, which is the same request.
func TestOpenFile(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	input := file(t, asJSON(t, h.dispute))
	for range 2 {
		require.Regexp(t, "^opened: "+h.dispute.ID+" is (OPENED|PRE_ARBITRATION), waiting for .+\n$", h.does("open", input))
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	open := func(d dispute.Dispute) []string { return []string{"open", file(t, asJSON(t, d))} }

	other := h.dispute
	other.Reason = dispute.ReasonReturn
	h.fails(open(other), "refused (dispute_differs): ", "already open with other content")

	second := h.dispute
	second.ID += "-second"
	h.fails(open(second), "refused (dispute_refused): ", "\n  invoiceId: ")

	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	h.fails(open(h.dispute), "refused (dispute_closed): ")
	h.fails(open(other), "refused (dispute_closed): ")
}

// TestOpenRefusedByLedger: every fault on a line of its own; once the ledger is fixed the same file opens.
func TestOpenRefusedByLedger(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	wrong := h.dispute
	wrong.MerchantID, wrong.InvoiceID = "nobody", "nothing"
	why := h.fails([]string{"open", file(t, asJSON(t, wrong))}, "refused (dispute_refused): ")
	require.Contains(t, why, "\n  merchantId: ")
	require.Contains(t, why, "\n  invoiceId: ")
	require.Len(t, strings.Split(strings.TrimSpace(why), "\n"), 3)
	require.Contains(t, h.does("case", h.dispute.ID, "--json"), `"merchantId": "nobody"`)
	h.open(dispute.WaitAgreement)
}

// TestOpenInvalid: what is wrong with a file is said at once, and nothing is asked of Temporal.
func TestOpenInvalid(t *testing.T) {
	t.Parallel()
	s := starter(t)
	why := s.fails([]string{"open", file(t, `{"id": "a/b", "reason": "bored", "calender": "AT", "disputedAmount": {"amount": 1.5, "currency": "EUR"}}`)},
		"refused (invalid_dispute): this is not a valid dispute\n")
	for _, path := range []string{"id", "openedAt", "reason", "calender", "disputedAmount.amount", "complainant.email", "merchantId"} {
		require.Contains(t, why, "\n  "+path+": ")
	}
	s.fails([]string{"open", file(t, "hello")}, "refused (invalid_dispute): ", "the input is not JSON")
	s.fails([]string{"open", "-"}, "refused (invalid_dispute): ", "the input is not JSON") // nothing came in
	s.fails([]string{"open", filepath.Join(t.TempDir(), "nowhere.json")}, "failed: open ", "nowhere.json: ")
}
