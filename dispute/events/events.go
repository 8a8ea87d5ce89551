// Package events has what happens to disputes and invoices as other systems are told of it: ids, amounts, states and
// instants, and nothing that people have written or that says who they are.
package events

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Type is what has happened. A type is never renamed: an incompatible change gets another one.
type Type string

// The types.
const (
	// DisputeOpened: the dispute is on record, and its invoice is paused (Data.Pause).
	DisputeOpened Type = "dispute.opened"
	// DisputeWaiting: a message was accepted that says what the dispute waits for now, and until when.
	DisputeWaiting Type = "dispute.waiting"
	// DisputeMessage: what a party has written was accepted by the other side (Data.Message).
	DisputeMessage Type = "dispute.message"
	// DisputeProposal: a party's proposal, or that it was declined, was accepted by the other side (Data.Proposal).
	DisputeProposal Type = "dispute.proposal"
	// DisputeAttention: an operator is needed (Data.Attention).
	DisputeAttention Type = "dispute.attention"
	// DisputeClosed: the money has moved, and the invoice is no longer paused (Data.Result).
	DisputeClosed Type = "dispute.closed"
	// PaymentRecorded: the customer has paid (Data.Booking).
	PaymentRecorded Type = "invoice.payment_recorded"
	// PaymentReturned: a payment was taken back, or an import has lowered what was paid (Data.Booking).
	PaymentReturned Type = "invoice.payment_returned"
	// CreditNoteRecorded: the merchant has given up a part of the invoice (Data.Booking).
	CreditNoteRecorded Type = "invoice.credit_note_recorded"
)

// Types lists all types.
var Types = []Type{
	DisputeOpened, DisputeWaiting, DisputeMessage, DisputeProposal, DisputeAttention, DisputeClosed,
	PaymentRecorded, PaymentReturned, CreditNoteRecorded,
}

// Event is one change of a dispute or of an invoice.
type Event struct {
	// Number is the place of the event in the order in which events are read and delivered, from 1.
	Number int64 `json:"number"`
	// ID names the change, also in a ledger that was restored from a copy and has given it another number.
	ID   string `json:"id"`
	Type Type   `json:"type"`
	// At is the instant of the change.
	At   time.Time `json:"timestamp"`
	Data Data      `json:"data"`
}

// Data is what an event tells. Amounts are in minor units.
type Data struct {
	// DisputeID is empty for an event of an invoice.
	DisputeID  string `json:"disputeId,omitzero"`
	InvoiceID  string `json:"invoiceId"`
	OrderID    string `json:"orderId"`
	MerchantID string `json:"merchantId"`
	// DisputedAmount has the currency of all amounts of a dispute; nil for an event of an invoice.
	DisputedAmount *dispute.Money `json:"disputedAmount,omitempty"`
	// State and WaitingFor are where the dispute stands: with DisputeOpened, DisputeWaiting and DisputeClosed. Deadline is the
	// instant at which the wait ends, the midnight after its last day in the calendar with the name Calendar; zero where no
	// period runs.
	State      dispute.State `json:"state,omitzero"`
	WaitingFor dispute.Wait  `json:"waitingFor,omitzero"`
	Deadline   time.Time     `json:"deadline,omitzero"`
	Calendar   string        `json:"calendar,omitzero"`

	Pause     *Pause          `json:"pause,omitempty"`
	Message   *Message        `json:"message,omitempty"`
	Proposal  *Proposal       `json:"proposal,omitempty"`
	Attention dispute.Cause   `json:"attention,omitzero"`
	Result    *dispute.Result `json:"result,omitempty"`
	Booking   *Booking        `json:"booking,omitempty"`
}

// Pause is how an invoice was paused.
type Pause struct {
	Reason dispute.Reason `json:"reason"`
	// Outstanding is what the customer owed and need not pay while the dispute runs, DaysLeft the calendar days until its due
	// date.
	Outstanding int64 `json:"outstanding"`
	DaysLeft    int   `json:"daysLeft"`
}

// Message says that a party has written to the other one, not what.
type Message struct {
	Number int           `json:"number"`
	From   dispute.Party `json:"from"`
}

// Proposal is a proposal without its words.
type Proposal struct {
	Number int           `json:"number"`
	By     dispute.Party `json:"by"`
	Terms  dispute.Terms `json:"terms,omitzero"`
	// Refund is what the merchant refunds; 0 if the customer pays.
	Refund int64 `json:"refund,omitzero"`
	// State is ProposalStanding or ProposalDeclined.
	State dispute.ProposalState `json:"state"`
}

// Booking is a payment, a return of a payment or a credit note.
type Booking struct {
	Amount dispute.Money `json:"amount"`
	// Reference is the one under which it was reported; empty if an import has changed what was paid.
	Reference string `json:"reference,omitzero"`
}

// NewID returns the ID of a change of a dispute or an invoice: a name of letters, digits, - and _ that begins with the
// subject. The details distinguish changes of one type and subject.
func NewID(kind Type, subject string, details ...string) string {
	const longest = 100
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, subject)
	sum := sha256.Sum256([]byte(strings.Join(append([]string{string(kind), subject}, details...), "\x00")))
	return readable[:min(len(readable), longest)] + "_" + hex.EncodeToString(sum[:12])
}
