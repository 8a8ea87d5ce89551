package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) write() *cobra.Command {
	var m dispute.Response
	cmd := update(a, "write ID", "A party writes to the other one; this alone settles nothing", &m, (*workflows.Client).Respond)
	cmd.Example = "  starter write kd-2026-0001 --reported-by customer --message \"The parcel is still missing.\""
	cmd.Flags().StringVar(&m.Message, "message", "", "what the party says, for the other one (1 to 5,000 characters)")
	sender(cmd, &m.ReportedBy, "reported-by", dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyOperator)
	return required(cmd, "message", "reported-by")
}

func (a *app) propose() *cobra.Command {
	var m dispute.Offer
	cmd := update(a, "propose ID", "A party proposes an agreement to the other one", &m, (*workflows.Client).Propose)
	cmd.Long += "\nThe proposal stands until the other party answers, its party makes another one, or the dispute is\n" +
		"decided. What costs nobody else, or equals the other party's proposal, settles the dispute at once."
	cmd.Example = "  starter propose kd-2026-0001 --terms merchant_refunds --refund \"30.00 EUR\" --proposed-by merchant\n" +
		"  starter propose kd-2026-0001 --terms customer_pays --proposed-by merchant --message \"It works here.\""
	terms(cmd, &m.Terms, &m.Refund)
	cmd.Flags().StringVar(&m.Message, "message", "", "for the case file; the other party sees it with a proposal (up to 5,000 characters)")
	sender(cmd, &m.ProposedBy, "proposed-by", dispute.PartyMerchant, dispute.PartyCustomer)
	effect := func(view dispute.View, disputed string) string { return offered(m, view, disputed) }
	return required(a.confirming(cmd, effect), "terms", "proposed-by")
}

func (a *app) accept() *cobra.Command {
	cmd, m := a.answering("accept ID", "A party accepts the other one's proposal: the dispute is settled on its terms", true)
	cmd.Example = "  starter accept kd-2026-0001 --proposal 1342 --answered-by customer"
	return a.confirming(cmd, func(view dispute.View, disputed string) string {
		i := slices.IndexFunc(view.Proposals, func(p dispute.Proposal) bool { return p.Number == m.Proposal })
		if i < 0 {
			return fmt.Sprintf("the terms of proposal %d settle the dispute", m.Proposal)
		}
		return settled(view.Proposals[i].Offer(), disputed)
	})
}

func (a *app) decline() *cobra.Command {
	cmd, _ := a.answering("decline ID", "A party declines the other one's proposal, which then stands no more", false)
	cmd.Example = "  starter decline kd-2026-0001 --proposal 1342 --answered-by customer --note \"That is too little.\""
	return cmd
}

// answering returns the command that answers a proposal, and its message.
func (a *app) answering(use, short string, accept bool) (*cobra.Command, *dispute.ProposalAnswer) {
	m := &dispute.ProposalAnswer{Accept: &accept}
	cmd := update(a, use, short, m, (*workflows.Client).AnswerProposal)
	cmd.Long = fmt.Sprintf("%s.\n\n%s", short, accepted(dispute.UpdateAnswerProposal))
	cmd.Flags().IntVar(&m.Proposal, "proposal", 0, "the number of the proposal, which starter status prints")
	sender(cmd, &m.AnsweredBy, "answered-by", dispute.PartyMerchant, dispute.PartyCustomer)
	seen := "what the party says with it, for the other one"
	if accept {
		seen = "for the case file; the other party sees it with the proposal"
	}
	cmd.Flags().StringVar(&m.Note, "note", "", seen+" (up to 5,000 characters)")
	return required(cmd, "proposal", "answered-by"), m
}

// terms adds --terms and --refund.
func terms(cmd *cobra.Command, target *dispute.Terms, refund **dispute.Money) {
	text(cmd, target, "terms", "customer_pays or merchant_refunds")
	cmd.Flags().Func("refund", `with merchant_refunds: what the merchant gives up, such as "30.00 EUR"`, func(value string) error {
		amount, err := language.ParseMoney(value)
		*refund = &amount
		return err
	})
	complete(cmd, "terms", []string{string(dispute.CustomerPays), string(dispute.MerchantRefunds)})
}

// sender adds the flag that says which party a message is from.
func sender(cmd *cobra.Command, target *dispute.Party, flag string, allowed ...dispute.Party) {
	text(cmd, target, flag, "who says so: "+choices(allowed))
	complete(cmd, flag, words(allowed))
}

// offered returns what an offer does to the money: at once, or when the other party accepts it. It is empty for one that is
// not valid.
func offered(o dispute.Offer, view dispute.View, disputed string) string {
	effect := settled(o, disputed)
	standing := dispute.StandingOf(view.Proposals, o.ProposedBy.Other())
	switch {
	case effect == "", o.Binding(view.DisputedAmount), standing >= 0 && view.Proposals[standing].SameTerms(o):
		return effect
	default:
		return fmt.Sprintf("if the %s accepts, %s", o.ProposedBy.Other(), effect)
	}
}

// printProposals prints the standing proposals, and who answers them.
func (a *app) printProposals(view dispute.View) {
	for _, proposal := range view.Proposals {
		a.printf("%s\n", standingProposal(proposal))
	}
}

func standingProposal(p dispute.Proposal) string {
	return fmt.Sprintf("proposal %d: %s; the %s answers", p.Number, p, p.By.Other())
}

// agree reports an agreement. From one party alone it may become a proposal.
func (a *app) agree() *cobra.Command {
	var m dispute.Agreement
	cmd := reportSignal(a, "agree ID", "Merchant and customer have agreed", signalKind{
		name: dispute.SignalAgreement, effect: dispute.ClosedByAgreement,
		send: func(ctx context.Context, disputes *workflows.Client, id string) error {
			return disputes.Agree(ctx, id, m)
		},
		proposes: func(p dispute.Proposal) bool { return p.By == m.ReportedBy && p.SameTerms(m.Offer()) },
	})
	cmd.Long += "\n\nWhat one party reports alone and not only at its own cost is its proposal: the command says \"proposed\",\n" +
		"and the other party has to accept it."
	cmd.Example = "  starter agree kd-2026-0001 --terms customer_pays --reported-by customer\n" +
		"  starter agree kd-2026-0001 --terms merchant_refunds --refund \"30.00 EUR\" --reported-by operator"
	terms(cmd, &m.Terms, &m.Refund)
	sender(cmd, &m.ReportedBy, "reported-by", dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyOperator)
	cmd.Flags().StringVar(&m.Note, "note", "", "for the case file; the other party sees it with a proposal (up to 5,000 characters)")
	return required(a.confirming(cmd, func(view dispute.View, disputed string) string {
		return offered(m.Offer(), view, disputed)
	}), "terms", "reported-by")
}
