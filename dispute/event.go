package dispute

import "time"

// Event is what the portal tells a merchant of a dispute, in its inbox and through a webhook. It has
// nothing of the customer but the order: the merchant knows whose that is. What each member means to a
// merchant stands in activities/portal/README.md.
type Event struct {
	DisputeID string `json:"disputeId"`
	// State is Klarna's name of where the dispute stands once the merchant has the message.
	State          State  `json:"state"`
	Reason         Reason `json:"reason"`
	OrderID        string `json:"orderId"`
	InvoiceID      string `json:"invoiceId"`
	DisputedAmount Money  `json:"disputedAmount"`
	// Deadline ends the period that the message opens, moves or recalls, with the offset of the dispute's
	// calendar. BusinessDays is the length of a period that it opens.
	Deadline     time.Time `json:"deadline,omitzero"`
	BusinessDays int       `json:"businessDays,omitzero"`
	// Move is why the deadline was moved, and Shortened that it came closer.
	Move      string `json:"move,omitzero"`
	Shortened bool   `json:"shortened,omitzero"`
	// Result is there when the dispute is closed.
	Result *Result `json:"result,omitempty"`
}

// Result is how a dispute ended. Amounts are in minor units of the disputed amount's currency.
type Result struct {
	Decision
	// Outstanding is what the customer owes now, by NewDueDate, and Refunded what went back to the customer.
	Outstanding int64  `json:"outstanding"`
	Refunded    int64  `json:"refunded"`
	NewDueDate  string `json:"newDueDate,omitzero"`
}

// EventOf is the event of a notice to a merchant.
func EventOf(n Notice) Event {
	event := Event{
		DisputeID: n.Dispute.ID, State: n.State, Reason: n.Dispute.Reason,
		OrderID: n.Dispute.OrderID, InvoiceID: n.Dispute.InvoiceID, DisputedAmount: n.Dispute.DisputedAmount,
		Deadline: n.Deadline, BusinessDays: n.BusinessDays, Move: n.Move, Shortened: n.Shortened,
	}
	if n.State == StateOpened { // our own name: the window begins when the merchant has this
		event.State = StatePreArbitration
	}
	if n.Decision.Outcome != "" {
		event.Result = &Result{Decision: n.Decision, Outstanding: n.Outstanding, Refunded: n.Refunded, NewDueDate: n.NewDueDate}
	}
	return event
}
