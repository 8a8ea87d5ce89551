package operations_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// TestFilters runs the list filters of worker/README.md, with their dates moved, on four disputes: one whose merchant cannot
// be reached, one with a running deadline, one that waits for the desk, and one that is lost.
func TestFilters(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../worker/README.md")
	require.NoError(t, err)
	e := newEnv(t, "")
	e.start()
	temporal, disputes := e.Temporal, e.Disputes
	unreachable := e.book("unreachable", func(m *dispute.Merchant, _ *dispute.Dispute) { m.Email = "refused." + m.Email })
	_, err = disputes.Open(t.Context(), unreachable)
	require.NoError(t, err)
	e.waitsFor(disputes, unreachable.ID, dispute.WaitRetryNotification)
	e.open(disputes, e.book("running"))
	e.toDesk(disputes, "desk")
	lost := e.open(disputes, e.book("lost"))
	_, err = disputes.AcceptLoss(t.Context(), lost.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	e.closes(disputes, lost.ID, dispute.ClosedLossAccepted)

	days := regexp.MustCompile(`([<>]) '[0-9-]+T00:00:00Z'`)
	for row, want := range map[string]string{
		"needs a person": unreachable.ID, "nobody can be reached": unreachable.ID, "due soon": "running",
		"waits for the desk": "desk", "lost this month": lost.ID,
	} {
		found := regexp.MustCompile(`(?m)^\| \[` + regexp.QuoteMeta(row) + "\\]\\(.+\\) \\| `(.+)` \\|$").FindSubmatch(text)
		require.NotNil(t, found, row)
		query := days.ReplaceAllStringFunc(string(found[1]), func(comparison string) string {
			distance := 100 * 24 * time.Hour
			if strings.HasPrefix(comparison, ">") {
				distance = -distance
			}
			return comparison[:2] + "'" + time.Now().Add(distance).UTC().Format(time.RFC3339) + "'"
		})
		require.Eventually(t, func() bool {
			page, err := temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
			require.NoError(t, err, query)
			runs := page.GetExecutions()
			return len(runs) == 1 && runs[0].GetExecution().GetWorkflowId() == workflows.WorkflowID(want)
		}, timeout, 50*time.Millisecond, "%s: %s", row, query)
	}
}

// toDesk opens a dispute and drives it until it waits for the desk's first ruling.
func (e *env) toDesk(disputes *workflows.Client, id string) {
	e.Helper()
	e.open(disputes, e.book(id))
	_, err := disputes.Respond(e.Context(), id, dispute.Response{Message: "We look into it.", ReportedBy: dispute.PartyMerchant})
	require.NoError(e, err)
	require.NoError(e, parties.EndPeriod(e.Context(), disputes, id, dispute.WaitAgreement, dispute.DeadlineMove{Reason: "test", MovedBy: "op"}))
	e.waitsFor(disputes, id, dispute.WaitStatement)
	_, err = disputes.StateReason(e.Context(), id, dispute.Statement{Statement: "It never came."})
	require.NoError(e, err)
	e.waitsFor(disputes, id, dispute.WaitJustification)
}
