package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/starter/report"
)

func (a *app) reportCommand() *cobra.Command {
	var days report.Days
	var asCSV, asJSON bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Report on the disputes of a period",
		Long: `Reports on the disputes of a period: how many were opened, closed and open at its end, by outcome,
reason and merchant, with their amounts and the days from opening to closing. It comes from the ledger
alone, for disputes of any age, erased ones too; a report of days that have passed stays the same.

Amounts of different currencies are never added. Half of the closed disputes took at most the median.
--csv has a row for each merchant, currency, reason and closing reason, with amounts in minor units
(cents of EUR): opened, closed, and open at the end. Numbers and amounts of rows add up, medians do
not; --json has those of every table. For accounting see 'ledger postings'.`,
		Example: "  starter report --from 2026-11-01 --to 2026-11-30\n" +
			"  starter report --from 2026-01-01 --to 2026-12-31 --merchant nordlicht --csv > disputes.csv",
		Args: periodArgs(&days, &asCSV, &asJSON),
		RunE: does(func(ctx context.Context, _ []string) error {
			books, in, err := a.openPeriod(ctx, days)
			if err != nil {
				return err
			}
			figures, err := books.Figures(ctx, in, days.MerchantID)
			if err != nil {
				return err
			}
			made, err := report.Of(days, figures)
			switch {
			case err != nil:
				return err
			case asCSV:
				return made.WriteCSV(a.raw)
			case asJSON:
				return a.printJSON(made)
			}
			return made.Print(a.out)
		}),
	}
	return periodFlags(cmd, &days, &asCSV, &asJSON)
}

// periodFlags adds the flags of reports.
func periodFlags(cmd *cobra.Command, days *report.Days, asCSV, asJSON *bool) *cobra.Command {
	day := func(into *report.Day) func(string) error {
		return func(text string) (err error) {
			*into, err = report.ParseDay(text)
			return err
		}
	}
	cmd.Flags().Func("from", "the first day, such as 2026-11-01", day(&days.From))
	cmd.Flags().Func("to", "the last day, which is part of the report", day(&days.To))
	days.Zone = defaultZone()
	cmd.Flags().Func("zone", "the time zone in which days begin, such as UTC (default "+days.Zone+")", func(name string) error {
		days.Zone = name
		_, err := report.ParseZone(name)
		return err
	})
	cmd.Flags().StringVar(&days.MerchantID, "merchant", "", "only of the merchant with this id")
	cmd.Flags().BoolVar(asCSV, "csv", false, "print CSV, for spreadsheets and programs")
	jsonFlag(cmd, asJSON)
	return required(cmd, "from", "to")
}

// periodArgs checks the flags of reports together.
func periodArgs(days *report.Days, asCSV, asJSON *bool) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.NoArgs(cmd, args); err != nil {
			return err
		}
		if *asCSV && *asJSON {
			return errors.New("--csv and --json exclude each other")
		}
		if days.From == "" || days.To == "" { // reported as missing next
			return nil
		}
		return days.Check()
	}
}

// openPeriod opens the ledger for a report of these days.
func (a *app) openPeriod(ctx context.Context, days report.Days) (*ledger.Ledger, ledger.Period, error) {
	in, err := days.Period()
	if err != nil {
		return nil, ledger.Period{}, err
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err == nil && days.MerchantID != "" { // a report of nothing would look like a merchant without disputes
		_, err = books.Merchant(ctx, days.MerchantID)
	}
	return books, in, err
}

// defaultZone is the time zone of the default calendar.
func defaultZone() string {
	cal, err := calendar.Load(dispute.DefaultCalendar)
	cobra.CheckErr(err) // fails only for a calendar that does not exist
	return cal.Zone().String()
}
