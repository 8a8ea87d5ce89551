package api

import (
	"errors"

	"github.com/streitfall/streitfall/dispute/events"
)

// eventList is a page of events, in the order of their numbers.
type eventList struct {
	Events []events.Event `json:"events"`
	// Next is the value of after for the next page, also when there is no later event yet.
	Next int64 `json:"next"`
}

var eventParameters = []parameter{
	{name: "after", description: "The number of the last event that was read; from the beginning without it."},
	{name: "limit", description: "At most so many, up to 1000; 100 without it."},
}

// maxNumber is the largest number that every JSON reader represents exactly.
const maxNumber = 1<<53 - 1

const setBack = "no event has this number: the ledger was set back to an older copy, and gives numbers anew. " +
	"Read again from the beginning, after=0; an event that you have has the same id"

// events reads what has happened to disputes and invoices since an event.
func (a *API) events(q *call) (eventList, error) {
	in := q.query()
	after, limit := in.number("after", 0, 0, maxNumber), in.number("limit", defaultPage, 1, maxPage)
	if err := invalidRequest(in.faults); err != nil {
		return eventList{}, err
	}
	found, err := a.Ledger.Events(q.Context(), int64(after), limit)
	if errors.Is(err, events.ErrUnknownNumber) {
		return eventList{}, &failure{code: codeUnknownEvent, detail: setBack}
	}
	if err != nil {
		return eventList{}, away(err)
	}
	page := eventList{Events: found, Next: int64(after)}
	if len(found) > 0 {
		page.Next = found[len(found)-1].Number
	}
	return page, nil
}
