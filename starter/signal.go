package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) agree() *cobra.Command {
	var m dispute.Agreement
	cmd := reportSignal(a, "agree ID", "Merchant and customer have agreed", dispute.SignalAgreement, dispute.ClosedByAgreement,
		func(ctx context.Context, disputes *workflows.Client, id string) error {
			return disputes.Agree(ctx, id, m)
		})
	cmd.Example = "  starter agree kd-2026-0001 --terms customer_pays --reported-by customer\n" +
		"  starter agree kd-2026-0001 --terms merchant_refunds --refund \"30.00 EUR\" --reported-by merchant"
	text(cmd, &m.Terms, "terms", "customer_pays or merchant_refunds")
	cmd.Flags().Func("refund", `with merchant_refunds: what the merchant gives up, such as "30.00 EUR"`, func(value string) error {
		refund, err := parseMoney(value)
		m.Refund = &refund
		return err
	})
	text(cmd, &m.ReportedBy, "reported-by", "merchant, customer or operator")
	cmd.Flags().StringVar(&m.Note, "note", "", "a note for the case file")
	complete(cmd, "terms", []string{string(dispute.CustomerPays), string(dispute.MerchantRefunds)})
	return required(a.confirming(cmd, func(disputed string) string { return agreed(m, disputed) }), "terms", "reported-by")
}

func (a *app) withdraw() *cobra.Command {
	m := dispute.Withdrawal{}
	cmd := reportSignal(a, "withdraw ID", "The customer has withdrawn the complaint", dispute.SignalWithdrawal, dispute.ClosedByWithdrawal,
		func(ctx context.Context, disputes *workflows.Client, id string) error {
			return disputes.Withdraw(ctx, id, m)
		})
	party(cmd, &m.ReportedBy, dispute.PartyCustomer, "customer or operator")
	cmd.Flags().StringVar(&m.Note, "note", "", "a note for the case file")
	return a.confirming(cmd, reactivated)
}

// reportSignal returns the command that sends a signal. Temporal keeps a signal also when no worker runs, and a dispute
// cannot refuse one, so the command reads the status before and after and says what became of the signal.
func reportSignal(a *app, use, short, name string, effect dispute.ClosingReason,
	send func(ctx context.Context, disputes *workflows.Client, id string) error,
) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: use, Short: short, Args: exactly(disputeID), ValidArgsFunction: a.completeID, RunE: does(func(ctx context.Context, args []string) error {
		disputes, err := a.disputes(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		before, seen, err := statusNow(ctx, disputes, args[0])
		if err != nil {
			return err
		}
		if err := send(ctx, disputes, args[0]); err != nil {
			return unanswered(ctx, err, "repeating the command is safe")
		}
		after := dispute.View{}
		if seen {
			after, seen, err = statusNow(ctx, disputes, args[0])
		}
		switch {
		case err != nil:
			return err
		case !seen:
			return a.kept(args[0], asJSON)
		}
		return a.report(before, after, name, effect, asJSON)
	})}
	cmd.Long = short + `.

This reports a fact, which cannot be refused and counts until the dispute is decided. The command
says "accepted", or "ignored" and why. Without a worker it says "sent": Temporal keeps the message.
Repeating it changes nothing.`
	jsonFlag(cmd, &asJSON)
	return cmd
}

// statusTimeout bounds the wait for a status that a command can do without.
const statusTimeout = 3 * time.Second

// statusNow returns the status of a dispute, and seen as false if no worker answers within statusTimeout.
func statusNow(ctx context.Context, disputes *workflows.Client, id string) (view dispute.View, seen bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	view, err = disputes.Status(ctx, id)
	if _, silent := errors.AsType[*unansweredError](unanswered(ctx, err, "")); silent {
		return dispute.View{}, false, nil
	}
	return view, err == nil, err
}

// kept says that a signal was sent and that no worker has seen it.
func (a *app) kept(id string, asJSON bool) error {
	if asJSON {
		return a.printJSON(map[string]any{"id": id, "seen": false})
	}
	a.printf("sent: kept by Temporal; no worker has seen it yet\n")
	return nil
}

// report says what became of a signal between two views of a dispute.
func (a *app) report(before, after dispute.View, name string, effect dispute.ClosingReason, asJSON bool) error {
	why, found := ignoredSince(before, after, name)
	switch {
	case found:
		return &ignored{why: why}
	case after.ClosingReason == effect:
		return a.answer(asJSON, "accepted", after)
	case after.WaitingFor == dispute.WaitPause:
		return a.answer(asJSON, "accepted, counts as soon as the invoice is paused", after)
	default: // the timeline is full, so it does not have the reason
		return &ignored{why: "it had no effect; " + line(after)}
	}
}

// ignored is a signal that arrived and had no effect.
type ignored struct {
	why string
}

func (i *ignored) Error() string { return "ignored: " + i.why }

// ignoredSince reports whether a signal was ignored between two views, and why.
func ignoredSince(before, after dispute.View, name string) (why string, found bool) {
	for _, entry := range after.Timeline[min(len(before.Timeline), len(after.Timeline)):] {
		if entry.Event == name+"-ignored" {
			return entry.Detail, true
		}
	}
	return "", false
}
