package operations_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestRotation changes the key under a running dispute. A worker that does not have the old one yet decides
// nothing: the dispute stands where it is, although its agreement has arrived, until a worker can read it.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := workflows.NewClient(s.dial(key1))
	first := s.start("PAYLOAD_KEYS=" + key1)
	d := s.open(before, s.book("rotated"))
	first.stop()
	require.NoError(t, before.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))

	wrong := s.start("PAYLOAD_KEYS=" + key2)
	wrong.says(`a payload is encrypted with the key \"k1\", which is not among the 1 keys given (PAYLOAD_KEYS)`)
	wrong.stop()
	none := s.start()
	none.says(`which is not among the 0 keys given (PAYLOAD_KEYS)`)
	none.stop()

	s.start("PAYLOAD_KEYS=" + key2 + "," + key1)
	after := workflows.NewClient(s.dial(key2 + "," + key1))
	s.closes(after, d.ID, dispute.ClosedByAgreement)
	fresh := s.open(after, s.book("fresh"))
	_, err := before.Status(t.Context(), fresh.ID)
	require.ErrorContains(t, err, `encrypted with the key "k2", which is not among the 1 keys given (PAYLOAD_KEYS)`)
}

// TestTurnedOn: a dispute from before the encryption goes on with it, and clients without keys are still heard.
func TestTurnedOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plain := workflows.NewClient(s.dial(""))
	w := s.start()
	d := s.open(plain, s.book("older"))
	w.stop()
	s.start("PAYLOAD_KEYS=" + key1)
	require.NoError(t, plain.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(workflows.NewClient(s.dial(key1)), d.ID, dispute.ClosedByAgreement)
}

// TestAKeyThatNobodyHas: a signal that no worker can read holds its dispute up, until an operator takes the dispute back
// to before it. Nothing goes out twice for that, and the dispute goes on.
func TestAKeyThatNobodyHas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	temporal := s.dial("")
	disputes := workflows.NewClient(temporal)
	w := s.start()
	d := s.open(disputes, s.book("jammed"))
	agreement := dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}
	require.NoError(t, workflows.NewClient(s.dial(key2)).Agree(t.Context(), d.ID, agreement))
	w.says(`a payload is encrypted with the key \"k2\", which is not among the 0 keys given (PAYLOAD_KEYS)`)

	id := workflows.WorkflowID(d.ID)
	var last int64
	for it := temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		require.NoError(t, err)
		if event.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			last = event.EventId
		}
	}
	_, err := temporal.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id}, RequestId: d.ID,
		Reason: "a signal that nobody can read", WorkflowTaskFinishEventId: last,
		ResetReapplyExcludeTypes: []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL},
	})
	require.NoError(t, err)
	s.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	require.NoError(t, disputes.Withdraw(t.Context(), d.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	s.closes(disputes, d.ID, dispute.ClosedByWithdrawal)
	books, err := ledger.Open(t.Context(), s.ledgerURL)
	require.NoError(t, err)
	receipts, err := books.Receipts(t.Context(), d.ID)
	require.NoError(t, errors.Join(err, books.Close()))
	require.Len(t, receipts, 4, "opened, received and twice closed")
}
