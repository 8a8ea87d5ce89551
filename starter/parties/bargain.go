package parties

import (
	"context"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

var (
	toldCustomer     = Message(dispute.OccasionMessage, dispute.PartyCustomer)
	declinedMerchant = Message(dispute.OccasionProposalDeclined, dispute.PartyMerchant)
)

// write sends a message of the customer to the merchant.
func write(message string) step {
	return step{
		wait: dispute.WaitAgreement, causes: []string{Message(dispute.OccasionMessage, dispute.PartyMerchant)},
		send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
			_, err := a.disputes.Respond(ctx, a.id, dispute.Response{Message: message, ReportedBy: dispute.PartyCustomer}, request)
			return err
		},
	}
}

// propose proposes a refund, in minor units.
func propose(by dispute.Party, refund int64, message string) step {
	return step{
		wait: dispute.WaitAgreement, causes: []string{Message(dispute.OccasionProposalMade, by.Other())},
		send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
			_, err := a.disputes.Propose(ctx, a.id, dispute.Offer{
				Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: refund, Currency: a.ending.Refund.Currency},
				Message: message, ProposedBy: by,
			}, request)
			if by == dispute.PartyMerchant {
				return a.spoken(dispute.ClosedMerchantSilent, err)
			}
			return err
		},
	}
}

// accept accepts the merchant's standing proposal.
func accept(note string) step {
	return step{wait: dispute.WaitAgreement, send: answer(true, note)}
}

// decline declines the merchant's standing proposal.
func decline(note string) step {
	return step{wait: dispute.WaitAgreement, send: answer(false, note), causes: []string{declinedMerchant}}
}

// answer returns how the customer answers. The number of the proposal is kept: once it is answered, no view has it any more,
// and the call may have to be repeated.
func answer(accept bool, note string) func(context.Context, *actor, workflows.UpdateOption) error {
	return func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		view, err := a.disputes.Status(ctx, a.id)
		if err != nil {
			return err
		}
		if i := dispute.StandingOf(view.Proposals, dispute.PartyMerchant); i >= 0 {
			a.answering = view.Proposals[i].Number
		}
		_, err = a.disputes.AnswerProposal(ctx, a.id, dispute.ProposalAnswer{
			Proposal: a.answering, Accept: &accept, AnsweredBy: dispute.PartyCustomer, Note: note,
		}, request)
		return err
	}
}
