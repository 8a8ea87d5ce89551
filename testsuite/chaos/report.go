package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
)

// report is the result of a run.
type report struct {
	plan       plan
	facts      audit.Facts
	endings    []parties.Ending
	violations []audit.Violation
	took       time.Duration
	// events and arrived are how many events are recorded, and how often one has arrived.
	events, arrived int
}

// addEvents waits for the last events, and adds them with what is wrong about them.
func (r *report) addEvents(ctx context.Context, to *receiver, books *ledger.Ledger) error {
	recorded, arrived, unsigned, err := to.events(ctx, books)
	if err != nil {
		return err
	}
	r.events, r.arrived = len(recorded), len(arrived)
	r.violations = append(r.violations, audit.Events(recorded, arrived)...)
	if unsigned > 0 {
		r.violations = append(r.violations, audit.Violation{Invariant: "every event is signed", What: fmt.Sprintf("%d were not", unsigned)})
	}
	return nil
}

// maxPrinted is how many violations are printed.
const maxPrinted = 20

func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "Seed %d, plan %s: %s, took %s\n\n", r.plan.seed, r.plan.fingerprint(), r.plan.length, r.took.Round(time.Second))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "Disputes opened\t%d\n", r.facts.Ledger.OpenDisputes+r.facts.Ledger.ClosedDisputes)
	closed := map[dispute.ClosingReason]int{}
	arrived, extended, reports := 0, 0, 0
	for _, fact := range r.facts.Disputes {
		closed[fact.Record.Decision.Reason]++
		arrived += len(fact.Arrivals)
		extended += audit.Extended(fact)
	}
	for _, ending := range r.endings {
		reports += len(ending.Reports)
	}
	for _, reason := range dispute.ClosingReasons {
		fmt.Fprintf(table, "  %s\t%d\n", reason, closed[reason])
	}
	fmt.Fprintf(table, "Faults\t%d\n", len(r.plan.faults))
	failed := map[kind]int{}
	for _, fault := range r.plan.faults {
		failed[fault.kind]++
	}
	for _, kind := range kinds {
		fmt.Fprintf(table, "  %s\t%d\n", kind, failed[kind])
	}
	fmt.Fprintf(table, "Deadlines extended by outages\t%d\nReports of money\t%d\n", extended, reports)
	fmt.Fprintf(table, "Messages arrived\t%d\n  of them repeats\t%d\n", arrived, audit.Repeats(r.facts))
	fmt.Fprintf(table, "Events recorded\t%d\nEvents arrived\t%d\n  of them repeats\t%d\n", r.events, r.arrived, r.arrived-r.events)
	fmt.Fprintf(table, "Invariants checked\t%d\n", audit.Count(len(r.endings))+audit.EventInvariants+1)
	fmt.Fprintf(table, "Violations\t%d\n", len(r.violations))
	longest := slices.MaxFunc(r.endings, func(a, b parties.Ending) int { return cmp.Compare(a.Stall, b.Stall) })
	fmt.Fprintf(table, "Longest stall\t%s (%s, waiting for %s)\n", longest.Stall.Round(100*time.Millisecond),
		longest.Case.Dispute.ID, cmp.Or(string(longest.Stalled), "its end"))
	_ = table.Flush()
	for _, violation := range r.violations[:min(maxPrinted, len(r.violations))] {
		fmt.Fprintln(out, violation)
	}
}
