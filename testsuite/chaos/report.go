package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
)

// report is what a run has shown.
type report struct {
	plan       plan
	facts      audit.Facts
	endings    []parties.Ending
	violations []audit.Violation
	took       time.Duration
}

// shown is how many violations are printed.
const shown = 20

func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "Seed %d, plan %s: %s, took %s\n\n", r.plan.seed, r.plan.fingerprint(), r.plan.length, r.took.Round(time.Second))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "Disputes opened\t%d\n", r.facts.Ledger.OpenDisputes+r.facts.Ledger.ClosedDisputes)
	closed := map[dispute.ClosingReason]int{}
	arrived := 0
	for _, fact := range r.facts.Disputes {
		closed[fact.Record.Decision.Reason]++
		arrived += len(fact.Arrivals)
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
	fmt.Fprintf(table, "Messages arrived\t%d\n  of them again, as the same\t%d\n", arrived, audit.Repeats(r.facts))
	fmt.Fprintf(table, "Invariants checked\t%d\n", audit.Count(len(r.endings)))
	fmt.Fprintf(table, "Violations\t%d\n", len(r.violations))
	longest := r.longest()
	fmt.Fprintf(table, "Longest stall\t%s (%s, %s)\n", longest.Stall.Round(100*time.Millisecond), longest.Case.Dispute.ID, waiting(longest.Stalled))
	_ = table.Flush()
	for _, violation := range r.violations[:min(shown, len(r.violations))] {
		fmt.Fprintln(out, violation)
	}
}

// longest is the dispute that stood still the longest.
func (r report) longest() parties.Ending {
	var longest parties.Ending
	for _, ending := range r.endings {
		if ending.Stall >= longest.Stall {
			longest = ending
		}
	}
	return longest
}

func waiting(wait dispute.Wait) string {
	if wait == "" {
		return "on the way to its end"
	}
	return "waiting for " + string(wait)
}
