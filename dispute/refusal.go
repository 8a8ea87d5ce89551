package dispute

import (
	"errors"
	"fmt"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Code is the kind of a refusal, for programs. It travels as the type of a Temporal application error, so that clients in
// any language can read it. A code is never renamed.
type Code string

// The codes.
const (
	// CodeInvalidDispute refuses a dispute whose content is invalid; Faults says why.
	CodeInvalidDispute Code = "invalid_dispute"
	// CodeDisputeRefused refuses a dispute that does not fit the ledger: the merchant or invoice is unknown, the invoice
	// is another merchant's or customer's, in another currency, too small or already in dispute.
	CodeDisputeRefused Code = "dispute_refused"
	// CodeDisputeDiffers refuses to open a dispute under the id of a dispute with other content.
	CodeDisputeDiffers Code = "dispute_differs"
	// CodeDisputeClosed refuses a message to a dispute that has ended.
	CodeDisputeClosed Code = "dispute_closed"
	// CodeUnknownDispute means that no dispute has this id.
	CodeUnknownDispute Code = "unknown_dispute"
	// CodeInvalidMessage refuses a message to the dispute whose content is invalid; Faults says why.
	CodeInvalidMessage Code = "invalid_message"
	// CodeNotAccepted refuses a message that the dispute does not accept at this point of the process.
	CodeNotAccepted Code = "not_accepted"
	// CodeLimitReached refuses a message because the dispute has accepted too many of its kind.
	CodeLimitReached Code = "limit_reached"
	// CodeMessageRefused means that the recipient's side has finally refused a message from the dispute.
	CodeMessageRefused Code = "message_refused"
	// CodeMessageConflict refuses to send a message from the dispute under the key of a message with other content.
	CodeMessageConflict Code = "message_conflict"
	// CodeUnknownCalendar means that no calendar has this name.
	CodeUnknownCalendar Code = "unknown_calendar"
	// CodeOutsideCalendar means that a date is outside the years that the calendars cover.
	CodeOutsideCalendar Code = "outside_calendar"
	// CodeInvalidImport refuses merchants and invoices that cannot be imported; Faults says why.
	CodeInvalidImport Code = "invalid_import"
	// CodeBookingRefused refuses a payment, a return or a credit note that cannot be booked; Faults says why.
	CodeBookingRefused Code = "booking_refused"
	// CodeUnknownInvoice means that no invoice in the ledger has this id.
	CodeUnknownInvoice Code = "unknown_invoice"
	// CodeUnknownMerchant means that no merchant in the ledger has this id.
	CodeUnknownMerchant Code = "unknown_merchant"
	// CodeInvalidMerchant refuses invalid settings of a merchant; Faults says why.
	CodeInvalidMerchant Code = "invalid_merchant"
)

// Codes lists all codes.
var Codes = []Code{
	CodeInvalidDispute, CodeDisputeRefused, CodeDisputeDiffers, CodeDisputeClosed, CodeUnknownDispute, CodeInvalidMessage,
	CodeNotAccepted, CodeLimitReached, CodeMessageRefused, CodeMessageConflict, CodeUnknownCalendar, CodeOutsideCalendar,
	CodeInvalidImport, CodeBookingRefused, CodeUnknownInvoice, CodeUnknownMerchant, CodeInvalidMerchant,
}

// Refusal is a final error addressed to the caller, who has to change something before trying again. Transient errors,
// such as a ledger or mail server that is down, are never a Refusal; they are retried.
type Refusal struct {
	Code Code
	// Message says what is wrong and what is allowed.
	Message string
	// Faults lists what is wrong with single fields: first what cannot be read, then what is not allowed.
	Faults Faults
}

// Refuse returns a Refusal with a code and a message.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error returns the message, followed by the faults.
func (r *Refusal) Error() string {
	if len(r.Faults) == 0 {
		return r.Message
	}
	return r.Message + ": " + r.Faults.String()
}

// CodeOf returns the code of the Refusal that err is or wraps, or "" if there is none.
func CodeOf(err error) Code {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return refusal.Code
	}
	return ""
}

// Faults lists what is wrong with an input, by JSON path.
type Faults = strict.Faults

// RefuseFaults returns a Refusal that lists the faults, or nil if there are none.
func RefuseFaults(code Code, faults Faults, format string, args ...any) error {
	if len(faults) == 0 {
		return nil
	}
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...), Faults: faults}
}
