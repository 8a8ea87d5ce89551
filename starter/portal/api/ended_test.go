package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// everyMessage has a valid message of each kind, with the party that sends it.
func everyMessage() map[string]any {
	all := messagesBy(dispute.PartyMerchant)
	all["withdrawal"] = dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}
	all["move-deadline"] = dispute.DeadlineMove{To: time.Now().Add(time.Hour), Reason: "r", MovedBy: "otto"}
	all["retry-notification"] = dispute.Retry{RequestedBy: "otto"}
	all["acknowledge"] = dispute.Acknowledgement{Cause: dispute.CauseStalled, AcknowledgedBy: "otto"}
	all["report-bounce"] = dispute.Bounce{Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant, Reason: "r", ReportedBy: "otto"}
	return all
}

// TestEndedAndUnknown: every message to a dispute that has ended, and to an unknown one, is refused with the code that the
// typed client has for it.
func TestEndedAndUnknown(t *testing.T) {
	t.Parallel()
	all := serve(t, []string{"all as:operator as:desk read disputes:open"})["all"]
	c := opened(t)
	withdrawn := dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}
	require.Equal(t, dispute.OutcomeWon, all.post("/disputes/"+c.Dispute.ID+"/withdrawal", withdrawn).view().Outcome)
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == "" })
	for id, code := range map[string]dispute.Code{c.Dispute.ID: dispute.CodeDisputeClosed, "d-absent": dispute.CodeUnknownDispute} {
		for name, message := range everyMessage() {
			if name == "withdrawal" && code == dispute.CodeDisputeClosed {
				all.post("/disputes/"+id+"/"+name, message).view() // it has ended the dispute
				message = dispute.Withdrawal{ReportedBy: dispute.PartyOperator}
			}
			all.post("/disputes/"+id+"/"+name, message).problem(statusOf[string(code)], string(code))
		}
		all.post("/disputes/"+id+"/cancel", nil).problem(statusOf[string(code)], string(code))
		_, err := shared.Disputes.Respond(t.Context(), id, dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant})
		require.Equal(t, code, dispute.CodeOf(err))
	}
	all.post("/disputes", c.Dispute).problem(http.StatusConflict, "dispute_closed")
	_, err := shared.Disputes.Open(t.Context(), c.Dispute)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
}

// TestLimits: what a dispute takes so many times only is refused with limit_reached by both doors.
func TestLimits(t *testing.T) {
	t.Parallel()
	shop := serve(t, []string{"shop as:merchant"})["shop"]
	c := opened(t)
	for i := range 20 {
		shop.post("/disputes/"+c.Dispute.ID+"/respond", dispute.Response{Message: fmt.Sprint(i), ReportedBy: dispute.PartyMerchant}).view()
	}
	again := dispute.Response{Message: "again", ReportedBy: dispute.PartyMerchant}
	shop.post("/disputes/"+c.Dispute.ID+"/respond", again).problem(http.StatusConflict, "limit_reached")
	require.Equal(t, "limit_reached", updateByTemporal(t, c.Dispute.ID, "respond", `{"message": "again", "reportedBy": "merchant"}`))
	for range 10 {
		shop.post("/disputes/"+c.Dispute.ID+"/submit-evidence", dispute.Evidence{Text: "t"}).view()
	}
	shop.post("/disputes/"+c.Dispute.ID+"/submit-evidence", dispute.Evidence{Text: "t"}).problem(http.StatusConflict, "limit_reached")
}

