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

// TestImpossibleSignal: an impossible signal changes nothing, stays in the timeline with the reason, and raises
// attention. An agreement that does not name the customer or an operator as its sender is a reaction of the merchant.
func TestImpossibleSignal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, signal string
		message      any
		reason       string
		// reacts means that the merchant may have sent it.
		reacts bool
	}{
		{"refund missing", dispute.SignalAgreement, raw(`{"terms":"merchant_refunds","reportedBy":"merchant"}`), "refund", true},
		{"refund of nothing", dispute.SignalAgreement, refundOf(0, "EUR", dispute.PartyMerchant), "refund.amount", true},
		{"negative refund", dispute.SignalAgreement, refundOf(-1, "EUR", dispute.PartyMerchant), "refund.amount", true},
		{"refund of a fraction", dispute.SignalAgreement, raw(`{"terms":"merchant_refunds","refund":{"amount":10.5,"currency":"EUR"},"reportedBy":"merchant"}`), "refund.amount", true},
		{"refund above the disputed amount", dispute.SignalAgreement, refundOf(12991, "EUR", dispute.PartyMerchant), "129.91 EUR", true},
		{"refund in another currency", dispute.SignalAgreement, refundOf(100, "SEK", dispute.PartyMerchant), "SEK", true},
		{"refund though the customer pays", dispute.SignalAgreement, raw(`{"terms":"customer_pays","refund":{"amount":1,"currency":"EUR"},"reportedBy":"customer"}`), "refund", false},
		{"unknown terms", dispute.SignalAgreement, raw(`{"terms":"lawyers","reportedBy":"customer"}`), "terms", false},
		{"unknown reporter", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"desk"}`), "reportedBy", true},
		{"refund above the disputed amount by the customer", dispute.SignalAgreement, refundOf(12991, "EUR", dispute.PartyCustomer), "129.91 EUR", false},
		{"refund in another currency by an operator", dispute.SignalAgreement, refundOf(100, "SEK", dispute.PartyOperator), "SEK", false},
		{"unknown name", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"customer","refnud":{}}`), "refnud", false},
		{"unknown name by an operator", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"operator","refnud":{}}`), "refnud", false},
		{"unknown name by the merchant", dispute.SignalAgreement, raw(`{"terms":"customer_pays","reportedBy":"merchant","refnud":{}}`), "refnud", true},
		{"no reporter", dispute.SignalAgreement, raw(`{"terms":"customer_pays"}`), "reportedBy", true},
		{"wrong type", dispute.SignalAgreement, raw(`{"terms":true,"reportedBy":"customer"}`), "terms", false},
		{"not an object", dispute.SignalAgreement, raw(`"customer_pays"`), "object", true},
		{"not JSON", dispute.SignalAgreement, raw(`{"terms":`), "JSON", true},
		{"no argument", dispute.SignalAgreement, nil, "JSON", true},
		{"withdrawn by the merchant", dispute.SignalWithdrawal, raw(`{"reportedBy":"merchant"}`), "reportedBy", false},
		{"withdrawal with an unknown name", dispute.SignalWithdrawal, raw(`{"reportedBy":"customer","by":"x"}`), "by", false},
		{"withdrawal without an argument", dispute.SignalWithdrawal, nil, "JSON", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var before dispute.View
			f.at(day, func() {
				before = f.status()
				f.signal(test.signal, test.message)
			})
			f.at(day+time.Second, func() {
				view := f.status()
				require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
				entry := view.Timeline[len(view.Timeline)-1]
				require.Equal(t, test.signal+"-ignored", entry.Event)
				require.Contains(t, entry.Detail, test.reason)
				view.Attention, view.Timeline = before.Attention, before.Timeline
				if test.reacts {
					before.AtDeadline = "Klarna steps in: the merchant has reacted"
				}
				require.Equal(t, before, view)
			})
			if test.reacts {
				f.closes(dispute.ClosedNotSubstantiated)
				return
			}
			f.closes(dispute.ClosedMerchantSilent)
		})
	}
}

// TestMerchantAloneSaysThatTheCustomerPays: the signal settles nothing, but it is the merchant's proposal and reaction.
func TestMerchantAloneSaysThatTheCustomerPays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.signal(dispute.SignalAgreement, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant})
	})
	view := f.closes(dispute.ClosedNotSubstantiated)
	require.Contains(t, events(view), dispute.UpdatePropose)
	require.Empty(t, view.Attention)
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
	require.Zero(t, f.count(dispute.OccasionReminder7, dispute.PartyMerchant))
}

// TestRefundOfEverything: the disputed amount is the most that can be refunded.
func TestRefundOfEverything(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.signal(dispute.SignalAgreement, refundOf(12990, "EUR", dispute.PartyOperator)) })
	f.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 12990, f.settles[0].Decision.Debit)
}

// TestSignalTwice: an identical repeat of a signal that took effect changes nothing at all, and another signal after
// the decision is too late, both before the settlement and before the closing messages.
func TestSignalTwice(t *testing.T) {
	t.Parallel()
	agreed, other := refundOf(3000, "EUR", dispute.PartyOperator), refundOf(4000, "EUR", dispute.PartyOperator)
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
			f := newFixture(t)
			f.at(day, func() {
				f.takeDown(test.system)
				f.signal(test.signal, test.first)
			})
			var before dispute.View
			f.at(day+time.Minute, func() {
				before = f.status()
				f.signal(test.signal, test.second)
			})
			f.at(day+time.Minute+time.Second, func() {
				view := f.status()
				if test.ignored {
					require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
					entry := view.Timeline[len(view.Timeline)-1]
					require.Equal(t, test.signal+"-ignored", entry.Event)
					require.Contains(t, entry.Detail, "after the decision")
					view.Attention, view.Timeline = before.Attention, before.Timeline
				}
				require.Equal(t, before, view)
				f.restore()
			})
			f.run()
			require.NoError(t, f.env.GetWorkflowError())
			require.Len(t, f.settles, 1)
			require.Len(t, f.pauses, 1)
		})
	}
}

// TestOtherSignalAfterTheDecision: a withdrawal after an agreement comes too late.
func TestOtherSignalAfterTheDecision(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := f.agreeWithout("ledger")
	f.at(after, func() { f.signal(dispute.SignalWithdrawal, withdrawn) })
	f.at(after+time.Second, f.restore)
	view := f.closes(dispute.ClosedByAgreement)
	require.Contains(t, events(view), "withdrawal-ignored")
	require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, view.Attention)
}

// TestAgreementBeforeWithdrawal: when one task finds several, an agreement counts before a withdrawal, and that before a
// cancellation, in whatever order they came: both have agreed, so both wanted that end.
func TestAgreementBeforeWithdrawal(t *testing.T) {
	t.Parallel()
	agree := func(f *fixture) { f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalAgreement, customerPays) }
	withdraw := func(f *fixture) { f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn) }
	for name, test := range map[string]struct {
		first, second func(*fixture)
		third         func(*fixture)
		reason        dispute.ClosingReason
	}{
		"withdrawal, then agreement":               {withdraw, agree, func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByAgreement},
		"agreement, then withdrawal":               {agree, withdraw, func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) }, dispute.ClosedByAgreement},
		"withdrawal, agreement, then cancellation": {withdraw, agree, func(f *fixture) { f.env.CancelWorkflow() }, dispute.ClosedByAgreement},
		"withdrawal, then cancellation":            {withdraw, func(*fixture) {}, func(f *fixture) { f.env.CancelWorkflow() }, dispute.ClosedByWithdrawal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.at(day, func() {
				test.first(f)
				test.second(f)
				test.third(f)
			})
			f.closes(test.reason)
		})
	}
}

// TestSignalAfterSilence: an agreement does not undo a decision by silence.
func TestSignalAfterSilence(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.on(windowEnds.Add(-time.Minute), func() { f.takeDown("ledger") })
	f.on(windowEnds.Add(time.Minute), func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.on(windowEnds.Add(2*time.Minute), f.restore)
	view := f.closes(dispute.ClosedMerchantSilent)
	require.Contains(t, events(view), "agreement-ignored")
}

// TestTimelineIsBounded: the first 500 entries are kept, the later ones counted.
func TestTimelineIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var before int
	f.at(day, func() {
		before = len(f.status().Timeline)
		for range dispute.MaxTimeline + 19 {
			f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, raw(`{}`))
		}
		f.signal(dispute.SignalWithdrawal, raw(`{}`))
	})
	f.at(day+time.Second, func() {
		view := f.status()
		require.Len(t, view.Timeline, 500)
		require.Equal(t, before+20, view.TimelineOmitted)
		f.signal(dispute.SignalAgreement, customerPays)
	})
	view := f.closes(dispute.ClosedByAgreement)
	require.Len(t, view.Timeline, 500)
	require.Greater(t, view.TimelineOmitted, before+20)
}
