package audit

import (
	"fmt"

	"github.com/streitfall/streitfall/dispute/events"
)

// The invariants of events. That each change has one is part of a sound ledger.
const (
	eventsArrive  = "every event arrives"
	eventsOrdered = "the events of a dispute arrive in order"
	eventsRepeat  = "an event arrives again only as itself"
)

// EventInvariants is how many invariants Events checks.
const EventInvariants = 3

// Events compares the events of the ledger with those that have arrived, each as often as it has.
func Events(recorded, arrived []events.Event) []Violation {
	var found []Violation
	report := func(event events.Event, invariant string, what string) {
		found = append(found, Violation{Dispute: event.Data.DisputeID, Invariant: invariant, What: fmt.Sprintf("%s %s %s", event.Type, event.ID, what)})
	}
	known := map[string]events.Event{}
	for _, event := range recorded {
		known[event.ID] = event
	}
	seen, last := map[string]bool{}, map[[2]string]int64{}
	for _, event := range arrived {
		about := [2]string{event.Data.DisputeID, event.Data.InvoiceID}
		switch before, is := known[event.ID]; {
		case !is:
			report(event, eventsRepeat, "is none of the ledger")
		case before.Number != event.Number || before.Type != event.Type || !before.At.Equal(event.At):
			report(event, eventsRepeat, fmt.Sprintf("arrived as number %d of %s, not %d", event.Number, event.Type, before.Number))
		case !seen[event.ID] && event.Number < last[about]:
			report(event, eventsOrdered, fmt.Sprintf("(%d) arrived after %d", event.Number, last[about]))
		}
		seen[event.ID] = true
		last[about] = max(last[about], event.Number)
	}
	for _, event := range recorded {
		if !seen[event.ID] {
			report(event, eventsArrive, "has not arrived")
		}
	}
	return found
}
