package audit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/testsuite/audit"
)

// TestAuditOfEvents: repeats are no violation; what is missing, foreign, changed or in another order is.
func TestAuditOfEvents(t *testing.T) {
	t.Parallel()
	event := func(number int64, disputeID string) events.Event {
		return events.Event{Number: number, ID: disputeID + "_" + string(rune('a'+number)), Type: events.DisputeWaiting, Data: events.Data{DisputeID: disputeID, InvoiceID: "i"}}
	}
	one, two, three := event(1, "d-1"), event(2, "d-1"), event(3, "d-2")
	recorded := []events.Event{one, two, three}
	require.Empty(t, audit.Events(recorded, []events.Event{three, one, one, two, one, three}))
	foreign, changed := event(9, "d-1"), two
	changed.Number = 7
	for want, arrived := range map[string][]events.Event{
		"d-1 every event arrives: dispute.waiting d-1_c has not arrived":                                                 {one, three},
		"d-1 the events of a dispute arrive in order: dispute.waiting d-1_b (1) arrived after 2":                         {two, one, three},
		"d-1 an event arrives again only as itself: dispute.waiting d-1_j is none of the ledger":                         {one, two, three, foreign},
		"d-1 an event arrives again only as itself: dispute.waiting d-1_c arrived as number 7 of dispute.waiting, not 2": {one, two, three, changed},
	} {
		found := audit.Events(recorded, arrived)
		require.Len(t, found, 1)
		require.Equal(t, want, found[0].String())
	}
}
