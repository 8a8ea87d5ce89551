package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func answerOf(by dispute.Party, number int, accept bool) dispute.ProposalAnswer {
	return dispute.ProposalAnswer{Proposal: number, Accept: &accept, AnsweredBy: by, Note: "That is my answer."}
}

// proposals returns what the stopped run would hand over: all proposals with their states.
func (f *fixture) proposals() (all []dispute.Proposal) {
	f.Helper()
	return f.handedOver().Proposals
}

func states(all []dispute.Proposal) (states []dispute.ProposalState) {
	for _, proposal := range all {
		states = append(states, proposal.State)
	}
	return states
}

// TestProposalAccepted: in every wait once the invoice is paused, a proposal that the other party accepts settles the dispute
// on its terms. The money moves only once the acceptance is in the history.
func TestProposalAccepted(t *testing.T) {
	t.Parallel()
	for wait, prepare := range waits {
		if wait == dispute.WaitPause {
			continue
		}
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := prepare(f)
			f.at(after, func() {
				require.Equal(t, wait, f.status().WaitingFor)
				require.NoError(t, f.send(dispute.UpdatePropose, wants3000).err)
				f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyMerchant, wants3000.NumberOf(1), true))
			})
			f.at(after+time.Minute, f.restore)
			view := f.closes(dispute.ClosedByAgreement)
			require.EqualValues(t, 3000, f.settles[0].Decision.Debit)
			require.Empty(t, view.Proposals)
			require.Equal(t, []dispute.ProposalState{dispute.ProposalAccepted}, states(f.proposals()))
			require.Contains(t, f.recorder.of("regular"), command{kind: "regular", name: "SettleInvoice", summary: "Settle: merchant_solved_the_dispute_with_the_customer"})
		})
	}
}

// TestProposalStands: the view and the Web UI name a standing proposal, with who answers; the other party is told, once, and
// the merchant has reacted.
func TestProposalStands(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var answer *reply
	offer := refunds3000
	offer.Message = "And you keep the machine."
	f.at(day, func() { answer = f.send(dispute.UpdatePropose, offer) })
	f.at(2*day, func() {
		require.NoError(t, answer.err)
		require.Len(t, answer.view.Proposals, 1)
		require.Equal(t, offer.NumberOf(1), answer.view.Proposals[0].Number)
		view := f.status()
		require.True(t, view.Proposals[0].Delivered)
		require.Contains(t, view.AtDeadline, "the merchant has reacted")
		require.Contains(t, f.metadata().CurrentDetails, "the merchant proposes a refund of 30.00 EUR; the **customer** answers")
		require.NotContains(t, f.metadata().CurrentDetails, "keep the machine", "the parties' words are not for everybody")
	})
	view := f.closes(dispute.ClosedNotSubstantiated)
	told := f.last(dispute.OccasionProposalMade)
	require.Equal(t, dispute.PartyCustomer, told.Key.Recipient)
	require.Equal(t, offer.NumberOf(1), told.Key.Number)
	require.Equal(t, "And you keep the machine.", told.Proposal.Message)
	require.EqualValues(t, 3000, told.Proposal.Refund.Amount)
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
	require.Empty(t, view.Proposals)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalExpired}, states(f.proposals()), "it expires by the decision")
}

