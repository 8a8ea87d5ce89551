package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// usualMax is how many stranded disputes are helped at once without being asked to: many more at a time mean that
// something else is wrong, such as a Temporal that was restored empty.
const usualMax = 20

// reconciliation is what reconcile was asked for.
type reconciliation struct {
	apply    bool
	max      int
	schedule string
	json     bool
}

func (a *app) ledgerReconcile() *cobra.Command {
	var r reconciliation
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Find disputes that are open in the ledger but that no workflow works on, and help them",
		Long: `Finds the disputes that are open in the ledger, have been paused for more than an hour, and whose
workflow does not run any more. It asks Temporal by workflow id and says what would help each:

  reopen       its run was stopped: a new one takes over, tells both parties anew and gives them
               their time again
  reactivate   Temporal has no run of it any more: the invoice is given back, and the dispute closed as
               cancelled_by_operator. Nobody is told. A backend service that still has the dispute can
               open it again instead
  none         a person has to act: its run has closed it and the ledger has not, or its run cannot tell
               what it was about and a backend service has to open it again

With --apply it does so, unless there are more than --max. With --schedule it changes nothing now: a
Temporal Schedule makes the report, which never applies anything; read it in the Web UI under the
workflow type ` + workflows.ReconciliationType + `.`,
		Example: "  starter ledger reconcile\n  starter ledger reconcile --apply\n" +
			"  starter ledger reconcile --schedule \"0 6 * * *\"     every day at 6:00 UTC\n  starter ledger reconcile --schedule off",
		Args: func(cmd *cobra.Command, args []string) error {
			return errors.Join(r.check(cmd), cobra.NoArgs(cmd, args))
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			if r.schedule != "" {
				return a.scheduleReconciliation(ctx, r.schedule)
			}
			return a.reconcile(ctx, r)
		}),
	}
	cmd.Flags().BoolVar(&r.apply, "apply", false, "do what would help")
	cmd.Flags().IntVar(&r.max, "max", usualMax, "apply nothing when there are more than this")
	cmd.Flags().StringVar(&r.schedule, "schedule", "", `report regularly: a cron line in UTC such as "0 6 * * *", or off`)
	cmd.Flags().BoolVar(&r.json, "json", false, "print the stranded disputes as JSON")
	return cmd
}

// check tells what is wrong with the flags.
func (r reconciliation) check(cmd *cobra.Command) error {
	scheduled := cmd.Flags().Changed("schedule")
	switch {
	case scheduled && (r.apply || cmd.Flags().Changed("max") || r.json):
		return errors.New("--schedule stands alone: a schedule reports and never applies")
	case scheduled && r.schedule == "":
		return errors.New("--schedule is empty; write a cron line such as \"0 6 * * *\", or off")
	case r.max < 1:
		return errors.New("--max must be at least 1")
	default:
		return nil
	}
}

func (a *app) reconcile(ctx context.Context, r reconciliation) error {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return err
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return err
	}
	if err := books.CheckOwner(ctx, a.namespace); err != nil {
		return err
	}
	open, found, err := activities.AllStranded(ctx, books, disputes, time.Now, func() {})
	if err != nil {
		return err
	}
	if !r.json {
		if err := a.printStranded(open, found); err != nil {
			return err
		}
	}
	outcomes := make([]helped, len(found))
	for i, s := range found {
		outcomes[i].Stranded = s
	}
	err = a.help(ctx, disputes, books, outcomes, r)
	if r.json {
		return errors.Join(a.printJSON(outcomes), err)
	}
	return err
}

func (a *app) printStranded(open int, stranded []activities.Stranded) error {
	a.printf("%d of %d disputes that have been open for more than an hour are stranded.\n", len(stranded), open)
	if len(stranded) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nDISPUTE\tAMOUNT\tPAUSED\tREMEDY\tWHY")
	for _, s := range stranded {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.ID, s.DisputedAmount, s.PausedAt.UTC().Format(time.DateOnly), s.Remedy, s.Finding)
	}
	return table.Flush()
}

// helped is a stranded dispute and what was done for it.
type helped struct {
	activities.Stranded
	Done string `json:"done,omitzero"`
}

// help does what helps each, if it is to. One that cannot be helped holds up no other.
func (a *app) help(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, stranded []helped, r reconciliation) error {
	switch {
	case !r.apply || len(stranded) == 0:
		return nil
	case len(stranded) > r.max:
		return fmt.Errorf("%d disputes are stranded, and --max is %d: nothing was applied; is this the right Temporal?", len(stranded), r.max)
	}
	helpless := 0
	for i, s := range stranded {
		done, err := helpOne(ctx, disputes, books, s.Stranded)
		if err != nil {
			helpless++
			done = "not helped: " + err.Error()
		}
		stranded[i].Done = done
		if !r.json {
			a.printf("%s: %s\n", s.ID, done)
		}
	}
	if helpless > 0 {
		return fmt.Errorf("%d of %d stranded disputes were not helped", helpless, len(stranded))
	}
	return nil
}

func helpOne(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, s activities.Stranded) (done string, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	// A backend service may have opened it since.
	s, still, err := activities.JudgeStranded(ctx, disputes, s.OpenDispute)
	switch {
	case err != nil:
		return "", err
	case !still:
		return "a workflow works on it again", nil
	case s.Remedy == activities.RemedyReopen:
		_, err := disputes.Open(ctx, *s.Dispute)
		return "reopened", err
	case s.Remedy == activities.RemedyReactivate:
		_, err := activities.NewInvoices(books, time.Now).SettleInvoice(ctx, activities.Settle{
			DisputeID: s.ID, Calendar: s.Calendar, Decision: dispute.Decide(dispute.ClosedByOperator, s.DisputedAmount, nil),
		})
		return "reactivated", err
	}
	return "", errors.New(s.Finding)
}
