package testsuite_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestOpenTwice: the same content is the same dispute, also when many open it at once.
func TestOpenTwice(t *testing.T) {
	t.Parallel()
	h := settle(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			view, err := town.disputes.Open(t.Context(), h.dispute)
			if err != nil || view.ID != h.dispute.ID {
				t.Errorf("open: %v, %v", view, err)
			}
		})
	}
	wg.Wait()
	h.waitsFor(dispute.WaitAgreement)
	other := h.dispute
	other.Reason = dispute.ReasonReturn
	_, err := town.disputes.Open(t.Context(), other)
	require.Equal(t, dispute.CodeDisputeDiffers, dispute.CodeOf(err), "%v", err)
	_, err = town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
}

// TestRefusedByLedger: every fault at once; the same dispute can be opened once the ledger is mended.
func TestRefusedByLedger(t *testing.T) {
	t.Parallel()
	h := settle(t)
	wrong := h.dispute
	wrong.InvoiceID, wrong.MerchantID = "i-nowhere", "m-nowhere"
	for range 2 { // a refusal is not remembered: each attempt asks the ledger
		_, err := town.disputes.Open(t.Context(), wrong)
		require.Equal(t, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
		require.ErrorContains(t, err, "invoiceId")
		require.ErrorContains(t, err, "merchantId")
	}
	merchant, invoice := h.merchant, h.invoice
	merchant.ID, invoice.ID, invoice.MerchantID = wrong.MerchantID, wrong.InvoiceID, wrong.MerchantID
	_, err := town.ledger.Import(t.Context(), dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{invoice}})
	require.NoError(t, err)
	view, err := town.disputes.Open(t.Context(), wrong)
	require.NoError(t, err)
	require.Equal(t, wrong.InvoiceID, view.InvoiceID)
}

// TestInvalid: nothing is started for a dispute that is wrong in itself.
func TestInvalid(t *testing.T) {
	t.Parallel()
	h := settle(t)
	wrong := h.dispute
	wrong.DisputedAmount.Amount, wrong.Reason = 0, "bored"
	_, err := town.disputes.Open(t.Context(), wrong)
	require.Equal(t, dispute.CodeInvalidDispute, dispute.CodeOf(err))
	require.ErrorContains(t, err, "disputedAmount.amount")
	require.ErrorContains(t, err, "reason")
	_, err = town.disputes.Status(t.Context(), h.dispute.ID)
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err))
}

// TestUnknownNameInUpdateWithStart: a client in another language that misspells a name gets a refusal, and
// the run that its call has started ends before anything is paused.
func TestUnknownNameInUpdateWithStart(t *testing.T) {
	t.Parallel()
	h := settle(t)
	start := map[string]any{
		"id": h.dispute.ID, "openedAt": h.dispute.OpenedAt, "reason": "return", "orderId": h.dispute.OrderID, "invoiceId": h.dispute.InvoiceID,
		"disputedAmount": h.dispute.DisputedAmount, "complainant": h.dispute.Complainant, "merchantId": h.dispute.MerchantID,
		"calender": "AT",
	}
	operation := town.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(h.dispute.ID), TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, workflows.WorkflowType, start)
	handle, err := town.temporal.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: dispute.UpdateOpen, Args: []any{start}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	require.NoError(t, err)
	require.ErrorContains(t, handle.Get(t.Context(), nil), "not a valid dispute")
	run, err := operation.Get(t.Context())
	require.NoError(t, err)
	require.ErrorContains(t, run.Get(t.Context(), nil), string(dispute.CodeInvalidDispute))
	_, err = town.ledger.Dispute(t.Context(), h.dispute.ID)
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err))
}

// TestClosedForEver: what comes after the end is refused, with the words of the dispute.
func TestClosedForEver(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open()
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	_, err = town.disputes.Respond(t.Context(), h.dispute.ID, dispute.Response{Message: "late", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	err = town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err), "%v", err)
	_, err = town.disputes.Respond(t.Context(), "nobody", dispute.Response{Message: "hello", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
}

// TestTakenOver: after an operator has terminated the workflow, opening the same dispute again takes over
// what the ledger has, and no message goes out twice.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	h := settle(t)
	before := h.open()
	require.NoError(t, town.temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(h.dispute.ID), "", "test"))
	err := town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer})
	require.ErrorContains(t, err, "opened again with the same content it goes on")
	after := h.open()
	require.Equal(t, before.Deadline, after.Deadline)
	requireOne(t, h.merchant.Email, "opened")
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
}

// TestSlowMailServer: it has a mail for longer than the first attempt waits, and the merchant gets one mail all
// the same.
func TestSlowMailServer(t *testing.T) {
	t.Parallel()
	h := settle(t)
	release := town.mailbox.Hold(h.merchant.Email)
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		answer, err := town.temporal.DescribeWorkflowExecution(t.Context(), workflows.WorkflowID(h.dispute.ID), "")
		return err == nil && len(answer.GetPendingActivities()) > 0 && answer.GetPendingActivities()[0].GetLastStartedTime() != nil
	}, patience, 20*time.Millisecond, "the second attempt")
	release()
	h.waitsFor(dispute.WaitAgreement)
	require.Equal(t, "250 2.0.0 OK: queued", h.receipt(dispute.OccasionOpened).Answer)
	requireOne(t, h.merchant.Email, "opened")
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
}

// TestRefusedIsNotClosed: a message to a dispute that was refused when it was opened says so; it can still
// be opened corrected.
func TestRefusedIsNotClosed(t *testing.T) {
	t.Parallel()
	h := settle(t)
	wrong := h.dispute
	wrong.InvoiceID = "i-missing"
	_, err := town.disputes.Open(t.Context(), wrong)
	require.Equal(t, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
	_, err = town.disputes.Respond(t.Context(), h.dispute.ID, dispute.Response{Message: "hello", ReportedBy: dispute.PartyMerchant})
	require.Equal(t, dispute.CodeUnknownDispute, dispute.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "can be opened corrected")
	h.open()
}

// TestStartAfterTheEnd: a plain start under the id of a closed dispute is refused by the ledger, and does
// not make it look open again.
func TestStartAfterTheEnd(t *testing.T) {
	t.Parallel()
	h := settle(t)
	h.open()
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
	run, err := town.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.WorkflowID(h.dispute.ID), TaskQueue: workflows.TaskQueue},
		workflows.WorkflowType, h.dispute)
	require.NoError(t, err)
	require.ErrorContains(t, run.Get(t.Context(), nil), string(dispute.CodeDisputeClosed))
	view, err := town.disputes.Status(t.Context(), h.dispute.ID)
	require.NoError(t, err)
	require.Equal(t, dispute.StateClosed, view.State)
}
