package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/eventtable"
)

// eventReader is what a command reads of the events.
type eventReader struct {
	filter ledger.EventFilter
	after  int64
	limit  int
	follow bool
	asJSON bool
}

func (a *app) events() *cobra.Command {
	var by eventReader
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Print what has happened to disputes and invoices, as other systems are told",
		Long: `Prints the events of the ledger (LEDGER_URL) in their order: what workers deliver to EVENTS_URL, and what
became of that. A system that asks for events itself goes on after the last number that it has; --after 0
is the beginning.

The table has at most 100 events unless --limit is given; --json has all, one in each line.`,
		Example: "  starter events --dispute kd-2026-0001\n  starter events --undelivered\n  starter events --after 4711 --follow --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if by.limit < 0 || by.after < 0 {
				return errors.New("--after and --limit must not be negative")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			return a.printEvents(ctx, books, by)
		}),
	}
	cmd.Flags().Int64Var(&by.after, "after", 0, "print the events after this number")
	cmd.Flags().IntVar(&by.limit, "limit", 0, "print at most this many")
	cmd.Flags().BoolVar(&by.follow, "follow", false, "wait for new events, until it is interrupted")
	cmd.Flags().BoolVar(&by.filter.Undelivered, "undelivered", false, "print those that EVENTS_URL has not taken")
	cmd.Flags().StringVar(&by.filter.DisputeID, "dispute", "", "print those of a dispute")
	jsonFlag(cmd, &by.asJSON)
	cmd.AddCommand(a.resendEvents())
	return cmd
}

func (a *app) resendEvents() *cobra.Command {
	var after int64
	cmd := &cobra.Command{
		Use:   "resend",
		Short: "Have events delivered to EVENTS_URL again",
		Long: `Has the workers deliver all events after a number to EVENTS_URL again, in their order: for a receiver that
has lost what it had, or takes the place of another one. Each comes under the same webhook-id as before.`,
		Args: cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			count, err := books.ResendEvents(ctx, after)
			if err == nil {
				a.printf("%d events will be delivered again\n", count)
			}
			return err
		}),
	}
	cmd.Flags().Int64Var(&after, "after", 0, "deliver the events after this number; 0 delivers all")
	_ = cmd.MarkFlagRequired("after")
	return cmd
}

// followInterval is how often new events are looked for.
const followInterval = time.Second

// printEvents prints events in pages.
func (a *app) printEvents(ctx context.Context, books *ledger.Ledger, by eventReader) error {
	left := by.limit
	if left == 0 && !by.asJSON && !by.follow {
		left = tableRows
	}
	for limited, printed := left > 0, 0; ; {
		size := pageRows
		if limited {
			size = min(size, left)
		}
		page, err := books.ToldEvents(ctx, by.filter, by.after, size)
		if ctx.Err() != nil && by.follow {
			return nil
		}
		if err != nil {
			return err
		}
		for _, event := range page {
			if err := a.printEvent(event, by.asJSON, printed == 0); err != nil {
				return err
			}
			by.after, left, printed = event.Number, left-1, printed+1
		}
		switch full := len(page) == size; {
		case limited && left == 0 && !by.asJSON && by.limit == 0:
			a.printf("\nThere may be more: --after %d\n", by.after)
			return nil
		case limited && left == 0, !full && !by.follow:
			return a.noEvents(printed, by.asJSON)
		case !full:
			pause(ctx, followInterval)
		}
	}
}

func (a *app) noEvents(printed int, asJSON bool) error {
	if printed == 0 && !asJSON {
		a.printf("No events found.\n")
	}
	return nil
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

// printEvent prints an event in one line, the first one below a header.
func (a *app) printEvent(event ledger.ToldEvent, asJSON, first bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.raw)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(event)
	}
	if first {
		a.printf("%s %s\n", eventtable.Header(), "DELIVERY")
	}
	a.printf("%s %s\n", eventtable.Row(event.Event), deliveryOf(event))
	return nil
}

// deliveryOf says what became of an event's delivery.
func deliveryOf(event ledger.ToldEvent) string {
	switch {
	case !event.DeliveredAt.IsZero():
		return "delivered " + eventtable.Time(event.DeliveredAt)
	case event.Attempts > 0:
		return fmt.Sprintf("failed %d times, next try %s: %s", event.Attempts, eventtable.Time(event.NextTryAt), excerpt(event.LastError))
	case event.NextTryAt.IsZero():
		return "waits for an earlier one"
	}
	return "not delivered"
}