// TestOneCentSettlesNothing: what one party alone reports, and not only at its own cost, is its proposal, which the other
// party is told of; repeats of it change nothing.
func TestOneCentSettlesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signal  dispute.Agreement
		to      dispute.Party
		reacted bool
	}{
		"a cent, by the merchant":            {refundOf(1, "EUR", dispute.PartyMerchant), dispute.PartyCustomer, true},
		"all but a cent, by the merchant":    {refundOf(12989, "EUR", dispute.PartyMerchant), dispute.PartyCustomer, true},
		"all, by the customer":               {refundOf(12990, "EUR", dispute.PartyCustomer), dispute.PartyMerchant, false},
		"the customer pays, by the merchant": {merchantAlone, dispute.PartyCustomer, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			for range 2 {
				f.at(day, func() { f.signal(dispute.SignalAgreement, test.signal) })
			}
			f.at(2*day, func() {
				require.Len(t, f.status().Proposals, 1)
				require.Empty(t, f.status().Attention)
			})
			reason := dispute.ClosedMerchantSilent
			if test.reacted {
				reason = dispute.ClosedNotSubstantiated
			}
			f.closes(reason)
			require.Equal(t, 1, f.count(dispute.OccasionProposalMade, test.to))
			require.Len(t, f.proposals(), 1)
		})
	}
}

// TestBindingTerms: what costs nobody but the one who says it settles the dispute at once, by update and by signal.
func TestBindingTerms(t *testing.T) {
	t.Parallel()
	all := dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 12990, Currency: "EUR"}, ProposedBy: dispute.PartyMerchant}
	for name, say := range map[string]func(*fixture){
		"the customer offers to pay":         func(f *fixture) { f.send(dispute.UpdatePropose, offersToPay) },
		"the merchant offers to refund all":  func(f *fixture) { f.send(dispute.UpdatePropose, all) },
		"the merchant reports a full refund": func(f *fixture) { f.signal(dispute.SignalAgreement, refundOf(12990, "EUR", dispute.PartyMerchant)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.at(day, func() { say(f) })
			f.closes(dispute.ClosedByAgreement)
		})
	}
}

// TestEqualTermsAgree: the same terms said by the other party are the agreement, whichever way both are said.
func TestEqualTermsAgree(t *testing.T) {
	t.Parallel()
	says := map[string]func(f *fixture, o dispute.Offer){
		"update": func(f *fixture, o dispute.Offer) { f.send(dispute.UpdatePropose, o) },
		"signal": func(f *fixture, o dispute.Offer) {
			f.signal(dispute.SignalAgreement, dispute.Agreement{Terms: o.Terms, Refund: o.Refund, ReportedBy: o.ProposedBy})
		},
	}
	for first, propose := range says {
		for second, agree := range says {
			t.Run(first+" and "+second, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				f.at(day, func() { propose(f, refunds3000) })
				f.at(2*day, func() { agree(f, wants3000) })
				f.closes(dispute.ClosedByAgreement)
				require.EqualValues(t, 3000, f.settles[0].Decision.Debit)
				require.Equal(t, []dispute.ProposalState{dispute.ProposalAccepted}, states(f.proposals()))
				require.Len(t, f.recorder.of("regular"), 1, "the money moves once the update is in the history")
			})
		}
	}
}

// TestBindingTermsAcceptAProposal: who offers by itself what the other party has proposed has accepted that.
func TestBindingTermsAcceptAProposal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.signal(dispute.SignalAgreement, merchantAlone) })
	f.at(2*day, func() { f.send(dispute.UpdatePropose, offersToPay) })
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalAccepted}, states(f.proposals()))
}

// TestAcceptanceAfterReplacement: a proposal that was replaced meanwhile is refused by its number, and the refusal says what
// stands now.
func TestAcceptanceAfterReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var late *reply
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	f.at(2*day, func() {
		f.send(dispute.UpdatePropose, refunds1)
		late = f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds3000.NumberOf(1), true))
	})
	f.at(3*day, func() {
		failure := late.refusal(t)
		require.Equal(t, string(dispute.CodeNotAccepted), failure.Type())
		require.Contains(t, failure.Message(), "was replaced; proposal ")
		require.Contains(t, failure.Message(), "the merchant proposes a refund of 0.01 EUR")
		f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds1.NumberOf(2), true))
	})
	f.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 1, f.settles[0].Decision.Debit)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalReplaced, dispute.ProposalAccepted}, states(f.proposals()))
}

