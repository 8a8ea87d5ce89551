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

	// PausedAt and SettledAt are the instants of the pause and of the settlement in the ledger; zero before them.
	PausedAt  time.Time `json:"pausedAt,omitzero"`
	SettledAt time.Time `json:"settledAt,omitzero"`

	// Reacted means that the merchant has reacted in any way, and GaveInformation that the request for
	// information was answered.
	Reacted         bool               `json:"reacted,omitzero"`
	GaveInformation bool               `json:"gaveInformation,omitzero"`
	Statement       string             `json:"statement,omitzero"`
	Evidence        []dispute.Evidence `json:"evidence,omitempty"`
	// Proposals and Remarks are what merchant and customer have proposed and written to each other.
	Proposals []dispute.Proposal `json:"proposals,omitempty"`
	Remarks   []dispute.Remark   `json:"remarks,omitempty"`
	// Agreed, Proposed (agreements that became proposals) and Withdrawn are the signals that took effect.
	Agreed    *dispute.Agreement  `json:"agreed,omitempty"`
	Proposed  []dispute.Agreement `json:"proposed,omitempty"`
	Withdrawn *dispute.Withdrawal `json:"withdrawn,omitempty"`

	// Unheard are the signals that came after the run's last completed workflow task, in their order; CancelRequested means
	// that a cancellation did.
	Unheard         []UnheardSignal `json:"unheard,omitempty"`
	CancelRequested bool            `json:"cancelRequested,omitzero"`

	// Deadline is the deadline that ran, if any. A later one than the new run would set still counts.
	Deadline time.Time `json:"deadline,omitzero"`
	// Corrected are the addresses that an operator has corrected, by party.
	Corrected map[dispute.Party]string `json:"corrected,omitempty"`
	// Attention are the causes that only an operator can take off.
	Attention []dispute.Cause `json:"attention,omitempty"`
	// Case is what the run has recorded of its case; the rest follows from the members above.
	Case dispute.Case `json:"case"`
	// Timeline and TimelineOmitted are those of the run's view.
	Timeline        []dispute.Entry `json:"timeline,omitempty"`
	TimelineOmitted int             `json:"timelineOmitted,omitzero"`
}

// UnheardSignal is a signal that no workflow task has handled.
type UnheardSignal struct {
	Signal string `json:"signal"`
	// Input is the message as it was sent, decrypted; usually JSON.
	Input []byte `json:"input"`
}
