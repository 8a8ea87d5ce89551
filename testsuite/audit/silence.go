package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// silent are the parties that lose by their silence, by closing reason.
var silent = map[dispute.ClosingReason]dispute.Party{
	dispute.ClosedMerchantSilent: dispute.PartyMerchant, dispute.ClosedNoInformation: dispute.PartyMerchant,
	dispute.ClosedNotSubstantiated: dispute.PartyCustomer,
}

func checkSpoken(f Fact, e parties.Ending) string {
	if reason := f.Record.Decision.Reason; slices.Contains(e.Spoken, reason) {
		return fmt.Sprintf("the %s has spoken, and the end is %s", silent[reason], reason)
	}
	return ""
}

// checkTold wants a message to the party that has lost by silence, which names the deadline and has arrived before it.
func checkTold(f Fact, e parties.Ending) string {
	party, deadline, _ := lost(f, e)
	if party == "" {
		return ""
	}
	for _, arrival := range f.Arrivals {
		if strings.HasSuffix(arrival.Message, "/"+string(party)) && arrival.At.Before(deadline) && arrival.names(deadline) {
			return ""
		}
	}
	return fmt.Sprintf("nothing told the %s of the deadline %s before it", party, deadline.Format(time.RFC3339Nano))
}

// lost returns the party that has lost by silence, the latest deadline before that, and when it was decided; "" if none has.
func lost(f Fact, e parties.Ending) (party dispute.Party, deadline, decided time.Time) {
	reason := f.Record.Decision.Reason
	for _, entry := range f.View.Timeline {
		if entry.Event == string(reason) {
			decided = entry.At
		}
	}
	deadlines := slices.Clone(e.Deadlines)
	for _, o := range outages(f) {
		deadlines = append(deadlines, o.extended)
	}
	for _, d := range deadlines {
		if d.After(deadline) && !d.After(decided) {
			deadline = d
		}
	}
	return silent[reason], deadline, decided
}

// outage is an entry of the timeline: a deadline was handled too late, and extended.
type outage struct{ at, extended time.Time }

func outages(f Fact) (found []outage) {
	for _, entry := range f.View.Timeline {
		if entry.Event == "outage" {
			_, to, _ := strings.Cut(entry.Detail, "it is moved to ")
			extended, _ := time.Parse(time.RFC3339, to)
			found = append(found, outage{entry.At, extended})
		}
	}
	return found
}

// Extended counts the deadlines that were extended, because they were handled too late.
func Extended(f Fact) int { return len(outages(f)) }

// checkOutage wants every deadline that was handled more than an hour late to be extended, to the end of the next business
// day or later, and the party to be told. One that an outage has extended before is not extended again.
func checkOutage(f Fact, e parties.Ending) string {
	all := outages(f)
	if party, deadline, decided := lost(f, e); party != "" && len(all) == 0 && decided.Sub(deadline) > dispute.MaxLateness {
		return fmt.Sprintf("the %s has lost %s after the deadline", party, decided.Sub(deadline))
	}
	for _, o := range all {
		end, err := extension(o.at)
		if err != nil || o.extended.Before(end) {
			return fmt.Sprintf("the deadline was extended to %s, not to %s (%v)", o.extended, end, err)
		}
		if !told(f, o.extended) {
			return fmt.Sprintf("nobody was told that the deadline was extended to %s", o.extended)
		}
	}
	return ""
}

// extension returns the end of the business day after an instant.
func extension(at time.Time) (time.Time, error) {
	cal, err := calendarOfCases()
	if err != nil {
		return at, err
	}
	return cal.Deadline(at, 1)
}

// told reports whether a party was told that its deadline was moved, or an event has overtaken that.
func told(f Fact, deadline time.Time) bool {
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		message := parties.Message(dispute.OccasionDeadlineMoved, party)
		names := func(a Arrival) bool { return a.Message == message && a.names(deadline) }
		if slices.ContainsFunc(f.Arrivals, names) || Overtaken(f, message) > 0 {
			return true
		}
	}
	return false
}
