package dispute

import (
	"encoding/json"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Import holds records for the ledger. Each has a path: "merchants[0]", "invoices[17]".
type Import struct {
	Merchants []Merchant `json:"merchants"`
	Invoices  []Invoice  `json:"invoices"`
	// Payments are what customers have paid, PaymentReturns what went back, such as a direct debit without cover or the payout
	// of an overpayment, and CreditNotes what merchants have given up of their own accord.
	Payments       []Booking `json:"payments,omitempty"`
	PaymentReturns []Booking `json:"paymentReturns,omitempty"`
	CreditNotes    []Booking `json:"creditNotes,omitempty"`

	// invalid are the faults of records that are not valid, by the path of the record.
	invalid map[string]Faults
}

// FaultsOf returns what is wrong with a record by itself. DecodeRecords has found it.
func (in Import) FaultsOf(path string) Faults {
	return in.invalid[path]
}

// importFile is the JSON form of an Import.
type importFile struct {
	Merchants      []json.RawMessage `json:"merchants"`
	Invoices       []json.RawMessage `json:"invoices"`
	Payments       []json.RawMessage `json:"payments"`
	PaymentReturns []json.RawMessage `json:"paymentReturns"`
	CreditNotes    []json.RawMessage `json:"creditNotes"`
}

// DecodeImport reads records from JSON and validates them, all or nothing. A merchant's settings can be left out: a known
// merchant then keeps them, and a new one has all of them off but EmailOnDeadlines. It returns all faults at once, as a
// Refusal with CodeInvalidImport.
func DecodeImport(data []byte) (Import, error) {
	in, faults := decodeRecords(data)
	if len(faults) == 0 {
		return in, nil
	}
	return in, RefuseFaults(CodeInvalidImport, faults, "this cannot be imported")
}

// DecodeRecords is DecodeImport for each record by itself: it returns an error only if the input as a whole cannot be read.
// FaultsOf says what is wrong with single records.
func DecodeRecords(data []byte) (Import, error) {
	in, faults := decodeRecords(data)
	if len(in.invalid) > 0 {
		return in, nil
	}
	return in, RefuseFaults(CodeInvalidImport, faults, "this cannot be imported")
}

// decodeRecords returns the faults of all records, or, with none of the records, those of the input as a whole.
func decodeRecords(data []byte) (Import, Faults) {
	var file importFile
	if faults := strict.Decode(data, strict.RefuseUnknownNames, &file); len(faults) > 0 {
		return Import{}, faults
	}
	return file.records()
}

func (file importFile) records() (Import, Faults) {
	d := recordDecoder{invalid: map[string]Faults{}}
	in := Import{
		Merchants: decodeEach(&d, "merchants", file.Merchants, func(m ImportedMerchant, f *Faults) Merchant {
			merchant := m.merchant()
			merchant.check(f, "")
			return merchant
		}),
		Invoices: decodeEach(&d, "invoices", file.Invoices, func(i Invoice, f *Faults) Invoice {
			i.check(f, "")
			return i
		}),
		Payments:       decodeEach(&d, "payments", file.Payments, checkedBooking),
		PaymentReturns: decodeEach(&d, "paymentReturns", file.PaymentReturns, checkedBooking),
		CreditNotes:    decodeEach(&d, "creditNotes", file.CreditNotes, checkedBooking),
	}
	if len(d.invalid) > 0 {
		in.invalid = d.invalid
	}
	return in, d.all
}

// recordDecoder collects the faults of records: of each one by its path, and the first ones of all of them.
type recordDecoder struct {
	invalid map[string]Faults
	all     Faults
}

// decodeEach decodes the records of a list. check validates one and returns the record that it stands for.
func decodeEach[JSON, T any](d *recordDecoder, list string, raw []json.RawMessage, check func(JSON, *Faults) T) []T {
	var records []T
	for i, record := range raw {
		var decoded JSON
		faults := decodeRecord(record, &decoded)
		checked := &faults
		if faults.Unreadable() {
			checked = &Faults{} // not added
		}
		records = append(records, check(decoded, checked))
		if len(faults) > 0 {
			d.record(strict.Index(list, i), faults)
		}
	}
	return records
}

func decodeRecord(record json.RawMessage, into any) Faults {
	switch {
	case record == nil: // null is a record without members
		return nil
	case record[0] != '{':
		return Faults{{Problem: "must be a JSON object"}}
	}
	return strict.Decode(record, strict.RefuseUnknownNames, into)
}

// record keeps the faults of the record at a path.
func (d *recordDecoder) record(path string, faults Faults) {
	for i, fault := range faults {
		if faults[i].Path = path; fault.Path != "" {
			faults[i].Path = strict.Join(path, fault.Path)
		}
		d.all.Add(faults[i].Path, "%s", fault.Problem)
	}
	d.invalid[path] = faults
}

func checkedBooking(b Booking, f *Faults) Booking {
	b.check(f, "")
	return b
}

// ImportedMerchant is the JSON form of a Merchant in an Import; a setting that is nil was left out.
type ImportedMerchant struct {
	ID               string    `json:"id"`
	Name             string    `json:"name"`
	Email            string    `json:"email"`
	Locale           string    `json:"locale"`
	PortalActive     *bool     `json:"portalActive"`
	EmailOnDispute   *bool     `json:"emailOnDispute"`
	EmailOnDeadlines *bool     `json:"emailOnDeadlines"`
	AsOf             time.Time `json:"asOf"`
}

func (m ImportedMerchant) merchant() Merchant {
	return Merchant{
		ID: m.ID, Name: m.Name, Email: m.Email, Locale: m.Locale, AsOf: m.AsOf,
		PortalActive:     m.PortalActive != nil && *m.PortalActive,
		EmailOnDispute:   m.EmailOnDispute != nil && *m.EmailOnDispute,
		EmailOnDeadlines: m.EmailOnDeadlines == nil || *m.EmailOnDeadlines,
		omitted: omitted{
			portalActive: m.PortalActive == nil, emailOnDispute: m.EmailOnDispute == nil, emailOnDeadlines: m.EmailOnDeadlines == nil,
		},
	}
}
