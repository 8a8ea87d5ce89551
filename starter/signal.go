package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) withdraw() *cobra.Command {
	m := dispute.Withdrawal{}
	cmd := reportSignal(a, "withdraw ID", "The customer has withdrawn the complaint", signalKind{
		name: dispute.SignalWithdrawal, effect: dispute.ClosedByWithdrawal,
		send: func(ctx context.Context, disputes *workflows.Client, id string) error {
			return disputes.Withdraw(ctx, id, m)
		},
		proposes: func(dispute.Proposal) bool { return false },
	})
	party(cmd, &m.ReportedBy, dispute.PartyCustomer, "customer or operator")
	cmd.Flags().StringVar(&m.Note, "note", "", "a note for the case file")
	return a.confirming(cmd, func(_ dispute.View, disputed string) string { return reactivated(disputed) })
}

// signalKind is a signal to a dispute, and what it can bring about.
type signalKind struct {
	name   string
	effect dispute.ClosingReason
	send   func(ctx context.Context, disputes *workflows.Client, id string) error
	// proposes reports whether a standing proposal is what became of the signal.
	proposes func(dispute.Proposal) bool
}

// reportSignal returns the command that sends a signal. Temporal keeps a signal also when no worker runs, and a dispute
// cannot refuse one, so the command reads the status before and after and says what became of the signal.
func reportSignal(a *app, use, short string, s signalKind) *cobra.Command {
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
		if err := s.send(ctx, disputes, args[0]); err != nil {
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
		return a.report(before, after, s, asJSON)
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
func (a *app) report(before, after dispute.View, s signalKind, asJSON bool) error {
	why, found := ignoredSince(before, after, s.name)
	switch {
	case found:
		return &ignored{why: why}
	case slices.ContainsFunc(after.Proposals, s.proposes):
		return a.answer(asJSON, "proposed, not agreed yet", after)
	case after.ClosingReason == s.effect:
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
