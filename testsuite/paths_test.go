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

// TestAgreement asserts what a merchant, a customer and an accountant see of one dispute.
func TestAgreement(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	view := f.open()
	require.Equal(t, dispute.StatePreArbitration, view.State)
	require.Equal(t, ledger.InvoicePaused, f.inLedger().State)
	require.NoError(t, env.Disputes.Agree(t.Context(), f.dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyOperator,
	}))
	f.closes(dispute.ClosedByAgreement)
	invoice := f.inLedger()
	require.Equal(t, ledger.InvoiceOpen, invoice.State)
	require.EqualValues(t, 9990, invoice.Outstanding)
	require.NotEmpty(t, invoice.DueDate)
	requireOne(t, f.merchant.Email, "opened")
}

// TestArbitration drives a dispute through every stage to the decision.
func TestArbitration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	id := f.dispute.ID
	f.open()
	_, err := env.Disputes.Respond(ctx, id, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	f.endPeriod()
	f.waitsFor(dispute.WaitStatement)
	_, err = env.Disputes.StateReason(ctx, id, dispute.Statement{Statement: "Es kam nichts an."})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitJustification)
	_, err = env.Disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes, RuledBy: "anna", Rationale: "schlüssig"})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitEvidence)
	_, err = env.Disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "Zugestellt laut Sendungsverfolgung."})
	require.NoError(t, err)
	f.waitsFor(dispute.WaitDecision)
	_, err = env.Disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer, RuledBy: "anna", Rationale: "kein Nachweis"})
	require.NoError(t, err)
	f.closes(dispute.ClosedForCustomer)
	require.Equal(t, ledger.InvoiceSettled, f.inLedger().State)
}

// TestSilence: a merchant who never reacts loses.
func TestSilence(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	f.endPeriod()
	f.closes(dispute.ClosedMerchantSilent)
	require.EqualValues(t, 0, f.inLedger().Outstanding)
}

// TestUnreachable: a merchant whose mail is refused does not lose, but is reached at a corrected address.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mails.Refuse(f.merchant.Email, true)
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
	view := f.waitsFor(dispute.WaitRetryNotification)
	require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
	require.Nil(t, view.Deadline)
	_, err = env.Disputes.RetryNotification(t.Context(), f.dispute.ID, dispute.Retry{Email: "new-" + f.merchant.Email, RequestedBy: "op"})
	require.NoError(t, err)
	view = f.waitsFor(dispute.WaitAgreement)
	require.Empty(t, view.Attention)
	f.withdraw()
	requireOne(t, "new-"+f.merchant.Email, "closed")
}

// TestPlainStart: a client in another language starts the workflow by its name, with JSON.
func TestPlainStart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	start := map[string]any{
		"id": f.dispute.ID, "openedAt": f.dispute.OpenedAt, "reason": "return", "orderId": f.dispute.OrderID, "invoiceId": f.dispute.InvoiceID,
		"disputedAmount": f.dispute.DisputedAmount, "complainant": f.dispute.Complainant, "merchantId": f.dispute.MerchantID,
		"shoeSize": 43,
	}
	_, err := env.Temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(f.dispute.ID), TaskQueue: workflows.TaskQueue},
		workflows.WorkflowType, start)
	require.NoError(t, err)
	f.waitsFor(dispute.WaitAgreement)
	require.NoError(t, env.Temporal.SignalWorkflow(t.Context(), workflows.WorkflowID(f.dispute.ID), "", dispute.SignalAgreement,
		map[string]any{"terms": "customer_pays", "reportedBy": "customer"}))
	f.closes(dispute.ClosedByAgreement)
}

// TestCancel: an operator cancels the workflow; the invoice is reactivated.
func TestCancel(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	require.NoError(t, env.Disputes.Cancel(t.Context(), f.dispute.ID))
	f.closes(dispute.ClosedByOperator)
	require.Equal(t, ledger.InvoiceOpen, f.inLedger().State)
}
