package ledger

import (
	"slices"

	"github.com/streitfall/streitfall/dispute"
)

// ImportedRecord is what became of a record of an import.
type ImportedRecord struct {
	// Path is the place of the record: "invoices[17]".
	Path   string       `json:"path"`
	Result ImportResult `json:"result"`
	// Faults say why the record was refused or skipped.
	Faults dispute.Faults `json:"faults,omitempty"`
}

// ImportResult is what became of a record.
type ImportResult string

// The results.
const (
	ImportedNew       ImportResult = "new"
	ImportedChanged   ImportResult = "changed"
	ImportedUnchanged ImportResult = "unchanged"
	// ImportSkipped means that the record is older than what is recorded.
	ImportSkipped ImportResult = "skipped"
	ImportRefused ImportResult = "refused"
)

// ImportResults lists all results.
var ImportResults = []ImportResult{ImportedNew, ImportedChanged, ImportedUnchanged, ImportSkipped, ImportRefused}

// since returns what became of the one record that was imported since before.
func (i Imported) since(before Imported, path string) ImportedRecord {
	record := ImportedRecord{Path: path, Result: ImportedUnchanged}
	all, earlier := i.all(), before.all()
	switch {
	case len(i.Refused) > len(before.Refused):
		record.Result, record.Faults = ImportRefused, slices.Clone(i.Refused[len(before.Refused):])
	case len(i.Skipped) > len(before.Skipped):
		record.Result, record.Faults = ImportSkipped, slices.Clone(i.Skipped[len(before.Skipped):])
	case all.New > earlier.New:
		record.Result = ImportedNew
	case all.Changed > earlier.Changed:
		record.Result = ImportedChanged
	}
	return record
}

// all returns the counts of all kinds together.
func (i Imported) all() (sum Counts) {
	for _, counts := range []Counts{i.Merchants, i.Invoices, i.Payments, i.PaymentReturns, i.CreditNotes} {
		sum.New += counts.New
		sum.Changed += counts.Changed
		sum.Unchanged += counts.Unchanged
	}
	return sum
}
