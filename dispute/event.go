package dispute

import "time"

// Event is the JSON form of a notice to a merchant, for the portal's inbox and webhooks. It identifies the customer by
// the order only. activities/portal/README.md documents its members for merchants.
type Event struct {
	DisputeID string `json:"disputeId"`
	// State is the state of the dispute once the merchant has the message. It is never StateOpened.
	State          State  `json:"state"`
	Reason         Reason `json:"reason"`
	OrderID        string `json:"orderId"`
	InvoiceID      string `json:"invoiceId"`
	DisputedAmount Money  `json:"disputedAmount"`
	// Deadline is the deadline that the message sets, moves or reminds of, with the offset of the dispute's calendar.
	// BusinessDays is the length of the period that the message opens, else 0.
	Deadline     time.Time `json:"deadline,omitzero"`
	BusinessDays int       `json:"businessDays,omitzero"`
	// Move is why the deadline was moved, and Shortened is true if it is earlier than before.
	Move      string `json:"move,omitzero"`
	Shortened bool   `json:"shortened,omitzero"`
	// Complaint is what the customer wrote, with the notice of the dispute; nil for nothing.
	Complaint *Complaint `json:"complaint,omitempty"`
	// Statement is what the customer has stated as the reason, with the request for information.
	Statement string `json:"statement,omitzero"`
	// Message is what the customer has written to the merchant.
	Message string `json:"message,omitzero"`
	// Proposal is the customer's proposal, or the merchant's own that the customer has declined.
	Proposal *Proposal `json:"proposal,omitempty"`
	// Result is nil until the dispute is closed.
	Result *Result `json:"result,omitempty"`
}

// Result is how a dispute ended. Amounts are in minor units of the disputed amount's currency.
type Result struct {
	Decision
	// Outstanding is what the customer owes now, due by NewDueDate, and Refunded what the customer got back. OwedBack is what
	// the customer has paid beyond what was owed: the provider owes it, not the merchant.
	Outstanding int64 `json:"outstanding"`
	// Credited came off what the customer owed. With Refunded it is what the merchant is debited: less than was decided when
	// credit notes covered a part.
	Credited   int64  `json:"credited"`
	Refunded   int64  `json:"refunded"`
	OwedBack   int64  `json:"owedBack,omitzero"`
	NewDueDate string `json:"newDueDate,omitzero"`
}

// EventOf returns the event for a notice to a merchant.
func EventOf(n Notice) Event {
	event := Event{
		DisputeID: n.Dispute.ID, State: n.State, Reason: n.Dispute.Reason,
		OrderID: n.Dispute.OrderID, InvoiceID: n.Dispute.InvoiceID, DisputedAmount: n.Dispute.DisputedAmount,
		Deadline: n.Deadline, BusinessDays: n.BusinessDays, Move: n.Move, Shortened: n.Shortened,
		Message: n.Message, Proposal: n.Proposal,
	}
	if n.Key.Occasion == OccasionInformationRequested {
		event.Statement = n.Statement
	}
	if n.Key.Occasion == OccasionOpened {
		event.Complaint = n.Dispute.Complaint
	}
	if n.State == StateOpened { // which Klarna does not have: its window begins with this message
		event.State = StatePreArbitration
	}
	if n.Decision.Outcome != "" {
		event.Result = &Result{
			Decision: n.Decision, Credited: n.Credited, Outstanding: n.Outstanding, Refunded: n.Refunded, OwedBack: n.OwedBack, NewDueDate: n.NewDueDate,
		}
	}
	return event
}

// Redacted returns the event without anything that people have written: what stays are ids, amounts, instants and names of
// ours.
func (e Event) Redacted() Event {
	return Event{
		DisputeID: e.DisputeID, State: e.State, Reason: e.Reason, OrderID: e.OrderID, InvoiceID: e.InvoiceID, DisputedAmount: e.DisputedAmount,
		Deadline: e.Deadline, BusinessDays: e.BusinessDays, Shortened: e.Shortened, Result: e.Result,
	}
}
