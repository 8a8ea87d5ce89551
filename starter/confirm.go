package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
)

// errNoTerminal is wrong usage: a command that moves money needs an answer, and nobody can be asked.
var errNoTerminal = errors.New("this moves money and there is no terminal to ask on; confirm it with --yes")

// yesFlag adds --yes.
func yesFlag(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "move the money without a question; required without a terminal")
}

// confirm says what is about to happen and, without --yes, returns an error unless the user answers yes. It writes to
// the error stream: the output is the command's result.
func (a *app) confirm(yes bool, effect string) error {
	if yes {
		fmt.Fprintln(a.err, effect)
		return nil
	}
	fmt.Fprintf(a.err, "%s\nGo on? [y/N] ", effect)
	answer, err := bufio.NewReader(a.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	case "":
		if err != nil {
			fmt.Fprintln(a.err) // the question still ends its line
		}
	}
	return errors.New("not confirmed; nothing was sent")
}

// confirming makes a message command ask before it moves money. effect says in a sentence what the message does to an
// amount, and is empty if the message moves no money. The view is empty where it is not known.
func (a *app) confirming(cmd *cobra.Command, effect func(view dispute.View, disputed string) string) *cobra.Command {
	var yes bool
	yesFlag(cmd, &yes)
	send := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if effect(dispute.View{}, "") == "" {
			return send(cmd, args)
		}
		if !yes && !a.terminal {
			return errNoTerminal
		}
		view, disputed, err := a.disputedAmount(cmd.Context(), args[0])
		if err == nil {
			err = a.confirm(yes, fmt.Sprintf("Dispute %s: %s.", args[0], effect(view, disputed)))
		}
		if err != nil {
			return &failure{cause: err}
		}
		return send(cmd, args)
	}
	return cmd
}

// disputedAmount returns the view of a dispute and the disputed amount in words: "the disputed 129.90 EUR". Without a worker
// neither is known.
func (a *app) disputedAmount(ctx context.Context, id string) (dispute.View, string, error) {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return dispute.View{}, "", err
	}
	view, seen, err := statusNow(ctx, disputes, id)
	if err == nil && !seen {
		return dispute.View{}, "the whole disputed amount (not known while no worker answers)", nil
	}
	return view, fmt.Sprintf("the disputed %s", view.DisputedAmount), err
}

// The effects of messages on the money of a dispute.

func chargedBack(disputed string) string {
	return disputed + " will be charged back to the merchant"
}

func reactivated(disputed string) string {
	return "the invoice will be reactivated, with nothing charged back of " + disputed
}

// settled returns the effect of an agreement, empty for one that is not valid.
func settled(o dispute.Offer, disputed string) string {
	switch {
	case o.Terms == dispute.CustomerPays:
		return reactivated(disputed)
	case o.Terms == dispute.MerchantRefunds && o.Refund != nil:
		return fmt.Sprintf("the merchant refunds %s of %s, and the customer pays the rest of the invoice", *o.Refund, disputed)
	default:
		return "" // not valid
	}
}

// ruled returns the effect of a ruling, empty for one that is followed by another stage.
func ruled(m dispute.Ruling, disputed string) string {
	switch {
	case m.Stage == dispute.StageJustification && m.Justified != nil && !*m.Justified, m.InFavourOf == dispute.PartyMerchant:
		return reactivated(disputed)
	case m.InFavourOf == dispute.PartyCustomer:
		return chargedBack(disputed)
	default:
		return ""
	}
}

// moved returns what the decision of a dispute means for its money, for commands to say afterwards.
func moved(view dispute.View) string {
	switch view.Outcome {
	case dispute.OutcomeLost:
		return fmt.Sprintf("chargeback of %s", view.DisputedAmount)
	case dispute.OutcomeSettled:
		return cmp.Or(entryOf(view, string(view.ClosingReason)), "as merchant and customer have agreed")
	case dispute.OutcomeWon, dispute.OutcomeCancelled:
		return fmt.Sprintf("invoice reactivated, no chargeback of %s", view.DisputedAmount)
	default:
		return ""
	}
}

// settledEvent is the entry of the timeline that says how the money has moved.
const settledEvent = "invoice-settled"

// entryOf returns the detail of the first entry of an event, if the view has a timeline with one.
func entryOf(view dispute.View, event string) string {
	for _, entry := range view.Timeline {
		if entry.Event == event {
			return entry.Detail
		}
	}
	return ""
}
