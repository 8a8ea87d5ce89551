package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/starter/eventtable"
	"github.com/streitfall/streitfall/starter/parties"
)

// result is how a dispute of the demo ended.
type result struct {
	parties.Case
	view    dispute.View
	invoice ledger.Invoice
	err     error
}

// wrong returns an error if the dispute did not end as it should.
func (r result) wrong() error {
	switch {
	case r.err != nil:
		return fmt.Errorf("%s: %w", r.Dispute.ID, r.err)
	case r.view.ClosingReason != r.Path.Ends || r.view.Outcome != r.Path.Ends.Outcome():
		return fmt.Errorf("%s ended with %s instead of %s", r.Dispute.ID, r.view.ClosingReason, r.Path.Ends)
	}
	return nil
}

// line says in a line how the dispute ended and what has become of the money.
func (r result) line() string {
	outcome, text := string(r.view.Outcome), r.Path.About+" "+r.money()
	if err := r.wrong(); err != nil {
		outcome, text = "WRONG", err.Error()
	}
	return fmt.Sprintf("%s  %-9s  %s", r.Dispute.ID, outcome, text)
}

// money says what has become of the disputed amount.
func (r result) money() string {
	amount, done := r.invoice.Outstanding, "reactivated"
	if r.view.Outcome == dispute.OutcomeLost {
		amount, done = r.invoice.Credited+r.invoice.Refunded, "charged back"
	}
	return fmt.Sprintf("%s %s.", dispute.Money{Amount: amount, Currency: r.invoice.Amount.Currency}, done)
}

// legend explains the outcomes.
const legend = `WON and LOST are said of the merchant, as Klarna does. WON: the invoice is reactivated, and the customer has to pay it. ` +
	`LOST: the amount is charged back; the customer gets it back or need not pay it, and the merchant bears it. ` +
	`SETTLED: merchant and customer agreed. CANCELLED: an operator ended the dispute.`

// printResults prints how every dispute ended, and fails when one did not end as it should.
func (s *screen) printResults(results []result) error {
	var errs []error
	var others []string
	for _, r := range results {
		errs = append(errs, r.wrong())
		if r.Path.Ends == toldSlowly {
			s.prints("\n" + r.line())
		} else {
			others = append(others, r.line())
		}
	}
	s.prints("\nThe other nine:\n\n" + strings.Join(others, "\n") + "\n")
	s.says(legend)
	return errors.Join(errs...)
}

// check checks the ledger and fails when it is not consistent.
func (d *demo) check(ctx context.Context) error {
	report, err := d.ledger.Check(ctx)
	if err != nil {
		return err
	}
	counts := fmt.Sprintf("Ledger: %d invoices, %d disputes open, %d closed, %d postings",
		report.Invoices, report.OpenDisputes, report.ClosedDisputes, report.Postings)
	d.prints("")
	if len(report.Findings) > 0 {
		d.says(counts + ".")
		return fmt.Errorf("the ledger is not consistent: %s", strings.Join(report.Findings, "; "))
	}
	d.says(counts + "; debits and credits balance.")
	return nil
}

// maxEvents is how many events are printed at most.
const maxEvents = 30

// printEvents prints what other systems are told of the dispute that was told step by step.
func (d *demo) printEvents(ctx context.Context, results []result) error {
	i := slices.IndexFunc(results, func(r result) bool { return r.Path.Ends == toldSlowly })
	found, err := d.ledger.ToldEvents(ctx, ledger.EventFilter{DisputeID: results[i].Dispute.ID}, 0, maxEvents)
	if err != nil {
		return err
	}
	all := make([]events.Event, len(found))
	for i, event := range found {
		all[i] = event.Event
	}
	d.says("\nOther systems are told as well. A backend at EVENTS_URL would have got these events of " + results[i].Dispute.ID +
		", signed and in this order, with ids, amounts and states, and nothing that people have written:")
	d.prints("\n" + eventtable.Table(all))
	return nil
}
