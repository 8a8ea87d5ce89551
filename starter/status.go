package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) status() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status ID",
		Short: "Print the status of a dispute, with its timeline",
		Long: `Prints the status of a dispute: what the deadline will do, the steps that are being retried with
their last error, what helps where a person is needed, and the timeline; --json has the texts in
full. When Temporal no longer retains a closed dispute, the ledger answers instead (LEDGER_URL),
with its receipts.`,
		Args:              exactly(disputeID),
		ValidArgsFunction: a.completeID,
		RunE:              does(func(ctx context.Context, args []string) error { return a.printStatus(ctx, args[0], asJSON) }),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printStatus prints the status of a dispute, as Temporal or the ledger has it.
func (a *app) printStatus(ctx context.Context, id string, asJSON bool) error {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	view, err := disputes.Status(ctx, id)
	switch {
	case dispute.CodeOf(err) == dispute.CodeUnknownDispute:
		return a.remembered(ctx, id, asJSON, err)
	case err != nil:
		return unanswered(ctx, err, "nothing was changed")
	case view.WaitingFor == "" && a.isErased(ctx, id):
		return a.remembered(ctx, id, asJSON, dispute.Refuse(dispute.CodeUnknownDispute, "dispute %q was erased", id))
	case view.WaitingFor == "" && view.Outcome == "" && a.isInLedger(ctx, id):
		return a.remembered(ctx, id, asJSON, dispute.Refuse(dispute.CodeUnknownDispute, "Temporal has only a refused run of dispute %q", id))
	}
	now := standing{View: view}
	if view.WaitingFor != "" {
		if now, err = a.standing(ctx, now, disputes); err != nil {
			fmt.Fprintf(a.err, "Temporal does not say what is being retried: %v\n", err)
		}
	}
	if asJSON {
		return a.printJSON(now)
	}
	printView(a.out, now)
	return nil
}

// isInLedger reports whether the ledger has a dispute. A ledger that is not set or does not answer has none.
func (a *app) isInLedger(ctx context.Context, id string) bool {
	books := a.ledgerIfThere(ctx)
	if books == nil {
		return false
	}
	_, err := books.Dispute(ctx, id)
	return err == nil
}

// ledgerIfThere returns the ledger for a command that can do without; nil where it is not set or does not answer.
func (a *app) ledgerIfThere(ctx context.Context) *ledger.Ledger {
	if a.getenv("LEDGER_URL") == "" {
		return nil
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return nil
	}
	return books
}

// standing adds what Temporal knows of a run that has not ended its dispute: whether it was stopped, and what is retried.
func (a *app) standing(ctx context.Context, now standing, disputes *workflows.Client) (standing, error) {
	stop, err := disputes.Stopped(ctx, now.ID)
	if err != nil || stop != nil {
		return now.stopped(stop), err
	}
	now.Retried, err = a.retried(ctx, now.ID)
	return now, err
}

// remembered prints, from the ledger, a dispute that Temporal does not know.
func (a *app) remembered(ctx context.Context, id string, asJSON bool, unknown error) error {
	if a.getenv("LEDGER_URL") == "" {
		return dispute.Refuse(dispute.CodeUnknownDispute, "%v; set LEDGER_URL to ask the ledger too", unknown)
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return fmt.Errorf("%s, and the ledger cannot be asked: %w", unknown.Error(), err)
	}
	row, err := books.Dispute(ctx, id)
	if err != nil {
		return err
	}
	receipts, err := books.Receipts(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "%v; the ledger has it as %s.\n", unknown, row.State)
	view := standing{View: recalled(row, receipts)}
	if asJSON {
		return a.printJSON(view)
	}
	printView(a.out, view)
	return nil
}

// recalled returns the view of a dispute that the ledger alone still knows: the movements of money and the receipts.
func recalled(row ledger.Dispute, receipts []dispute.Receipt) dispute.View {
	view := dispute.View{
		ID: row.ID, State: dispute.StateOpened, Reason: row.Reason, MerchantID: row.MerchantID, InvoiceID: row.InvoiceID,
		DisputedAmount: row.DisputedAmount, Attention: []dispute.Cause{}, Outcome: row.Decision.Outcome, ClosingReason: row.Decision.Reason,
		Timeline: []dispute.Entry{{At: row.Paused.At, Actor: dispute.PartyKlarna, Event: "invoice-paused"}},
	}
	if row.State == ledger.DisputeClosed {
		view.State = dispute.StateClosed
		view.Timeline = append(view.Timeline, dispute.Entry{
			At: row.Settled.At, Actor: dispute.PartyKlarna, Event: settledEvent, Detail: row.Settled.Movement(row.DisputedAmount.Currency),
		})
	}
	for _, r := range receipts {
		view.Timeline = append(view.Timeline, dispute.Entry{
			At: r.At, Actor: dispute.PartyKlarna, Event: "sent-" + string(r.Key.Occasion),
			Detail: fmt.Sprintf("%s by %s: %s", r.Key.Recipient, r.Channel, r.Answer),
		})
	}
	slices.SortStableFunc(view.Timeline, func(a, b dispute.Entry) int { return a.At.Compare(b.At) })
	return view
}

