package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func refundOf(amount int64, currency string, by dispute.Party) dispute.Agreement {
	return dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: amount, Currency: currency}, ReportedBy: by}
}

// TestImpossibleSignal: it changes nothing, stays in the timeline with its reason, and calls for a person.
func TestImpossibleSignal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, signal string
		message      any
		reason       string
	}{
		{"refund missing", dispute.SignalAgreement, raw(`{"terms":"merchant_refunds","reportedBy":"merchant"}`), "refund"},
		{"refund of nothing", dispute.SignalAgreement, refundOf(0, "EUR", dispute.PartyMerchant), "refund.amount"},
		{"negative refund", dispute.SignalAgreement, refundOf(-1, "EUR", dispute.PartyMerchant), "refund.amount"},
		{"refund of a fraction", dispute.SignalAgreement, raw(`{"terms":"merchant_refunds","refund":{"amount":10.5,"currency":"EUR"},"reportedBy":"merchant"}`), "refund.amount"},
		{"refund above the disputed amount", dispute.SignalAgreement, refundOf(12991, "EUR", dispute.PartyMerchant), "129.91 EUR"},
		{"refund in another currency", dispute.SignalAgreement, refundOf(100, "SEK", dispute.PartyMerchant), "SEK"},
		{"refund though the customer pays", dispute.SignalAgreement, raw(`{"terms":"customer_pays","refund":{"amount":1,"currency":"EUR"},"reportedBy":"customer"}`), "refund"},
		{"unknown terms", dispute.SignalAgreement, raw(`{"terms":"lawyers","reportedBy":"customer"}`), "terms"},
		{"unknown reporter", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"desk"}`), "reportedBy"},
		{"unknown name", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"customer","refnud":{}}`), "refnud"},
		{"wrong type", dispute.SignalAgreement, raw(`{"terms":true,"reportedBy":"customer"}`), "terms"},
		{"not an object", dispute.SignalAgreement, raw(`"customer_pays"`), "object"},
		{"not JSON", dispute.SignalAgreement, raw(`{"terms":`), "JSON"},
		{"no argument", dispute.SignalAgreement, nil, "JSON"},
		{"withdrawn by the merchant", dispute.SignalWithdrawal, raw(`{"reportedBy":"merchant"}`), "reportedBy"},
		{"withdrawal with an unknown name", dispute.SignalWithdrawal, raw(`{"reportedBy":"customer","by":"x"}`), "by"},
		{"withdrawal without an argument", dispute.SignalWithdrawal, nil, "JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var before dispute.View
			w.at(day, func() {
				before = w.status()
				w.signal(test.signal, test.message)
			})
			w.at(day+time.Second, func() {
				view := w.status()
				require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
				entry := view.Timeline[len(view.Timeline)-1]
				require.Equal(t, test.signal+"-ignored", entry.Event)
				require.Contains(t, entry.Detail, test.reason)
				view.Attention, view.Timeline = before.Attention, before.Timeline
				require.Equal(t, before, view)
			})
			w.closes(dispute.ClosedMerchantSilent)
		})
	}
}

// TestMerchantAloneSaysThatTheCustomerPays: it settles nothing, but it is the merchant's reaction.
func TestMerchantAloneSaysThatTheCustomerPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(day, func() {
		w.signal(dispute.SignalAgreement, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant})
	})
	view := w.closes(dispute.ClosedNotSubstantiated)
	require.Contains(t, events(view), "agreement-ignored")
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
	require.Zero(t, w.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}

// TestRefundOfEverything: the disputed amount itself is the most that can be refunded.
func TestRefundOfEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.at(day, func() { w.signal(dispute.SignalAgreement, refundOf(12990, "EUR", dispute.PartyOperator)) })
	w.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 12990, w.settles[0].Decision.Debit)
}

// TestSignalTwice: an identical repeat of one that took effect changes nothing at all, and another one
// that comes after the decision is too late: while the ledger is away, and while the result is told.
func TestSignalTwice(t *testing.T) {
	t.Parallel()
	agreed, other := refundOf(3000, "EUR", dispute.PartyMerchant), refundOf(4000, "EUR", dispute.PartyMerchant)
	for _, test := range []struct {
		name, system  string
		signal        string
		first, second any
		ignored       bool
	}{
		{"the same agreement before settlement", "ledger", dispute.SignalAgreement, agreed, agreed, false},
		{"the same agreement after settlement", "email", dispute.SignalAgreement, agreed, agreed, false},
		{"another agreement before settlement", "ledger", dispute.SignalAgreement, agreed, other, true},
		{"another agreement after settlement", "email", dispute.SignalAgreement, agreed, other, true},
		{"the same withdrawal before settlement", "ledger", dispute.SignalWithdrawal, withdrawn, withdrawn, false},
		{"another withdrawal after settlement", "email", dispute.SignalWithdrawal, withdrawn, dispute.Withdrawal{ReportedBy: dispute.PartyOperator}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.at(day, func() {
				w.breakDown(test.system)
				w.signal(test.signal, test.first)
			})
			var before dispute.View
			w.at(day+time.Minute, func() {
				before = w.status()
				w.signal(test.signal, test.second)
			})
			w.at(day+time.Minute+time.Second, func() {
				view := w.status()
				if test.ignored {
					require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
					entry := view.Timeline[len(view.Timeline)-1]
					require.Equal(t, test.signal+"-ignored", entry.Event)
					require.Contains(t, entry.Detail, "after the decision")
					view.Attention, view.Timeline = before.Attention, before.Timeline
				}
				require.Equal(t, before, view)
				w.heal()
			})
			w.run()
			require.NoError(t, w.env.GetWorkflowError())
			require.Len(t, w.settles, 1)
			require.Len(t, w.pauses, 1)
		})
	}
}

// TestOtherSignalAfterTheDecision: what the customer says after an agreement comes too late.
func TestOtherSignalAfterTheDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := w.agreeWithout("ledger")
	w.at(after, func() { w.signal(dispute.SignalWithdrawal, withdrawn) })
	w.at(after+time.Second, w.heal)
	view := w.closes(dispute.ClosedByAgreement)
	require.Contains(t, events(view), "withdrawal-ignored")
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
}

// TestSignalAfterSilence: an agreement does not undo a decision by silence.
func TestSignalAfterSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.on(windowEnds.Add(-time.Minute), func() { w.breakDown("ledger") })
	w.on(windowEnds.Add(time.Minute), func() { w.signal(dispute.SignalAgreement, customerPays) })
	w.on(windowEnds.Add(2*time.Minute), w.heal)
	view := w.closes(dispute.ClosedMerchantSilent)
	require.Contains(t, events(view), "agreement-ignored")
}

// TestTimelineIsBounded: the first 500 entries are kept, the others counted.
func TestTimelineIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var before int
	w.at(day, func() {
		before = len(w.status().Timeline)
		for range dispute.MaxTimeline + 19 {
			w.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, raw(`{}`))
		}
		w.signal(dispute.SignalWithdrawal, raw(`{}`))
	})
	w.at(day+time.Second, func() {
		view := w.status()
		require.Len(t, view.Timeline, 500)
		require.Equal(t, before+20, view.TimelineOmitted)
		w.signal(dispute.SignalAgreement, customerPays)
	})
	view := w.closes(dispute.ClosedByAgreement)
	require.Len(t, view.Timeline, 500)
	require.Greater(t, view.TimelineOmitted, before+20)
}
