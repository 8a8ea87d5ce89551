package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// lists waits until a list of the merchant's disputes has these ids, in their order: what a list knows comes
// a moment after the fact.
func (h *household) lists(ids []string, filters ...string) []listed {
	h.Helper()
	var disputes []listed
	require.Eventually(h, func() bool {
		disputes = nil
		got := h.run(append([]string{"list", "--json", "--merchant", h.merchant.ID}, filters...)...)
		return got.code == exitDone && json.Unmarshal([]byte(got.out), &disputes) == nil &&
			slices.EqualFunc(disputes, ids, func(d listed, id string) bool { return d.ID == id })
	}, patience, 50*time.Millisecond, "%v", filters)
	return disputes
}

// TestList: three disputes of one merchant, through every filter.
func TestList(t *testing.T) {
	t.Parallel()
	h := settle(t)
	next := func(suffix string) *household {
		other := *h
		other.invoice.ID, other.dispute.ID = h.invoice.ID+suffix, h.dispute.ID+suffix
		other.dispute.InvoiceID = other.invoice.ID
		other.book()
		return &other
	}
	soon, closed := next("-soon"), next("-closed")
	soon.dispute.Policy.ResponseBusinessDays = 14
	h.open(dispute.WaitAgreement)
	soon.open(dispute.WaitAgreement)
	closed.open(dispute.WaitAgreement)
	closed.tells("withdraw")
	h.ignores("agree", "--terms", "customer_pays", "--reported-by", "merchant")

	all := h.lists([]string{soon.dispute.ID, h.dispute.ID, closed.dispute.ID})
	require.Equal(t, "goods_not_received", all[0].Reason)
	require.Equal(t, h.merchant.ID, all[0].MerchantID)
	require.True(t, all[0].Deadline.Before(*all[1].Deadline))
	h.lists([]string{soon.dispute.ID, h.dispute.ID}, "--state", "PRE_ARBITRATION")
	h.lists([]string{closed.dispute.ID}, "--state", "CLOSED")
	h.lists([]string{soon.dispute.ID, h.dispute.ID}, "--waiting-for", "agreement")
	h.lists([]string{h.dispute.ID}, "--attention")
	h.lists([]string{h.dispute.ID}, "--attention", "--state", "PRE_ARBITRATION", "--waiting-for", "agreement")
	h.lists([]string{}, "--waiting-for", "decision")
	require.Equal(t, "WON", h.lists([]string{closed.dispute.ID}, "--state", "CLOSED")[0].Outcome)

	text := strings.Split(h.does("list", "--merchant", h.merchant.ID), "\n")
	require.Regexp(t, `^DISPUTE +STATE +WAITING FOR +DEADLINE +OUTCOME +ATTENTION$`, text[0])
	require.Regexp(t, `^`+soon.dispute.ID+` +PRE_ARBITRATION +agreement +\d{4}-\d\d-\d\d \d\d:\d\dZ *$`, text[1])
	require.Regexp(t, `^`+h.dispute.ID+` +PRE_ARBITRATION .+ message-ignored$`, text[2])
	require.Regexp(t, `^`+closed.dispute.ID+` +CLOSED +WON *$`, text[3])
}

// TestListOfTakenOver: a run that an operator has terminated is listed until a new one goes on with its
// dispute, also when a filter leaves the new one out.
func TestListOfTakenOver(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open(dispute.WaitAgreement)
	require.NoError(t, town.temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(h.dispute.ID), "", "test"))
	h.lists([]string{h.dispute.ID}, "--state", "PRE_ARBITRATION")
	h.open(dispute.WaitAgreement)
	h.tells("accept-loss")
	h.closes(dispute.ClosedLossAccepted)
	h.lists([]string{h.dispute.ID}, "--state", "CLOSED")
	h.lists([]string{}, "--state", "PRE_ARBITRATION")
}

// TestListOfRefused: a dispute that the ledger has refused never was one.
func TestListOfRefused(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.dispute.InvoiceID = "nothing"
	h.fails([]string{"open", file(t, asJSON(t, h.dispute))}, "refused (dispute_refused)")
	h.lists([]string{})
}

// TestListQuotes: a merchant's id is text and never a part of the query.
func TestListQuotes(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"O'Hara", `back\`, `"quoted"`, "' OR WorkflowType = 'Dispute", `\' OR 1=1 -- `} {
		require.Equal(t, "[]\n", starter(t).does("list", "--json", "--merchant", id), id)
	}
}
