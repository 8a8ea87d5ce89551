package crash_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/workflows"
)

// How merchants are told, by the number of their case.
const (
	byMail = iota
	byPortal
	byBoth
)

// pends waits until the dispute stands before a step that has failed, where an operator sees it, and asserts that
// nothing was decided meanwhile.
func (s *stage) pends(id string, wait dispute.Wait) {
	s.Helper()
	workflowID := workflows.WorkflowID(id)
	require.Eventually(s, func() bool {
		answer, err := s.temporal.DescribeWorkflowExecution(s.Context(), workflowID, "")
		if err != nil {
			return false
		}
		pending := answer.GetPendingActivities()
		return len(pending) > 0 && pending[0].GetAttempt() > 1 && pending[0].GetLastFailure() != nil
	}, patience, 20*time.Millisecond)
	view, err := workflows.NewClient(s.temporal).Status(s.Context(), id)
	require.NoError(s, err)
	require.Equal(s, wait, view.WaitingFor)
	require.Empty(s, view.Outcome)
	require.Nil(s, view.Deadline, "no period runs that nobody was told of")
}

// closes waits until the ledger has so many closed disputes.
func (s *stage) closes(count int) {
	s.Helper()
	require.Eventually(s, func() bool {
		report, err := s.ledger.Check(s.Context())
		return err == nil && report.ClosedDisputes >= count
	}, patience, 10*time.Millisecond)
}

// TestMailServerAway: nobody's time runs while the mail does not go out, and it goes out when the server is back.
func TestMailServerAway(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]mailbox.Trouble{"gone": mailbox.None, "busy": mailbox.Busy, "cut": mailbox.Cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, temporalAt, "")
			s.mailbox.Fail(trouble)
			if trouble == mailbox.None {
				require.NoError(t, s.mailbox.Leave())
			}
			over := s.begins(parties.NewCase(s.name(), byMail, parties.PathTo(dispute.ClosedMerchantSilent)))
			s.pends(s.name(), dispute.WaitNotification)
			s.mailbox.Fail(mailbox.None)
			if trouble == mailbox.None {
				require.NoError(t, s.mailbox.Return())
			}
			facts := s.audits(over...)
			require.Equal(t, trouble == mailbox.Cut, audit.Repeats(facts) > 0)
		})
	}
}

// TestPortalAway: a portal that is away is waited for; only one that refuses is gone around by e-mail.
func TestPortalAway(t *testing.T) {
	t.Parallel()
	s := set(t, temporalAt, "")
	require.NoError(t, os.WriteFile(s.file("portal-away"), nil, 0o600))
	over := s.begins(parties.NewCase(s.name(), byPortal, parties.PathTo(dispute.ClosedLossAccepted)))
	s.pends(s.name(), dispute.WaitNotification)
	require.Empty(t, s.mailbox.To("shop@"+s.name()+".example", ""))
	require.NoError(t, os.Remove(s.file("portal-away")))
	s.audits(over...)
}

// TestPostgresKilled: the ledger's database dies before the pause, and again while disputes run.
func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	s := set(t, temporalAt, server.URL("postgres"))
	late := parties.NewCase(s.name()+"-late", byBoth, parties.PathTo(dispute.ClosedForMerchant))
	s.imports(late)
	results := s.begins(s.cases()...)
	s.closes(1)
	require.NoError(t, server.Kill())
	require.NoError(t, server.Restart(t.Context()))
	s.closes(len(results))

	require.NoError(t, server.Kill())
	over := s.begin(late)
	s.pends(late.Dispute.ID, dispute.WaitPause)
	require.NoError(t, server.Restart(t.Context()))
	s.audits(append(results, over)...)
}

// TestTemporalKilled: Temporal dies twice and comes back on its file; no timer and no message is lost.
func TestTemporalKilled(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(t.Context(), onFile(t.TempDir()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	s := set(t, server.Address(), "")
	results := s.begins(s.cases()...)
	for _, closed := range []int{1, len(results) / 2} {
		s.closes(closed)
		require.NoError(t, server.Kill())
		require.NoError(t, server.Restart(t.Context()))
	}
	s.audits(results...)
}

// cases has one of every path.
func (s *stage) cases() []parties.Case {
	var cases []parties.Case
	for i, path := range parties.Paths {
		cases = append(cases, parties.NewCase(fmt.Sprint(s.name(), "-", i), i, path))
	}
	return cases
}
