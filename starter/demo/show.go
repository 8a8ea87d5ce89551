package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// live prints what happens, as it happens.
type live struct {
	mu  sync.Mutex
	out io.Writer
}

// columns is how long a line becomes at most.
const columns = 110

func (l *live) line(id, actor, what string) {
	line := []rune(fmt.Sprintf("%s  %s  %-8s  %s", time.Now().Format(time.TimeOnly), id, actor, what))
	if len(line) > columns {
		line = append(line[:columns-1], '…')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.out, string(line))
}

// gist is what fits into a line of an entry. The case file has the rest: when and how a message was taken,
// who moved a deadline and why.
func gist(entry dispute.Entry) string {
	detail := strings.ReplaceAll(entry.Detail, " to the customer", "")
	switch {
	case strings.HasPrefix(entry.Event, "told-"):
		detail, _, _ = strings.Cut(detail, " at ")
	case entry.Event == dispute.UpdateMoveDeadline:
		detail, _, _ = strings.Cut(detail, ", ")
	}
	if detail == "" {
		return entry.Event
	}
	return entry.Event + ": " + detail
}

// watch prints each new entry of a dispute's timeline, until leave is called; that prints the last ones.
func (l *live) watch(ctx context.Context, a actor) (leave func()) {
	seen := 0
	look := func() {
		view, err := a.disputes.Status(ctx, a.id)
		if err != nil {
			return // whoever drives the dispute meets the same trouble and says so
		}
		for _, entry := range view.Timeline[min(seen, len(view.Timeline)):] {
			l.line(a.id, string(entry.Actor), gist(entry))
		}
		seen = len(view.Timeline)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			look()
			select {
			case <-stop:
				look()
				return
			case <-time.After(poll):
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// printResults prints the outcome table and fails when a dispute did not end as it should.
func printResults(out io.Writer, results []result) error {
	var errs []error
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nDISPUTE\tAMOUNT\tOUTCOME\tCLOSING REASON\tAS IT SHOULD")
	for i, r := range results {
		mark := "yes"
		switch {
		case r.err != nil:
			mark = "FAILED"
			errs = append(errs, fmt.Errorf("demo-%s: %w", number(i), r.err))
		case r.view.ClosingReason != r.scenario.ends || r.view.Outcome != r.scenario.ends.Outcome():
			mark = "NO"
			errs = append(errs, fmt.Errorf("demo-%s ended with %s instead of %s", number(i), r.view.ClosingReason, r.scenario.ends))
		}
		amount := dispute.Money{Amount: r.scenario.disputed, Currency: r.scenario.currency}
		fmt.Fprintf(table, "demo-%s\t%s\t%s\t%s\t%s\n", number(i), amount, r.view.Outcome, r.view.ClosingReason, mark)
	}
	return errors.Join(append(errs, table.Flush())...)
}

// check proves the ledger after all that.
func (s *stage) check(ctx context.Context, out io.Writer) error {
	report, err := s.ledger.Check(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nLedger: %d invoices, %d disputes open, %d closed, %d postings", report.Invoices, report.OpenDisputes, report.ClosedDisputes, report.Postings)
	if len(report.Findings) > 0 {
		fmt.Fprintln(out)
		return fmt.Errorf("the ledger does not agree: %s", strings.Join(report.Findings, "; "))
	}
	fmt.Fprintln(out, "; the check finds it sound.")
	return nil
}

// whereToLook names what a spectator can open.
func (s *stage) whereToLook(out io.Writer) {
	fmt.Fprintf(out, `
Where to look:
  Web UI   %s/namespaces/default/workflows
  mails    %s
  ledger   LEDGER_URL=%s go run ./starter ledger show invoice-01
  a case   TEMPORAL_ADDRESS=%s go run ./starter status demo-05
`, s.environment.Server.UIURL(), s.environment.MailDir(), s.environment.LedgerURL, s.environment.Address())
}
