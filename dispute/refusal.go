package dispute

import (
	"errors"
	"fmt"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Code names a refusal for programs. Codes travel as the type of Temporal application errors, so a
// client in any language can decide on them; they are never renamed.
type Code string

// The refusals of this product.
const (
	// CodeInvalidDispute refuses a dispute whose own content is wrong. Faults lists everything that is.
	CodeInvalidDispute Code = "invalid_dispute"
	// CodeDisputeRefused refuses a dispute that does not fit the ledger: unknown merchant or invoice,
	// invoice of somebody else, other currency, less left than disputed, already in dispute.
	CodeDisputeRefused Code = "dispute_refused"
	// CodeDisputeDiffers refuses to open a dispute under the id of another one.
	CodeDisputeDiffers Code = "dispute_differs"
	// CodeDisputeClosed refuses everything that comes after the end of a dispute.
	CodeDisputeClosed Code = "dispute_closed"
	// CodeUnknownDispute means that no dispute has this id.
	CodeUnknownDispute Code = "unknown_dispute"
	// CodeInvalidMessage refuses a message whose own content is wrong.
	CodeInvalidMessage Code = "invalid_message"
	// CodeNotAccepted refuses a message that does not fit what the dispute waits for.
	CodeNotAccepted Code = "not_accepted"
	// CodeLimitReached refuses a message of which the dispute has taken as many as it may.
	CodeLimitReached Code = "limit_reached"
	// CodeMessageRefused means that the recipient's side refuses a message of ours for good.
	CodeMessageRefused Code = "message_refused"
	// CodeMessageConflict refuses to send a message of ours under the key of one that said something else.
	CodeMessageConflict Code = "message_conflict"
	// CodeUnknownCalendar names a calendar that there is not.
	CodeUnknownCalendar Code = "unknown_calendar"
	// CodeOutsideCalendar means a date outside the years that the calendars cover.
	CodeOutsideCalendar Code = "outside_calendar"
	// CodeInvalidImport refuses merchants and invoices that cannot be imported.
	CodeInvalidImport Code = "invalid_import"
	// CodeUnknownInvoice means that the ledger has no invoice of this id.
	CodeUnknownInvoice Code = "unknown_invoice"
	// CodeUnknownMerchant means that the ledger has no merchant of this id.
	CodeUnknownMerchant Code = "unknown_merchant"
	// CodeInvalidMerchant refuses settings of a merchant that cannot be.
	CodeInvalidMerchant Code = "invalid_merchant"
)

// Codes lists all codes.
var Codes = []Code{
	CodeInvalidDispute, CodeDisputeRefused, CodeDisputeDiffers, CodeDisputeClosed, CodeUnknownDispute, CodeInvalidMessage,
	CodeNotAccepted, CodeLimitReached, CodeMessageRefused, CodeMessageConflict, CodeUnknownCalendar, CodeOutsideCalendar,
	CodeInvalidImport, CodeUnknownInvoice, CodeUnknownMerchant, CodeInvalidMerchant,
}

// Refusal is a refusal: final, and made for the one who asked. Trouble of our own (a ledger or a mail
// server that is away) is never an Refusal and is retried instead.
type Refusal struct {
	Code Code
	// Message is a sentence that says what is wrong and what is allowed.
	Message string
	// Faults lists each single fault of an input: first what cannot be read, then what is not allowed,
	// in the order of the fields.
	Faults Faults
}

// Refuse makes a Refusal from a code and a sentence.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error gives the sentence, followed by the faults.
func (e *Refusal) Error() string {
	if len(e.Faults) == 0 {
		return e.Message
	}
	return e.Message + ": " + e.Faults.String()
}

// CodeOf returns the code of the refusal in err, or "" when err is none.
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
