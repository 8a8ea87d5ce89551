package portal

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// types has the names of the events. They are never renamed: an incompatible change gets a new version beside the old one.
var types = map[dispute.Occasion]string{
	dispute.OccasionOpened:               "dispute.opened.v1",
	dispute.OccasionReminder7:            "dispute.reminder_7.v1",
	dispute.OccasionReminder2:            "dispute.reminder_2.v1",
	dispute.OccasionDeadlineMoved:        "dispute.deadline_moved.v1",
	dispute.OccasionKlarnaStepsIn:        "dispute.klarna_steps_in.v1",
	dispute.OccasionInformationRequested: "dispute.information_requested.v1",
	dispute.OccasionMessage:              "dispute.message.v1",
	dispute.OccasionProposalMade:         "dispute.proposal_made.v1",
	dispute.OccasionProposalDeclined:     "dispute.proposal_declined.v1",
	dispute.OccasionClosed:               "dispute.closed.v1",
}

// payload is the body of a message.
type payload struct {
	Type string `json:"type"`
	// Timestamp is the instant of the event: messages can arrive late and in another order.
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

// data is the event with the page of the dispute, which needs a session: webhooks carry no signed links.
type data struct {
	dispute.Event
	URL string `json:"url,omitzero"`
}

func encode(notice dispute.Notice, site link.Site) ([]byte, error) {
	name, known := types[notice.Key.Occasion]
	if !known {
		return nil, fmt.Errorf("the portal has no event for the occasion %q", notice.Key.Occasion)
	}
	said := data{Event: dispute.EventOf(notice)}
	if site.Any() {
		said.URL = site.Case(notice.Dispute.ID)
	}
	return json.Marshal(payload{Type: name, Timestamp: notice.CausedAt.UTC(), Data: said})
}
