package dispute

import "time"

// View is what the status query answers and what an update returns (without the timeline).
type View struct {
	ID             string `json:"id"`
	State          State  `json:"state"`
	WaitingFor     Wait   `json:"waitingFor"`
	Reason         Reason `json:"reason"`
	MerchantID     string `json:"merchantId"`
	InvoiceID      string `json:"invoiceId"`
	DisputedAmount Money  `json:"disputedAmount"`
	// Deadline is the running deadline, with the offset of the dispute's calendar; null when none runs.
	Deadline *time.Time `json:"deadline"`
	// Attention lists the causes for which a person is needed.
	Attention []Cause `json:"attention"`
	// Outcome and ClosingReason are empty until the decision.
	Outcome       Outcome       `json:"outcome"`
	ClosingReason ClosingReason `json:"closingReason"`
	// Timeline is the case file, oldest first: the first MaxTimeline entries.
	Timeline []Entry `json:"timeline,omitempty"`
	// TimelineOmitted counts the entries after those.
	TimelineOmitted int `json:"timelineOmitted,omitzero"`
}

// MaxTimeline is how many entries a timeline keeps; later ones are counted.
const MaxTimeline = 500

// Entry is one thing that happened in a dispute.
type Entry struct {
	At    time.Time `json:"at"`
	Actor Party     `json:"actor"`
	// Event names what happened, after the message or step: "agreement", "invoice-paused", …
	Event string `json:"event"`
	// Detail says the rest in a sentence.
	Detail string `json:"detail,omitzero"`
}

// Summary is the view without its timeline.
func (v View) Summary() View {
	v.Timeline, v.TimelineOmitted = nil, 0
	return v
}
