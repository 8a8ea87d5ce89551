package dispute

import "time"

// View is the state of a dispute, as the status query returns it. Updates return its Summary.
type View struct {
	ID             string `json:"id"`
	State          State  `json:"state"`
	WaitingFor     Wait   `json:"waitingFor"`
	Reason         Reason `json:"reason"`
	MerchantID     string `json:"merchantId"`
	InvoiceID      string `json:"invoiceId"`
	DisputedAmount Money  `json:"disputedAmount"`
	// Deadline is the running deadline, with the offset of the dispute's calendar; nil if none runs.
	Deadline *time.Time `json:"deadline"`
	// PendingDeadline is an earlier deadline that an operator has set. It counts from when the party has been informed.
	PendingDeadline *time.Time `json:"pendingDeadline,omitempty"`
	// AtDeadline says what happens when the deadline passes.
	AtDeadline string `json:"atDeadline,omitzero"`
	// Attention lists the causes for which a person is needed.
	Attention []Cause `json:"attention"`
	// Proposals are the standing proposals, at most one of each party.
	Proposals []Proposal `json:"proposals,omitempty"`
	// Outcome and ClosingReason are empty until the decision.
	Outcome       Outcome       `json:"outcome"`
	ClosingReason ClosingReason `json:"closingReason"`
	// Timeline is the history of the dispute: its first MaxTimeline entries, oldest first.
	Timeline []Entry `json:"timeline,omitempty"`
	// TimelineOmitted counts the later entries.
	TimelineOmitted int `json:"timelineOmitted,omitzero"`
}

// MaxTimeline is how many entries a timeline keeps.
const MaxTimeline = 500

// Entry is one event in the timeline of a dispute.
type Entry struct {
	At    time.Time `json:"at"`
	Actor Party     `json:"actor"`
	// Event names the message or step: "agreement", "invoice-paused", …
	Event string `json:"event"`
	// Detail describes the event in words.
	Detail string `json:"detail,omitzero"`
}

// Summary returns the view without its timeline.
func (v View) Summary() View {
	v.Timeline, v.TimelineOmitted = nil, 0
	return v
}
