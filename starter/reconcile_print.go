package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

func (a *app) printStranded(open int, stranded []activities.Stranded, olderThan time.Duration) error {
	age := "more than " + olderThan.String()
	if olderThan == activities.StrandedAfter {
		age = "more than an hour"
	}
	a.printf("%d of %d disputes that have been open for %s are stranded.\n", len(stranded), open, age)
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

// total returns the sum of the disputed amounts, in each currency: "259.80 EUR and 1249.00 SEK".
func total(stranded []helped) string {
	sums := map[string]int64{}
	for _, s := range stranded {
		sums[s.DisputedAmount.Currency] += s.DisputedAmount.Amount
	}
	var texts []string
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		texts = append(texts, dispute.Money{Amount: sums[currency], Currency: currency}.String())
	}
	return strings.Join(texts, " and ")
}
