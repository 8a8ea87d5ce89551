package testsuite_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

var yes = true

// TestAgreement follows one dispute in all that a merchant, a customer and a bookkeeper would see of it.
func TestAgreement(t *testing.T) {
	t.Parallel()
	h := settle(t)
	view := h.open()
	require.Equal(t, dispute.StatePreArbitration, view.State)
	require.Equal(t, ledger.InvoicePaused, h.books().State)
	require.NoError(t, town.disputes.Agree(t.Context(), h.dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
	}))
	h.closes(dispute.ClosedByAgreement)
	books := h.books()
	require.Equal(t, ledger.InvoiceOpen, books.State)
	require.EqualValues(t, 9990, books.Outstanding)
	require.NotEmpty(t, books.DueDate)
	requireOne(t, h.merchant.Email, "opened")
}

// TestArbitration goes through every stage to the final decision.
func TestArbitration(t *testing.T) {
	t.Parallel()
	h := settle(t)
	ctx := t.Context()
	id := h.dispute.ID
	h.open()
	_, err := town.disputes.Respond(ctx, id, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	h.passes()
	h.waitsFor(dispute.WaitStatement)
	_, err = town.disputes.StateReason(ctx, id, dispute.Statement{Statement: "Es kam nichts an."})
	require.NoError(t, err)
	h.waitsFor(dispute.WaitJustification)
	_, err = town.disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes, RuledBy: "anna", Rationale: "schlüssig"})
	require.NoError(t, err)
	h.waitsFor(dispute.WaitEvidence)
	_, err = town.disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "Zugestellt laut Sendungsverfolgung."})
	require.NoError(t, err)
	h.waitsFor(dispute.WaitDecision)
	_, err = town.disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer, RuledBy: "anna", Rationale: "kein Nachweis"})
	require.NoError(t, err)
	h.closes(dispute.ClosedForCustomer)
	require.Equal(t, ledger.InvoiceSettled, h.books().State)
}

// TestSilence: a merchant who never reacts has lost.
func TestSilence(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open()
	h.passes()
	h.closes(dispute.ClosedMerchantSilent)
	require.EqualValues(t, 0, h.books().Outstanding)
}

// TestUnreachable: nobody loses because of mail that was not delivered.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	h := settle(t)
	town.mailbox.Refuse(h.merchant.Email, true)
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
	view := h.waitsFor(dispute.WaitRetryNotification)
	require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
	require.Nil(t, view.Deadline)
	_, err = town.disputes.RetryNotification(t.Context(), h.dispute.ID, dispute.Retry{Email: "new-" + h.merchant.Email, RequestedBy: "op"})
	require.NoError(t, err)
	view = h.waitsFor(dispute.WaitAgreement)
	require.Empty(t, view.Attention)
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
	requireOne(t, "new-"+h.merchant.Email, "closed")
}

// TestPlainStart: a client in another language starts the workflow with nothing but its name and JSON.
func TestPlainStart(t *testing.T) {
	t.Parallel()
	h := settle(t)
	start := map[string]any{
		"id": h.dispute.ID, "openedAt": h.dispute.OpenedAt, "reason": "return", "orderId": h.dispute.OrderID, "invoiceId": h.dispute.InvoiceID,
		"disputedAmount": h.dispute.DisputedAmount, "complainant": h.dispute.Complainant, "merchantId": h.dispute.MerchantID,
		"shoeSize": 43,
	}
	_, err := town.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(h.dispute.ID), TaskQueue: workflows.TaskQueue},
		workflows.WorkflowType, start)
	require.NoError(t, err)
	h.waitsFor(dispute.WaitAgreement)
	require.NoError(t, town.temporal.SignalWorkflow(t.Context(), workflows.WorkflowID(h.dispute.ID), "", dispute.SignalAgreement,
		map[string]any{"terms": "customer_pays", "reportedBy": "customer"}))
	h.closes(dispute.ClosedByAgreement)
}

// TestCancel: an operator cancels the workflow; the invoice is reactivated.
func TestCancel(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open()
	require.NoError(t, town.disputes.Cancel(t.Context(), h.dispute.ID))
	h.closes(dispute.ClosedByOperator)
	require.Equal(t, ledger.InvoiceOpen, h.books().State)
}