// TestSignals: an agreement that one party reports alone becomes its proposal, an impossible one had no effect and says why, and the
// same withdrawal twice is one.
func TestSignals(t *testing.T) {
	t.Parallel()
	both := serve(t, []string{"both as:merchant as:customer read"})["both"]
	c := opened(t)
	path := "/disputes/" + c.Dispute.ID
	refund := dispute.Money{Amount: c.Dispute.DisputedAmount.Amount + 1, Currency: "EUR"}
	agreement := dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &refund, ReportedBy: dispute.PartyMerchant}
	p := both.post(path+"/agreement", agreement).problem(http.StatusConflict, "not_accepted")
	require.Contains(t, p.Detail, "exceeds the disputed amount")
	require.Contains(t, p.Allowed, "propose")
	require.NotContains(t, p.Allowed, "move-deadline", "the token cannot send it")
	refund.Amount = 100
	for range 2 {
		view := both.post(path+"/agreement", agreement).view()
		require.Len(t, view.Proposals, 1)
		require.Empty(t, view.Attention, "attention is for operators")
	}
	both.post(path+"/agreement", `{"terms": "customer_pays", "reportedBy": "nobody"}`).problem(http.StatusUnprocessableEntity, "invalid_message")
	for range 2 {
		both.post(path+"/withdrawal", dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}).view()
	}
	eventually(t, c, func(c dispute.Case) bool { return c.Decision != nil && c.Decision.Reason == dispute.ClosedByWithdrawal })
}

// TestCancel: an operator ends a dispute, and nobody else does.
func TestCancel(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"operator as:operator read", "merchant as:merchant"})
	c := opened(t)
	clients["merchant"].post("/disputes/"+c.Dispute.ID+"/cancel", nil).problem(http.StatusForbidden, "scope_missing")
	clients["operator"].post("/disputes/"+c.Dispute.ID+"/cancel", `{"note": "not this one"}`).problem(http.StatusUnprocessableEntity, "invalid_request")
	require.Nil(t, caseOf(t, c).Decision, "nothing has changed")
	require.Equal(t, dispute.OutcomeCancelled, clients["operator"].post("/disputes/"+c.Dispute.ID+"/cancel", nil).view().Outcome)
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == "" })
	again := clients["operator"].post("/disputes/"+c.Dispute.ID+"/cancel", nil).view() // the answer before was lost
	require.Equal(t, dispute.OutcomeCancelled, again.Outcome)
}

// TestArbitrationIsNotTold: a party does not learn from an answer what it was not told, and an operator does.
func TestArbitrationIsNotTold(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"operator as:operator as:desk read", "customer as:customer read"})
	c := opened(t)
	path := "/disputes/" + c.Dispute.ID
	operator, customer := clients["operator"], clients["customer"]
	operator.post(path+"/respond", dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant}).view()
	passes(t, operator, c, dispute.WaitStatement)
	customer.post(path+"/state-reason", dispute.Statement{Statement: "It never came."}).view()
	eventually(t, c, func(c dispute.Case) bool { return len(c.Questions) > 0 })
	yes := true
	operator.post(path+"/rule", dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes, RuledBy: "anna", Rationale: "r"}).view()
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitEvidence })

	p := customer.post(path+"/state-reason", dispute.Statement{Statement: "Again."}).problem(http.StatusConflict, "not_accepted")
	require.NotContains(t, p.Detail, "evidence")
	require.NotContains(t, string(customer.get(path).body), "evidence")
	offer := dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 1, Currency: "EUR"}, ProposedBy: dispute.PartyCustomer}
	view := customer.post(path+"/propose", offer).view()
	require.Equal(t, dispute.WaitJustification, view.WaitingFor)
	require.Nil(t, view.Deadline)
	said := operator.post(path+"/state-reason", dispute.Statement{Statement: "Again."}).problem(http.StatusConflict, "not_accepted")
	require.Contains(t, said.Detail, "evidence")
	require.Contains(t, said.Allowed, "submit-evidence")
}

// passes lets the response window pass.
func passes(t *testing.T, operator caller, c parties.Case, then dispute.Wait) {
	t.Helper()
	operator.post("/disputes/"+c.Dispute.ID+"/move-deadline", dispute.DeadlineMove{To: time.Now().Add(2 * time.Second), Reason: "r", MovedBy: "otto"}).view()
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == then })
}