// printView prints a status with its timeline.
func printView(out io.Writer, view standing) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	field := func(name, format string, args ...any) { fmt.Fprintf(table, name+"\t"+format+"\n", args...) }
	field("dispute", "%s", view.ID)
	field("state", "%s", view.State)
	if view.Stopped != nil {
		printStop(field, view)
	}
	if view.Outcome != "" {
		field("outcome", "%s (%s)", view.Outcome, view.ClosingReason)
		field("money", "%s", moved(view.View))
	}
	if settled := entryOf(view.View, settledEvent); settled != "" {
		field("settled", "%s", settled)
	}
	if view.WaitingFor != "" {
		field("waiting for", "%s", view.WaitingFor)
	}
	printDeadline(field, view.View)
	printAttention(field, view)
	field("amount", "%s", view.DisputedAmount)
	field("reason", "%s", view.Reason)
	field("merchant", "%s", view.MerchantID)
	field("invoice", "%s", view.InvoiceID)
	_ = table.Flush()
	for _, step := range view.Retried {
		printRetried(out, step)
	}
	fmt.Fprintln(out)
	printTimeline(out, view.View)
}

// printDeadline prints until when the parties can agree or answer, what happens then, and what they propose.
func printDeadline(field func(name, format string, args ...any), view dispute.View) {
	if view.Deadline != nil {
		field("until", "%s", until(*view.Deadline))
	}
	if view.AtDeadline != "" {
		field("then", "%s", view.AtDeadline)
	}
	for _, proposal := range view.Proposals {
		field("proposed", "%s", standingProposal(proposal))
	}
	if view.PendingDeadline != nil {
		field("earlier", "%s, once the party knows", until(*view.PendingDeadline))
	}
}

func printStop(field func(name, format string, args ...any), view standing) {
	left := "the invoice stays paused, and nothing happens"
	if view.State == dispute.StateClosed {
		left = "the parties may not have been told the result"
	}
	field("run", "%s at %s: %s", view.Stopped.How, view.Stopped.At.UTC().Format("2006-01-02 15:04:05Z"), left)
	field("what helps", "open it again with the same content, or: starter ledger reconcile --apply")
}

func printAttention(field func(name, format string, args ...any), view standing) {
	if len(view.Attention) > 0 {
		field("attention", "%s", strings.Join(words(view.Attention), ", "))
	}
	if view.Stopped != nil {
		return // a run that was stopped takes no messages
	}
	for _, cause := range view.Attention {
		field("what helps", "%s", remedies(view.View, cause))
	}
}

func printTimeline(out io.Writer, view dispute.View) {
	for _, entry := range view.Timeline {
		printEntry(out, entry)
	}
	if view.TimelineOmitted > 0 {
		fmt.Fprintf(out, "… and %d more entries\n", view.TimelineOmitted)
	}
}

// printRetried prints a step that is being retried, below the fields and in line with them.
func printRetried(out io.Writer, step retried) {
	label := "retrying      "
	for _, line := range terminal.Wrap(step.String(), terminal.Columns-len(label)) {
		fmt.Fprintln(out, label+line)
		label = strings.Repeat(" ", len(label))
	}
}

// printEntry prints an entry of the timeline, wrapped to the width of a terminal.
func printEntry(out io.Writer, entry dispute.Entry) {
	when := fmt.Sprintf("%s  %-8s  ", entry.At.UTC().Format("2006-01-02 15:04:05Z"), entry.Actor)
	what := entry.Event
	if entry.Detail != "" {
		what += ": " + excerpt(plain.Line(entry.Detail))
	}
	for _, line := range terminal.Wrap(what, terminal.Columns-len(when)) {
		fmt.Fprintln(out, when+line)
		when = strings.Repeat(" ", len(when))
	}
}
