package dispute

import (
	"encoding/json"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Opening is a dispute, with the records that the ledger needs for it where they were not imported before.
type Opening struct {
	Dispute Dispute
	// Records have the merchant and the invoice of the dispute, or only one of them; they are empty if neither is given.
	Records Import
}

// openingFile is the JSON form of an Opening: the dispute, with two members more.
type openingFile struct {
	Dispute
	Merchant json.RawMessage `json:"merchant"`
	Invoice  json.RawMessage `json:"invoice"`
}

// DecodeOpening reads a dispute from JSON as DecodeDispute does, and the records of its merchant and its invoice, which may be
// given beside its members as merchant and invoice. It returns all faults at once, as a Refusal with CodeInvalidDispute.
func DecodeOpening(data []byte, now time.Time) (Opening, error) {
	file := openingFile{Dispute: Dispute{Calendar: DefaultCalendar, Policy: Policy{ResponseBusinessDays: MaxResponseBusinessDays}}}
	faults := strict.Decode(data, strict.RefuseUnknownNames, &file)
	var records Import
	if !faults.Unreadable() {
		file.check(&faults, now)
		records = file.records(&faults)
	}
	file.OpenedAt = file.OpenedAt.UTC()
	return Opening{Dispute: file.Dispute, Records: records}, RefuseFaults(CodeInvalidDispute, faults, "this is not a valid dispute")
}

// records decodes the records of the merchant and the invoice, which must be those of the dispute.
func (file openingFile) records(f *Faults) Import {
	var given importFile
	if file.Merchant != nil {
		given.Merchants = []json.RawMessage{file.Merchant}
	}
	if file.Invoice != nil {
		given.Invoices = []json.RawMessage{file.Invoice}
	}
	records, faults := given.records()
	*f = append(*f, ofOpening(faults)...)
	if len(records.Merchants) > 0 && records.Merchants[0].ID != file.MerchantID {
		f.AddOnce("merchant.id", "must be the merchantId of the dispute")
	}
	if len(records.Invoices) > 0 && records.Invoices[0].ID != file.InvoiceID {
		f.AddOnce("invoice.id", "must be the invoiceId of the dispute")
	}
	return records
}

// Refuse returns the Refusal of an opening whose records the ledger has refused, with CodeInvalidImport and the paths of the
// opening.
func (o Opening) Refuse(faults Faults) error {
	return RefuseFaults(CodeInvalidImport, ofOpening(faults), "the merchant or the invoice of the dispute cannot be taken")
}

func ofOpening(faults Faults) Faults {
	return within(within(faults, strict.Index(string(RecordMerchant), 0), "merchant"), strict.Index(string(RecordInvoice), 0), "invoice")
}