// TestCrossingProposals: each party has its own; either can be accepted, and the other one then expires.
func TestCrossingProposals(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() {
		f.send(dispute.UpdatePropose, refunds1)
		f.send(dispute.UpdatePropose, wantsAll)
	})
	f.at(2*day, func() {
		require.Len(t, f.status().Proposals, 2)
		f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyMerchant, wantsAll.NumberOf(2), true))
	})
	f.closes(dispute.ClosedByAgreement)
	require.EqualValues(t, 12990, f.settles[0].Decision.Debit)
	require.Equal(t, []dispute.ProposalState{dispute.ProposalExpired, dispute.ProposalAccepted}, states(f.proposals()))
}

// TestProposalDeclined: it stands no more, its party is told with the other one's words, and cannot be accepted any more.
func TestProposalDeclined(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	number := wants3000.NumberOf(1)
	var late *reply
	f.at(day, func() { f.send(dispute.UpdatePropose, wants3000) })
	f.at(2*day, func() { f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyMerchant, number, false)) })
	f.at(3*day, func() { late = f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyMerchant, number, true)) })
	f.closes(dispute.ClosedNotSubstantiated) // the answer was a reaction
	require.Contains(t, late.refusal(t).Message(), "was declined; no proposal of the customer stands")
	told := f.last(dispute.OccasionProposalDeclined)
	require.Equal(t, dispute.PartyCustomer, told.Key.Recipient)
	require.Equal(t, "That is my answer.", told.Proposal.Answer)
	require.Equal(t, number, told.Key.Number)
}

// TestDecidedInBetween: a proposal expires by the decision, and the acceptance that comes then is refused.
func TestDecidedInBetween(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var late *reply
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	f.at(2*day, func() {
		f.takeDown("ledger")
		f.signal(dispute.SignalWithdrawal, withdrawn)
	})
	f.at(3*day, func() {
		late = f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds3000.NumberOf(1), true))
		f.restore()
	})
	f.closes(dispute.ClosedByWithdrawal)
	require.Equal(t, string(dispute.CodeNotAccepted), late.refusal(t).Type())
	require.Equal(t, []dispute.ProposalState{dispute.ProposalExpired}, states(f.proposals()))
}

// TestAcceptanceBeforeWithdrawal: an acceptance that comes in one task with a withdrawal or a cancellation counts, whatever
// came first.
func TestAcceptanceBeforeWithdrawal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
	f.at(2*day, func() {
		f.env.SignalWorkflowSkippingWorkflowTask(dispute.SignalWithdrawal, withdrawn)
		f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, refunds3000.NumberOf(1), true))
	})
	view := f.closes(dispute.ClosedByAgreement)
	require.Contains(t, events(view), "withdrawal-ignored")
}

// TestProposalBeforeThePause: what a signal proposes while the pause is still retried is told once the invoice is paused, and
// never if the ledger refuses the dispute.
func TestProposalBeforeThePause(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	after := waits[dispute.WaitPause](f)
	f.at(after, func() { f.signal(dispute.SignalAgreement, merchantAlone) })
	f.at(after+time.Second, func() {
		require.Len(t, f.status().Proposals, 1)
		require.Empty(t, f.sent)
		f.restore()
	})
	f.closes(dispute.ClosedNotSubstantiated)
	require.Equal(t, 1, f.count(dispute.OccasionProposalMade, dispute.PartyCustomer))
}

