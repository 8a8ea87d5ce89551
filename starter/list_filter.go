package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// filter selects disputes; the zero filter selects all.
type filter struct {
	state      string
	waitingFor string
	merchant   string
	attention  bool
	// running leaves out disputes that have ended.
	running bool
	// stopped selects runs that were stopped, of which Temporal alone knows.
	stopped bool

	order, search string
	dueBefore     time.Time
	// limit and after page through a list from the ledger.
	limit int
	after ledger.CaseKey
}

// flags adds the flags that set the filter.
func (f *filter) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.state, "state", "", choices(dispute.States))
	cmd.Flags().StringVar(&f.waitingFor, "waiting-for", "", choices(dispute.Waits))
	cmd.Flags().StringVar(&f.merchant, "merchant", "", "the merchant's id")
	cmd.Flags().BoolVar(&f.running, "open", false, "only disputes that have not ended")
	cmd.Flags().BoolVar(&f.attention, "attention", false, "only disputes that need a person")
	complete(cmd, "state", words(dispute.States))
	complete(cmd, "waiting-for", words(dispute.Waits))
}

// listFlags adds the flags of lists from the ledger.
func (f *filter) listFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.order, "order", "", "the merchant's order")
	cmd.Flags().StringVar(&f.search, "search", "", "the id of a dispute, an order or an invoice")
	cmd.Flags().Func("due-before", "only earlier deadlines: a date, which their last day is before, or an\ninstant (RFC 3339)", func(value string) error {
		var before newDeadline
		if err := before.parse(value); err != nil {
			return errors.New("write a date such as 2026-12-24, or an instant such as 2026-12-24T12:00:00+01:00")
		}
		if f.dueBefore = before.at; before.isDay {
			// Every calendar's midnight is nearer to that of UTC than to noon.
			f.dueBefore = before.at.Add(12 * time.Hour)
		}
		return nil
	})
	cmd.Flags().IntVar(&f.limit, "limit", 0, fmt.Sprintf("at most so many (a table: %d)", tableRows))
	cmd.Flags().Func("after", "continue after this place of the list, as it was printed", func(value string) (err error) {
		f.after, err = parseKey(value)
		return err
	})
}

// ours are the waits for steps of our own, which people are not told of: the ledger's cases do not have them.
func ours(wait string) bool {
	told := func(s dispute.Standing) bool { return string(s.WaitingFor) == wait }
	return wait != "" && !slices.ContainsFunc(dispute.Standings, told)
}

// live reports whether Temporal alone knows the answer.
func (f filter) live() bool {
	return f.attention || ours(f.waitingFor)
}

// check returns an error for flags that exclude each other.
func (f filter) check(counts bool) error {
	if f.limit < 0 {
		return errors.New("--limit is a number above 0")
	}
	if f.live() && (counts || f.limit > 0 || f.after != ledger.CaseKey{}) {
		return errors.New("--counts, --limit and --after are for lists from the ledger; --attention and --waiting-for " +
			"pause, retry-notification, settlement and closing-messages list all from Temporal")
	}
	return nil
}

// cases returns the filter for the ledger's cases.
func (f filter) cases() ledger.CaseFilter {
	return ledger.CaseFilter{
		MerchantID: f.merchant, State: dispute.State(f.state), WaitingFor: dispute.Wait(f.waitingFor), Open: f.running,
		OrderID: f.order, Search: f.search, DueBefore: f.dueBefore,
	}
}

// matches applies the part of the filter that Temporal does not know.
func (f filter) matches(l listed) bool {
	return (f.order == "" || f.order == l.OrderID) &&
		(f.search == "" || slices.Contains([]string{l.ID, l.OrderID, l.InvoiceID}, f.search)) &&
		(f.dueBefore.IsZero() || l.Deadline != nil && l.Deadline.Before(f.dueBefore))
}

// keyText writes a place of a list for --after.
func keyText(key ledger.CaseKey) string {
	if key.Deadline.IsZero() {
		return "," + key.DisputeID
	}
	return key.Deadline.UTC().Format(time.RFC3339Nano) + "," + key.DisputeID
}

// parseKey reads a place of a list.
func parseKey(text string) (key ledger.CaseKey, err error) {
	deadline, id, found := strings.Cut(text, ",")
	if found && deadline != "" {
		key.Deadline, err = time.Parse(time.RFC3339Nano, deadline)
	}
	if !found || id == "" || err != nil {
		return ledger.CaseKey{}, errors.New("write it as the list printed it, such as 2026-12-21T23:00:00Z,kd-2026-0001")
	}
	key.DisputeID = id
	return key, nil
}
