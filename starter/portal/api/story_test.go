package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// withRecords returns the body that opens a dispute with its merchant and its invoice.
func withRecords(t *testing.T, c parties.Case) map[string]any {
	t.Helper()
	var body map[string]any
	encoded, err := json.Marshal(c.Dispute)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(encoded, &body))
	body["merchant"] = map[string]any{"id": c.Merchant.ID, "name": c.Merchant.Name, "email": c.Merchant.Email, "portalActive": true}
	body["invoice"] = c.Invoice
	return body
}

// TestStory: a backend that has imported nothing opens a dispute, passes on what the parties say, and reads how it ended.
func TestStory(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"shop accounts disputes:open read as:merchant as:customer"})
	shop, c := clients["shop"], newCase()
	path := "/disputes/" + c.Dispute.ID
	for range 2 {
		view := shop.post("/disputes", withRecords(t, c)).view()
		require.Equal(t, c.Dispute.ID, view.ID)
	}
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitAgreement })

	respond := dispute.Response{Message: "We are looking into it.", ReportedBy: dispute.PartyMerchant}
	for range 2 {
		require.Equal(t, dispute.WaitAgreement, shop.post(path+"/respond", respond, "Idempotency-Key", "respond-1").view().WaitingFor)
	}
	refund := dispute.Money{Amount: 1, Currency: c.Dispute.DisputedAmount.Currency}
	offer := dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &refund, ProposedBy: dispute.PartyMerchant}
	proposals := shop.post(path+"/propose", offer, "Idempotency-Key", "propose-1").view().Proposals
	require.Len(t, proposals, 1)

	var seen dispute.Case
	shop.get(path + "?as=customer").into(&seen)
	require.Len(t, seen.Conversation, 1)
	require.Equal(t, c.Dispute.Complainant.Email, seen.Dispute.Complainant.Email)
	seen = dispute.Case{}
	shop.get(path).into(&seen)
	require.Empty(t, seen.Dispute.Complainant.Email, "the merchant does not get the customer's address")

	accept := true
	shop.post(path+"/answer-proposal", dispute.ProposalAnswer{Proposal: proposals[0].Number, Accept: &accept, AnsweredBy: dispute.PartyCustomer}).view()
	require.Eventually(t, func() bool {
		var list struct{ Disputes []ledger.CaseSummary }
		shop.get("/disputes?search=" + c.Dispute.ID).into(&list)
		return len(list.Disputes) == 1 && list.Disputes[0].Outcome == dispute.OutcomeSettled
	}, 20*time.Second, 20*time.Millisecond)
	shop.post(path+"/respond", respond, "Idempotency-Key", "respond-1").view() // the same answer, also after the end
	eventually(t, c, func(c dispute.Case) bool { return c.WaitingFor == "" })
	shop.post(path+"/respond", respond, "Idempotency-Key", "respond-2").problem(http.StatusConflict, "dispute_closed")
	seen = dispute.Case{}
	shop.get(path).into(&seen)
	require.Equal(t, dispute.StateClosed, seen.State)

	other := maps.Clone(withRecords(t, c))
	other["orderId"] = "another"
	shop.post("/disputes", other).problem(http.StatusConflict, "dispute_closed")
}

// TestRecordsStay: the records of a dispute that is refused are there for the corrected one.
func TestRecordsStay(t *testing.T) {
	t.Parallel()
	shop, c := serve(t, []string{"shop accounts disputes:open"})["shop"], newCase()
	body := withRecords(t, c)
	body["disputedAmount"] = members{"amount": c.Invoice.Amount.Amount + 1, "currency": c.Invoice.Amount.Currency}
	shop.post("/disputes", body).problem(http.StatusConflict, "dispute_refused")
	invoice, err := shared.Ledger.Invoice(t.Context(), c.Invoice.ID)
	require.NoError(t, err)
	require.NotEqual(t, "paused", string(invoice.State))
	require.Equal(t, c.Dispute.ID, shop.post("/disputes", c.Dispute).view().ID)
}
