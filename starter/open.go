package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// exampleDispute fits the merchants and invoices of exampleImport.
func exampleDispute(now time.Time) dispute.Dispute {
	return dispute.Dispute{
		ID: "kd-2026-0001", OpenedAt: now.Truncate(time.Second), Reason: dispute.ReasonGoodsNotReceived,
		OrderID: "order-4711", InvoiceID: "invoice-4711", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
		Complainant: dispute.Complainant{ID: "customer-815", Name: "Jonas Weber", Email: "jonas.weber@mail.example", Locale: "de-DE"},
		MerchantID:  "nordlicht", Calendar: "DE-BY", Policy: dispute.Policy{ResponseBusinessDays: 21},
	}
}

func (a *app) open() *cobra.Command {
	var example, asJSON bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "open FILE|-",
		Short: "Open a dispute and wait until its invoice is paused",
		Long: `Opens the dispute in FILE (JSON; "-" reads the standard input) and answers when its invoice is
paused. The same dispute again is the same request; other content under its id is refused. All
that is wrong with a dispute is listed at once.`,
		Example: "  starter open --example > dispute.json\n  starter open dispute.json",
		Args: func(_ *cobra.Command, args []string) error {
			if example != (len(args) == 0) || len(args) > 1 {
				return errors.New("open takes one FILE, or - for the standard input, or --example alone")
			}
			return nil
		},
		RunE: does(func(ctx context.Context, args []string) error {
			if example {
				return a.printJSON(exampleDispute(time.Now()))
			}
			view, err := a.openFile(ctx, args[0], timeout)
			if err != nil {
				return err
			}
			return a.answer(asJSON, "opened", view)
		}),
	}
	cmd.Flags().BoolVar(&example, "example", false, "print a complete valid dispute and open nothing")
	cmd.Flags().DurationVar(&timeout, "timeout", answerTime, "how long to wait for the answer")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) openFile(ctx context.Context, name string, timeout time.Duration) (dispute.View, error) {
	data, err := a.read(name)
	if err != nil {
		return dispute.View{}, err
	}
	d, err := dispute.DecodeDispute(data, strict.RefuseUnknownNames, time.Now())
	if err != nil {
		return dispute.View{}, err
	}
	disputes, err := a.disputes(ctx)
	if err != nil {
		return dispute.View{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	view, err := disputes.Open(ctx, d)
	if err != nil {
		return dispute.View{}, unanswered(ctx, err, "the same file again is safe")
	}
	return view, nil
}

// answerTime is how long a command waits for an answer unless it is told otherwise.
const answerTime = 30 * time.Second

// unanswered explains a call that ran out of time: most often there is no worker. Temporal reports that in
// several ways, so the context tells, unless Temporal gave up before it.
func unanswered(ctx context.Context, err error, advice string) error {
	_, gaveUp := errors.AsType[*serviceerror.DeadlineExceeded](err)
	if dispute.CodeOf(err) == "" && (gaveUp || errors.Is(ctx.Err(), context.DeadlineExceeded)) {
		return fmt.Errorf("no answer in time; is a worker running, and is its ledger there? (%s): %w", advice, err)
	}
	return err
}

// line says in one line where a dispute stands.
func line(view dispute.View) string {
	text := fmt.Sprintf("%s is %s", view.ID, view.State)
	switch {
	case view.Outcome != "":
		text += fmt.Sprintf(", %s (%s)", view.Outcome, view.ClosingReason)
	case view.Deadline != nil:
		text += fmt.Sprintf(", waiting for %s until %s", view.WaitingFor, dispute.Until(*view.Deadline))
	case view.WaitingFor != "":
		text += ", waiting for " + string(view.WaitingFor)
	}
	return text
}
