package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/report"
)

func (a *app) ledgerPostings() *cobra.Command {
	var days report.Days
	var asCSV, asJSON bool
	cmd := &cobra.Command{
		Use:   "postings",
		Short: "Print the postings of a period, for accounting",
		Long: `Prints the sums of the postings of a period, by movement and by account, with the balances of the
accounts before and after. --csv prints each posting in a row: by time, with the day in the zone on
which it was booked, the accounts that are debited and credited, and the amount in minor units (cents
of EUR) and as a decimal. The rows add up to the sums of the same period. What moves the money of a
dispute has its id; what was reported under a reference has that.

A text that a spreadsheet would compute, such as =1+1, begins with an apostrophe in CSV. --json prints
the sums.`,
		Example: "  starter ledger postings --from 2026-11-01 --to 2026-11-30\n" +
			"  starter ledger postings --from 2026-11-01 --to 2026-11-30 --csv > postings.csv",
		Args: periodArgs(&days, &asCSV, &asJSON),
		RunE: does(func(ctx context.Context, _ []string) error {
			books, in, err := a.openPeriod(ctx, days)
			if err != nil {
				return err
			}
			if asCSV {
				return a.writeJournal(ctx, books, in, days)
			}
			totals, err := books.JournalTotals(ctx, in, days.MerchantID)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(struct {
					report.Days
					ledger.JournalTotals
				}{days, totals})
			}
			return report.PrintJournalTotals(a.out, days, totals)
		}),
	}
	return periodFlags(cmd, &days, &asCSV, &asJSON)
}

// writeJournal writes postings one by one.
func (a *app) writeJournal(ctx context.Context, books *ledger.Ledger, in ledger.Period, days report.Days) error {
	journal, err := report.NewJournal(a.raw, in.From.Location())
	if err != nil {
		return err
	}
	if err := books.Journal(ctx, in, days.MerchantID, journal.Write); err != nil {
		return err
	}
	return journal.Flush()
}
