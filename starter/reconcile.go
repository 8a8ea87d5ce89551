package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// defaultMax is how many stranded disputes are repaired at most by default. More of them at a time mean that something
// else is wrong, such as a Temporal that was restored empty.
const defaultMax = 20

// reconciliation has the flags of reconcile.
type reconciliation struct {
	apply bool
	// reactivate applies RemedyReactivate too.
	reactivate bool
	yes        bool
	max        int
	olderThan  time.Duration
	schedule   string
	json       bool
}

const reconcileHelp = `Finds the disputes that are open in the ledger and have been paused for more than an hour while no
workflow runs for them, and those that were settled without telling both parties, and prints a
remedy for each:

  reopen       the run was stopped before the decision: a new run takes over. What the parties had
               said counts, and the current period starts again. If the run cannot be read, the new
               one informs both parties anew
  settle       the run was stopped after the decision: a new run settles as it was decided, and
               informs both parties
  tell         the run was stopped after the settlement: a new run informs both parties. Nobody gets
               a message twice. When Temporal does not have the dispute any more, 'ledger tell' needs
               its content
  reactivate   Temporal has no run any more: what was said and decided is lost. The invoice is
               reactivated, and the dispute is closed as cancelled_by_operator. Nobody is informed,
               so this needs --reactivate. A backend service that still has the dispute can open it
               again instead
  none         a person has to act: the run cannot be read and a backend service has to open the
               dispute again, or the run has closed it and the ledger does not know how

After the ledger was restored from an older copy:

  pause        the ledger does not know the dispute, and its run works on it: the invoice is paused
  book         the run has settled the dispute: the ledger books it, as decided and on its day.
               Nobody is informed again

After Temporal was restored from an older copy:

  follow       the ledger has closed the dispute, and its run does not know: it is terminated, and a
               new run takes the ledger's decision over. Nobody gets a message twice

--apply applies the remedies, unless there are more than --max; reactivate only together with
--reactivate. --schedule changes nothing now: a Temporal Schedule reports regularly and never applies
anything; the reports are in the Web UI under the workflow type ` + workflows.ReconciliationType + `.`

func (a *app) ledgerReconcile() *cobra.Command {
	var r reconciliation
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Find disputes that are not finished in the ledger without a running workflow, and repair them",
		Long:  reconcileHelp,
		Example: "  starter ledger reconcile\n  starter ledger reconcile --apply\n  starter ledger reconcile --apply --reactivate\n" +
			"  starter ledger reconcile --schedule \"0 6 * * *\"     every day at 6:00 UTC\n  starter ledger reconcile --schedule off",
		Args: func(cmd *cobra.Command, args []string) error {
			return errors.Join(r.check(cmd, a.terminal), cobra.NoArgs(cmd, args))
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			if r.schedule != "" {
				return a.scheduleReconciliation(ctx, r.schedule)
			}
			return a.reconcile(ctx, r)
		}),
	}
	cmd.Flags().BoolVar(&r.apply, "apply", false, "apply the remedies")
	cmd.Flags().BoolVar(&r.reactivate, "reactivate", false, "with --apply: reactivate what Temporal does not know")
	yesFlag(cmd, &r.yes)
	cmd.Flags().IntVar(&r.max, "max", defaultMax, "apply nothing if there are more than this")
	cmd.Flags().DurationVar(&r.olderThan, "older-than", activities.StrandedAfter, "leave out what has begun since; after a restore 0s leaves out nothing")
	cmd.Flags().StringVar(&r.schedule, "schedule", "", `report regularly: a cron line in UTC such as "0 6 * * *", or off`)
	cmd.Flags().BoolVar(&r.json, "json", false, "print the stranded disputes as JSON")
	return cmd
}

// check returns what is wrong with the flags.
func (r reconciliation) check(cmd *cobra.Command, terminal bool) error {
	scheduled := cmd.Flags().Changed("schedule")
	switch {
	case r.reactivate && !r.apply:
		return errors.New("--reactivate needs --apply")
	case scheduled && (r.apply || cmd.Flags().Changed("max") || cmd.Flags().Changed("older-than") || r.json):
		return errors.New("--schedule cannot be combined: a schedule reports and never applies")
	case scheduled && r.schedule == "":
		return errors.New("--schedule is empty; write a cron line such as \"0 6 * * *\", or off")
	case r.max < 1:
		return errors.New("--max must be at least 1")
	case r.olderThan < 0:
		return errors.New("--older-than must not be negative")
	case r.apply && !r.yes && !terminal:
		return errNoTerminal
	default:
		return nil
	}
}

// clock is ahead by what disputes may be younger than usual.
func (r reconciliation) clock() time.Time {
	return time.Now().Add(activities.StrandedAfter - r.olderThan)
}

func (a *app) reconcile(ctx context.Context, r reconciliation) error {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return err
	}
	books, err := a.ownLedger(ctx)
	if err != nil {
		return err
	}
	open, found, err := activities.AllStranded(ctx, books, disputes, r.clock, func() {})
	if err != nil {
		return err
	}
	if !r.json {
		if err := a.printStranded(open, found, r.olderThan); err != nil {
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

// ownLedger opens the ledger, and refuses one of another Temporal namespace. The app is connected.
func (a *app) ownLedger(ctx context.Context) (*ledger.Ledger, error) {
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return nil, err
	}
	namespace, err := assembly.NamespaceOf(ctx, a.temporal, a.namespace)
	if err != nil {
		return nil, err
	}
	return books, books.CheckOwner(ctx, namespace)
}

// help applies the remedies, with --apply. If one fails, the others are still applied.
func (a *app) help(ctx context.Context, disputes *workflows.Client, books *ledger.Ledger, stranded []helped, r reconciliation) error {
	switch {
	case !r.apply || len(stranded) == 0:
		return nil
	case len(stranded) > r.max:
		return fmt.Errorf("%d disputes are stranded, and --max is %d: nothing was applied. Is this the right Temporal?", len(stranded), r.max)
	}
	if err := a.confirm(r.yes, fmt.Sprintf("The remedies of %d disputes will be applied; they are about %s.", len(stranded), total(stranded))); err != nil {
		return err
	}
	helpless := 0
	for i, s := range stranded {
		done, err := helpOne(ctx, disputes, books, s.Stranded, r.reactivate)
		if err != nil {
			helpless++
			done = "not repaired: " + err.Error()
		}
		stranded[i].Done = done
		if !r.json {
			a.printf("%s (%s): %s\n", s.ID, s.DisputedAmount, done)
		}
	}
	if helpless > 0 {
		return fmt.Errorf("%d of %d stranded disputes were not repaired", helpless, len(stranded))
	}
	return nil
}
