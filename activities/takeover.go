package activities

import (
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Takeover is what a run has heard from the parties and decided. A run that was stopped answers with it; the run that takes
// the dispute over starts with it, and goes on from it. It has personal data.
type Takeover struct {
	// State is the state in which the run was stopped. Arbitration does not begin again with a new response window.
	State dispute.State `json:"state"`
	// Decision is nil while the dispute is undecided.
	Decision *dispute.Decision `json:"decision,omitempty"`
	// Closed means that the ledger has booked the Decision: the parties have only to be told.
	Closed bool `json:"closed,omitzero"`

	// Reacted means that the merchant has reacted in any way, and GaveInformation that the request for
	// information was answered.
	Reacted         bool               `json:"reacted,omitzero"`
	GaveInformation bool               `json:"gaveInformation,omitzero"`
	Statement       string             `json:"statement,omitzero"`
	Evidence        []dispute.Evidence `json:"evidence,omitempty"`
	// Agreed and Withdrawn are the signals that took effect.
	Agreed    *dispute.Agreement  `json:"agreed,omitempty"`
	Withdrawn *dispute.Withdrawal `json:"withdrawn,omitempty"`

	// Deadline is the deadline that ran, if any. A later one than the new run would set still counts.
	Deadline time.Time `json:"deadline,omitzero"`
	// Corrected are the addresses that an operator has corrected, by party.
	Corrected map[dispute.Party]string `json:"corrected,omitempty"`
	// Attention are the causes that only an operator can take off.
	Attention []dispute.Cause `json:"attention,omitempty"`
	// Timeline and TimelineOmitted are those of the run's view.
	Timeline        []dispute.Entry `json:"timeline,omitempty"`
	TimelineOmitted int             `json:"timelineOmitted,omitzero"`
}
