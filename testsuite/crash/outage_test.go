package crash_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/workflows"
)

// The numbers of cases whose merchants are notified by mail, by portal, and by both.
const (
	byMail = iota
	byPortal
	byBoth
)

// awaitRetrying waits until an activity of the dispute is being retried, and asserts that nothing was decided meanwhile.
func (e *env) awaitRetrying(id string, wait dispute.Wait) {
	e.Helper()
	workflowID := workflows.WorkflowID(id)
	require.Eventually(e, func() bool {
		answer, err := e.Temporal.DescribeWorkflow(e.Context(), workflowID, "")
		if err != nil {
			return false
		}
		pending := answer.RawResponse.GetPendingActivities()
		return len(pending) > 0 && pending[0].GetAttempt() > 1 && pending[0].GetLastFailure() != nil
	}, timeout, 20*time.Millisecond)
	view, err := e.Disputes.Status(e.Context(), id)
	require.NoError(e, err)
	require.Equal(e, wait, view.WaitingFor)
	require.Empty(e, view.Outcome)
	require.Nil(e, view.Deadline, "no period runs that the parties were not notified of")
}

// awaitClosed waits until the ledger has so many closed disputes.
func (e *env) awaitClosed(count int) {
	e.Helper()
	require.Eventually(e, func() bool {
		report, err := e.Ledger.Check(e.Context())
		return err == nil && report.ClosedDisputes >= count
	}, timeout, 10*time.Millisecond)
}

// TestMailServerDown: no deadline runs while mails cannot be sent, and they are sent when the server is back.
func TestMailServerDown(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mailbox.Fault{"down": mailbox.None, "busy": mailbox.Busy, "cut": mailbox.Cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, options{})
			e.mails.Fail(fault)
			if fault == mailbox.None {
				require.NoError(t, e.mails.Leave())
			}
			results := e.start(parties.NewCase(e.id(), byMail, parties.PathTo(dispute.ClosedMerchantSilent)))
			e.awaitRetrying(e.id(), dispute.WaitNotification)
			e.mails.Fail(mailbox.None)
			if fault == mailbox.None {
				require.NoError(t, e.mails.Return())
			}
			facts := e.audit(results...)
			require.Equal(t, fault == mailbox.Cut, audit.Repeats(facts) > 0)
		})
	}
}

// TestPortalDown: messages to a portal that is down are retried; e-mail replaces it only if it refuses.
func TestPortalDown(t *testing.T) {
	t.Parallel()
	e := newEnv(t, options{})
	require.NoError(t, os.WriteFile(e.file("portal-down"), nil, 0o600))
	results := e.start(parties.NewCase(e.id(), byPortal, parties.PathTo(dispute.ClosedLossAccepted)))
	e.awaitRetrying(e.id(), dispute.WaitNotification)
	require.Empty(t, e.mails.To("shop@"+e.id()+".example", ""))
	require.NoError(t, os.Remove(e.file("portal-down")))
	e.audit(results...)
}

// TestPostgresKilled: the ledger's database is killed while disputes run, and again before a pause.
func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	e := newEnv(t, options{ledgerURL: server.URL("postgres")})
	late := parties.NewCase(e.id()+"-late", byBoth, parties.PathTo(dispute.ClosedForMerchant))
	e.importCases(late)
	results := e.start(e.cases()...)
	e.awaitClosed(1)
	require.NoError(t, server.Kill())
	require.NoError(t, server.Restart(t.Context()))
	e.awaitClosed(len(results))

	require.NoError(t, server.Kill())
	last := e.startCase(late)
	e.awaitRetrying(late.Dispute.ID, dispute.WaitPause)
	require.NoError(t, server.Restart(t.Context()))
	e.audit(append(results, last)...)
}

// TestTemporalKilled: Temporal is killed twice and restarts on its file; no timer and no message is lost.
func TestTemporalKilled(t *testing.T) {
	t.Parallel()
	e := newEnv(t, options{ownTemporal: true})
	results := e.start(e.cases()...)
	for _, closed := range []int{1, len(results) / 2} {
		e.awaitClosed(closed)
		require.NoError(t, e.Server.Kill())
		require.NoError(t, e.Server.Restart(t.Context()))
	}
	e.audit(results...)
}

// cases returns a case of every path.
func (e *env) cases() []parties.Case {
	var cases []parties.Case
	for i, path := range parties.Paths {
		cases = append(cases, parties.NewCase(fmt.Sprint(e.id(), "-", i), i, path))
	}
	return cases
}
