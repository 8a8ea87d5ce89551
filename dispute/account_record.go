package dispute

import (
	"encoding/json"
	"strings"

	"github.com/streitfall/streitfall/dispute/strict"
)

// RecordKind is a kind of records of an Import, as its list is called there.
type RecordKind string

// The kinds.
const (
	RecordMerchant      RecordKind = "merchants"
	RecordInvoice       RecordKind = "invoices"
	RecordPayment       RecordKind = "payments"
	RecordPaymentReturn RecordKind = "paymentReturns"
	RecordCreditNote    RecordKind = "creditNotes"
)

// RecordKinds lists all kinds.
var RecordKinds = []RecordKind{RecordMerchant, RecordInvoice, RecordPayment, RecordPaymentReturn, RecordCreditNote}

// DecodeRecord reads one record from JSON and validates it, as an Import with that record alone. It returns all faults at
// once, by their paths in the record, as the Refusal of Refuse.
func (k RecordKind) DecodeRecord(data []byte) (Import, error) {
	var whole struct{}
	if faults := strict.Decode(data, strict.TolerateUnknownNames, &whole); len(faults) > 0 {
		return Import{}, k.Refuse(faults)
	}
	var file importFile
	list := map[RecordKind]*[]json.RawMessage{
		RecordMerchant: &file.Merchants, RecordInvoice: &file.Invoices,
		RecordPayment: &file.Payments, RecordPaymentReturn: &file.PaymentReturns, RecordCreditNote: &file.CreditNotes,
	}[k]
	*list = []json.RawMessage{strict.Trim(data)}
	in, faults := file.records()
	return in, k.Refuse(faults)
}

// Refuse returns the Refusal of a record for the faults of an Import that has that record alone: CodeBookingRefused for what is
// booked, else CodeInvalidImport. It returns nil if there are none.
func (k RecordKind) Refuse(faults Faults) error {
	code := CodeBookingRefused
	if k == RecordMerchant || k == RecordInvoice {
		code = CodeInvalidImport
	}
	return RefuseFaults(code, within(faults, strict.Index(string(k), 0), ""), "this record cannot be taken")
}

// within returns faults of a record by their paths in another place.
func within(faults Faults, place, moved string) Faults {
	var all Faults
	for _, fault := range faults {
		if rest, inside := strings.CutPrefix(fault.Path, place); inside {
			fault.Path = strings.TrimPrefix(moved+rest, ".")
		}
		all.Add(fault.Path, "%s", fault.Problem)
	}
	return all
}
