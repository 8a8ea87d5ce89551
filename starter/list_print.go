package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/terminal"
)

// column is a column of a list.
type column struct {
	header string
	value  func(listed) string
}

// columns are all columns of a list.
var columns = []column{
	{"DISPUTE", func(l listed) string { return l.ID }},
	{"AMOUNT", func(l listed) string {
		if l.DisputedAmount == nil {
			return ""
		}
		return l.DisputedAmount.String()
	}},
	{"MERCHANT", func(l listed) string { return l.MerchantID }},
	{"ORDER", func(l listed) string { return l.OrderID }},
	{"STATE", func(l listed) string { return l.State }},
	{"WAITING FOR", func(l listed) string { return cmp.Or(l.WaitingFor, l.Stopped) }},
	{"DEADLINE", func(l listed) string {
		if l.Deadline == nil {
			return ""
		}
		return lastDay(*l.Deadline)
	}},
	{"OUTCOME", func(l listed) string { return l.Outcome }},
	{"ATTENTION", listed.cause},
}

// dispensable are the columns that a list goes without, in this order, until it fits a terminal. What a dispute waits
// for says nearly as much as its state.
var dispensable = []string{"STATE", "MERCHANT", "ORDER", "AMOUNT", "OUTCOME"}

// printList prints a table that fits a terminal, without columns that are empty.
func (a *app) printList(disputes []listed) error {
	if len(disputes) == 0 {
		a.printf("No disputes found.\n")
		return nil
	}
	used := slices.DeleteFunc(slices.Clone(columns), func(c column) bool {
		return !slices.ContainsFunc(disputes, func(l listed) bool { return c.value(l) != "" })
	})
	text, err := tableOf(disputes, used)
	for _, header := range dispensable {
		if err != nil || widest(text) <= terminal.Columns {
			break
		}
		used = slices.DeleteFunc(used, func(c column) bool { return c.header == header })
		text, err = tableOf(disputes, used)
	}
	a.printf("%s", text)
	for _, d := range disputes {
		for _, step := range d.Retried {
			a.printf("\n%s is retrying:\n", d.ID)
			for _, line := range terminal.Wrap(step.String(), terminal.Columns-2) {
				a.printf("  %s\n", line)
			}
		}
	}
	return err
}

// printCounts prints how many disputes wait for what.
func (a *app) printCounts(counts map[dispute.Wait]int) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DISPUTES\tSTATE\tWAITING FOR")
	for _, standing := range dispute.Standings {
		if n := counts[standing.WaitingFor]; n > 0 {
			fmt.Fprintf(table, "%d\t%s\t%s\n", n, standing.State, standing.WaitingFor)
		}
	}
	return table.Flush()
}

func tableOf(disputes []listed, columns []column) (string, error) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(cell func(column) string) {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(c)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	row(func(c column) string { return c.header })
	for _, d := range disputes {
		row(func(c column) string { return c.value(d) })
	}
	err := table.Flush()
	return text.String(), err
}

// next returns what happens next, or how the dispute ended.
func (l listed) next() string {
	return cmp.Or(l.WaitingFor, l.Outcome)
}

// cause returns the first cause of attention and the number of the others.
func (l listed) cause() string {
	if len(l.Attention) > 1 {
		return fmt.Sprintf("%s +%d", l.Attention[0], len(l.Attention)-1)
	}
	return strings.Join(l.Attention, "")
}