// TestProposalOvertaken: the message with a proposal that was replaced, declined or decided about before it could be
// delivered is never sent.
func TestProposalOvertaken(t *testing.T) {
	t.Parallel()
	number := refunds3000.NumberOf(1)
	for name, overtake := range map[string]func(*fixture){
		"replaced":  func(f *fixture) { f.send(dispute.UpdatePropose, letsPay) },
		"declined":  func(f *fixture) { f.send(dispute.UpdateAnswerProposal, answerOf(dispute.PartyCustomer, number, false)) },
		"withdrawn": func(f *fixture) { f.signal(dispute.SignalWithdrawal, withdrawn) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.holdMessages(dispute.OccasionProposalMade)
			f.at(day, func() { f.send(dispute.UpdatePropose, refunds3000) })
			f.at(2*day, func() { overtake(f) })
			f.at(2*day+time.Minute, func() {
				require.Contains(t, events(f.status()), "not-sent-proposal-made")
				f.recorder.release()
				f.env.CancelWorkflow()
			})
			f.run()
			require.False(t, slices.ContainsFunc(f.sent, func(s sending) bool {
				return s.Key.Occasion == dispute.OccasionProposalMade && s.Key.Number == number
			}))
		})
	}
}

// TestMessagesReachTheOtherParty: what one party writes goes to the other; the merchant's, also by an operator, is a reaction.
func TestMessagesReachTheOtherParty(t *testing.T) {
	t.Parallel()
	for by, reason := range map[dispute.Party]dispute.ClosingReason{
		dispute.PartyCustomer: dispute.ClosedMerchantSilent,
		dispute.PartyMerchant: dispute.ClosedNotSubstantiated,
		dispute.PartyOperator: dispute.ClosedNotSubstantiated,
	} {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			said := dispute.Response{Message: "Where is it?", ReportedBy: by}
			for i := range 2 {
				f.at(time.Duration(i+1)*day, func() { f.send(dispute.UpdateRespond, said) })
			}
			f.closes(reason)
			to := said.Sender().Other()
			require.Equal(t, 2, f.count(dispute.OccasionMessage, to))
			require.Zero(t, f.count(dispute.OccasionMessage, to.Other()))
			require.Equal(t, "Where is it?", f.last(dispute.OccasionMessage).Message)
			for _, remark := range f.handedOver().Remarks {
				require.True(t, remark.Delivered)
			}
		})
	}
}

// TestLimitsOfEachParty: one party's messages and proposals do not use up the other one's.
func TestLimitsOfEachParty(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var replies []*reply
	f.at(day, func() {
		for i := range 20 {
			offer := refunds1
			offer.Message = fmt.Sprint("Offer ", i)
			f.send(dispute.UpdatePropose, offer)
			f.send(dispute.UpdateRespond, responded)
		}
		replies = []*reply{
			f.send(dispute.UpdatePropose, wants3000),
			f.send(dispute.UpdateRespond, dispute.Response{Message: "Where is it?", ReportedBy: dispute.PartyCustomer}),
			f.send(dispute.UpdatePropose, refunds1),
			f.send(dispute.UpdateRespond, dispute.Response{Message: "There.", ReportedBy: dispute.PartyOperator}),
		}
		f.signal(dispute.SignalAgreement, merchantAlone)
	})
	f.at(2*day, func() {
		require.Equal(t, []dispute.Cause{dispute.CauseMessageIgnored}, f.status().Attention, "a signal counts towards the limit")
		f.env.CancelWorkflow()
	})
	f.run()
	require.NoError(t, replies[0].err)
	require.NoError(t, replies[1].err)
	for _, over := range replies[2:] {
		require.Equal(t, string(dispute.CodeLimitReached), over.refusal(t).Type())
	}
}

// TestWordsAreBounded: what one party writes stays below what Temporal can answer a query with.
func TestWordsAreBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var replies []*reply
	f.at(day, func() {
		for range 10 {
			replies = append(replies, f.send(dispute.UpdateRespond, dispute.Response{Message: strings.Repeat("<", 5000), ReportedBy: dispute.PartyCustomer}))
		}
		f.env.CancelWorkflow()
	})
	f.run()
	require.NoError(t, replies[7].err)
	failure := replies[8].refusal(t)
	require.Equal(t, string(dispute.CodeLimitReached), failure.Type())
	require.Contains(t, failure.Message(), "what the customer writes to the merchant may have 262144 bytes in all")
}
