package testsuite_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestOpenTwice: opening the same content again returns the same dispute, also concurrently.
func TestOpenTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			view, err := env.Disputes.Open(t.Context(), f.dispute)
			if err != nil || view.ID != f.dispute.ID {
				t.Errorf("open: %v, %v", view, err)
			}
		})
	}
	wg.Wait()
	f.waitsFor(dispute.WaitAgreement)
	other := f.dispute
	other.Reason = dispute.ReasonReturn
	_, err := env.Disputes.Open(t.Context(), other)
	require.Equal(t, dispute.CodeDisputeDiffers, dispute.CodeOf(err), "%v", err)
	_, err = env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
}

// TestRefusedByLedger: the refusal names every fault, and the same dispute can be opened once the ledger is corrected.
func TestRefusedByLedger(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	wrong := f.dispute
	wrong.InvoiceID, wrong.MerchantID = "i-nowhere", "m-nowhere"
	for range 2 { // a refusal is not stored: each attempt asks the ledger
		_, err := env.Disputes.Open(t.Context(), wrong)
		require.Equal(t, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
		require.ErrorContains(t, err, "invoiceId")
		require.ErrorContains(t, err, "merchantId")
	}
	merchant, invoice := f.merchant, f.invoice
	merchant.ID, invoice.ID, invoice.MerchantID = wrong.MerchantID, wrong.InvoiceID, wrong.MerchantID
	_, err := env.Ledger.Import(t.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{invoice}})
	require.NoError(t, err)
	view, err := env.Disputes.Open(t.Context(), wrong)
	require.NoError(t, err)
	require.Equal(t, wrong.InvoiceID, view.InvoiceID)
}

// TestInvalid: no workflow is started for an invalid dispute.
func TestInvalid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	wrong := f.dispute
	wrong.DisputedAmount.Amount, wrong.Reason = 0, "bored"
	_, err := env.Disputes.Open(t.Context(), wrong)
	require.Equal(t, dispute.CodeInvalidDispute, dispute.CodeOf(err))
	require.ErrorContains(t, err, "disputedAmount.amount")
	require.ErrorContains(t, err, "reason")
	_, err = env.Disputes.Status(t.Context(), f.dispute.ID)
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err))
}

// TestUnknownNameInUpdateWithStart: a client in another language that misspells a field is refused, and the run that its
// call has started ends before the invoice is paused.
func TestUnknownNameInUpdateWithStart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	start := map[string]any{
		"id": f.dispute.ID, "openedAt": f.dispute.OpenedAt, "reason": "return", "orderId": f.dispute.OrderID, "invoiceId": f.dispute.InvoiceID,
		"disputedAmount": f.dispute.DisputedAmount, "complainant": f.dispute.Complainant, "merchantId": f.dispute.MerchantID,
		"calender": "AT",
	}
	operation := env.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(f.dispute.ID), TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, workflows.WorkflowType, start)
	handle, err := env.Temporal.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: dispute.UpdateOpen, Args: []any{start}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	require.NoError(t, err)
	require.ErrorContains(t, handle.Get(t.Context(), nil), "not a valid dispute")
	run, err := operation.Get(t.Context())
	require.NoError(t, err)
	require.ErrorContains(t, run.Get(t.Context(), nil), string(dispute.CodeInvalidDispute))
	_, err = env.Ledger.Dispute(t.Context(), f.dispute.ID)
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err))
}

// TestAfterTheEnd: a closed dispute refuses every message.
func TestAfterTheEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	f.withdraw()
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	_, err = env.Disputes.Respond(t.Context(), f.dispute.ID, dispute.Response{Message: "late", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	err = env.Disputes.Withdraw(t.Context(), f.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	_, err = env.Disputes.Respond(t.Context(), "nobody", dispute.Response{Message: "hello", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
}

// TestTakenOver: after an operator has terminated the workflow, opening the same dispute again continues from the ledger,
// however soon. The new run does not know what the parties have said, so both are informed anew.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.open()
	require.NoError(t, env.Temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(f.dispute.ID), "", "test"))
	err := env.Disputes.Withdraw(t.Context(), f.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	require.ErrorContains(t, err, "it goes on when it is opened again with the same content")
	after := f.open()
	require.Equal(t, before.Deadline, after.Deadline)
	require.Len(t, mails.To(f.merchant.Email, "opened"), 2)
	require.True(t, slices.ContainsFunc(after.Timeline, func(entry dispute.Entry) bool { return entry.Event == "taken-over" }))
	f.withdraw()
}

// TestSlowMailServer: a mail whose reply comes after the timeout of the first attempt is sent once.
func TestSlowMailServer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	release := mails.Hold(f.merchant.Email)
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		answer, err := env.Temporal.DescribeWorkflow(t.Context(), workflows.WorkflowID(f.dispute.ID), "")
		if err != nil {
			return false
		}
		pending := answer.RawResponse.GetPendingActivities()
		return len(pending) > 0 && pending[0].GetLastStartedTime() != nil
	}, timeout, 20*time.Millisecond, "the second attempt")
	release()
	f.waitsFor(dispute.WaitAgreement)
	require.Equal(t, "250 2.0.0 OK: queued", f.receipt(dispute.OccasionOpened).Answer)
	requireOne(t, f.merchant.Email, "opened")
	f.withdraw()
}

// TestRefusedIsNotClosed: a message to a dispute that was refused when it was opened is refused with that reason; the
// dispute can be opened corrected.
func TestRefusedIsNotClosed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	wrong := f.dispute
	wrong.InvoiceID = "i-missing"
	_, err := env.Disputes.Open(t.Context(), wrong)
	require.Equal(t, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
	_, err = env.Disputes.Respond(t.Context(), f.dispute.ID, dispute.Response{Message: "hello", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "a corrected one can be opened under this id")
	f.open()
}

// TestStartAfterTheEnd: the ledger refuses a plain start under the ID of a closed dispute, which stays closed.
func TestStartAfterTheEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open()
	f.withdraw()
	run, err := env.Temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(f.dispute.ID), TaskQueue: workflows.TaskQueue},
		workflows.WorkflowType, f.dispute)
	require.NoError(t, err)
	require.ErrorContains(t, run.Get(t.Context(), nil), string(dispute.CodeDisputeClosed))
	view, err := env.Disputes.Status(t.Context(), f.dispute.ID)
	require.NoError(t, err)
	require.Equal(t, dispute.StateClosed, view.State)
}
