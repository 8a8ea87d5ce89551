package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// exampleDispute is about the invoice of exampleImport.
func exampleDispute(now time.Time) dispute.Dispute {
	return dispute.Dispute{
		ID: "kd-2026-0001", OpenedAt: now.Truncate(time.Second), Reason: dispute.ReasonGoodsNotReceived,
		OrderID: "order-4711", InvoiceID: "invoice-4711", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
		Complainant: dispute.Complainant{ID: "customer-815", Name: "Jonas Weber", Email: "jonas.weber@mail.example", Locale: "de-DE"},
		MerchantID:  "nordlicht", Calendar: "DE-BY", Policy: dispute.Policy{ResponseBusinessDays: 21},
		Complaint: &dispute.Complaint{Text: "The parcel is marked as delivered, but nothing is here."},
	}
}

func (a *app) open() *cobra.Command {
	var example, asJSON bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "open FILE|-",
		Short: "Open a dispute and wait until its invoice is paused",
		Long: `Opens the dispute in FILE (JSON; "-" is the standard input) and returns when its invoice is paused.
Opening the same dispute again is safe; different content under the same id is refused. All faults
of a dispute are listed at once.`,
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
	cmd.Flags().BoolVar(&example, "example", false, "print a complete, valid dispute, and open nothing")
	cmd.Flags().DurationVar(&timeout, "timeout", answerTimeout, "how long to wait for the answer")
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
		return dispute.View{}, unanswered(ctx, err, "repeating the command is safe")
	}
	return view, nil
}

// answerTimeout is how long a command waits for an answer by default.
const answerTimeout = 30 * time.Second

// unansweredError is a call to a dispute that no worker has answered. Its text leaves out Temporal's own, of which
// there are several for this.
type unansweredError struct {
	cause error
	// advice says what the call has changed, or whether it can be repeated.
	advice string
}

func (e *unansweredError) Error() string {
	return "no worker answers: start one (go run ./worker), or see whether the running one reaches its ledger; " + e.advice
}

func (e *unansweredError) Unwrap() error { return e.cause }

// unanswered turns an error into an unansweredError if it means that no worker has answered.
func unanswered(ctx context.Context, err error, advice string) error {
	_, gaveUp := errors.AsType[*serviceerror.DeadlineExceeded](err)
	late := gaveUp || errors.Is(ctx.Err(), context.DeadlineExceeded)
	if dispute.CodeOf(err) == "" && (late || neverStarted(err)) {
		return &unansweredError{cause: err, advice: advice}
	}
	return err
}

// neverStarted reports whether an error comes from a namespace in which no worker has registered the search attributes.
func neverStarted(err error) bool {
	_, invalid := errors.AsType[*serviceerror.InvalidArgument](err)
	return invalid && strings.Contains(err.Error(), "no mapping defined for search attribute")
}

// line returns where a dispute stands, in a line.
func line(view dispute.View) string {
	text := fmt.Sprintf("%s is %s", view.ID, view.State)
	switch {
	case view.Outcome != "":
		text += fmt.Sprintf(", %s (%s): %s", view.Outcome, view.ClosingReason, moved(view))
	case view.Deadline != nil:
		text += fmt.Sprintf(", waiting for %s until %s", view.WaitingFor, until(*view.Deadline))
	case view.WaitingFor != "":
		text += ", waiting for " + string(view.WaitingFor)
	}
	return text
}
