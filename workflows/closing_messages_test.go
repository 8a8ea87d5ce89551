package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// refusedClosing has both closing messages refused on the second day.
func (f *fixture) refusedClosing() {
	f.refused["shop@example.de"], f.refused["jonas@example.de"] = true, true
	f.refused[string(dispute.OccasionReceived)] = true
	f.merchant.PortalActive = true
	f.at(day, func() {
		f.refuse("portal")
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
}

// TestClosingMessageRefused: the run stays open for 30 days, then it ends all the same, with its attention.
func TestClosingMessageRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refusedClosing()
	f.at(day+30*day-time.Second, func() {
		view := f.status()
		require.Equal(t, dispute.StateClosed, view.State)
		require.Equal(t, dispute.WaitClosingMessages, view.WaitingFor)
		require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
		require.Equal(t, 2, countEvents(view, "not-sent-closed"))
	})
	view := f.run()
	require.NoError(t, f.env.GetWorkflowError())
	require.WithinDuration(t, monday.Add(31*day), f.env.Now(), time.Second)
	require.Equal(t, dispute.StateClosed, view.State)
	require.Empty(t, view.WaitingFor)
	require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention)
	require.Len(t, f.settles, 1)
	require.Zero(t, f.count(dispute.OccasionClosed, dispute.PartyMerchant)+f.count(dispute.OccasionClosed, dispute.PartyCustomer))
}

// TestClosingMessageSentAgain: where both messages were refused, the operator says which one is sent again, and where. The
// run ends when both are taken.
func TestClosingMessageSentAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refusedClosing()
	retry := func(to dispute.Party, email string) *reply {
		return f.send(dispute.UpdateRetryNotification, dispute.Retry{Recipient: to, Email: email, RequestedBy: "op-1"})
	}
	var ambiguous, toMerchant, twice, toCustomer *reply
	f.at(2*day, func() { ambiguous = retry("", "new@example.de") })
	f.at(3*day, func() { toMerchant = retry(dispute.PartyMerchant, "new@example.de") })
	f.at(4*day, func() {
		require.Equal(t, dispute.WaitClosingMessages, f.status().WaitingFor)
		require.Equal(t, []string{"email new@example.de"}, f.sentVia(dispute.OccasionClosed, dispute.PartyMerchant))
		twice = retry(dispute.PartyMerchant, "")
	})
	f.at(5*day, func() { toCustomer = retry("", "weber@example.de") })
	f.closes(dispute.ClosedByWithdrawal)
	require.WithinDuration(t, monday.Add(5*day), f.env.Now(), time.Second)
	require.Equal(t, []string{"email weber@example.de"}, f.sentVia(dispute.OccasionClosed, dispute.PartyCustomer))
	require.Contains(t, ambiguous.refusal(t).Message(), "recipient must say which")
	require.Equal(t, string(dispute.CodeInvalidMessage), ambiguous.refusal(t).Type())
	require.Equal(t, string(dispute.CodeNotAccepted), twice.refusal(t).Type())
	require.NoError(t, toMerchant.err)
	require.NoError(t, toCustomer.err)
}

// TestClosingMessageRefusedAgain: an address that is refused too gives the operator another 30 days.
func TestClosingMessageRefusedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refused[string(dispute.OccasionClosed)] = true
	f.at(day, f.env.CancelWorkflow)
	f.at(20*day, func() {
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Recipient: dispute.PartyMerchant, RequestedBy: "op-1"})
	})
	view := f.run()
	require.True(t, temporal.IsCanceledError(f.env.GetWorkflowError()))
	require.WithinDuration(t, monday.Add(50*day), f.env.Now(), time.Second)
	require.Equal(t, 3, countEvents(view, "not-sent-closed"))
}

// TestOneClosingMessageRefused: the other party has its message at once, and no recipient needs to be named.
func TestOneClosingMessageRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(time.Hour, func() { f.refuse("jonas@example.de") })
	f.at(day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.at(2*day, func() {
		require.Equal(t, 1, f.count(dispute.OccasionClosed, dispute.PartyMerchant))
		f.send(dispute.UpdateRetryNotification, dispute.Retry{Email: "weber@example.de", RequestedBy: "op-1"})
	})
	view := f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []dispute.Cause{dispute.CauseMessageFailed}, view.Attention, "until it is acknowledged")
}
