package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

func (a *app) deadline() *cobra.Command {
	var name string
	var days int
	var from time.Time
	cmd := &cobra.Command{
		Use:   "deadline",
		Short: "Print the deadline after a number of business days",
		Long: `Prints the instant (RFC 3339) at which the given number of business days after --from ends: the
midnight at the end of the last day, in the calendar's time zone. The day of --from does not count.`,
		Example: "  starter deadline --calendar DE-BY --business-days 21 --from 2026-11-23T10:15:00+01:00",
		Args:    cobra.NoArgs,
		RunE: does(func(context.Context, []string) error {
			cal, err := calendar.Load(name)
			if err != nil {
				return err
			}
			deadline, err := cal.Deadline(from, days)
			if err != nil {
				return err
			}
			a.printf("%s\n", deadline.Format(time.RFC3339))
			return nil
		}),
	}
	cmd.Flags().StringVar(&name, "calendar", dispute.DefaultCalendar, choices(dispute.CalendarNames))
	cmd.Flags().IntVar(&days, "business-days", dispute.MaxResponseBusinessDays, "how many business days, 1 to 60")
	cmd.Flags().TimeVar(&from, "from", time.Now(), []string{time.RFC3339}, "the instant that starts the period (RFC 3339)")
	cmd.Flags().Lookup("from").DefValue = "now"
	complete(cmd, "calendar", dispute.CalendarNames)
	return cmd
}
