package api

import (
	"net/http"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// recordResult is what became of a record.
type recordResult struct {
	Result ledger.ImportResult `json:"result"`
}

// importResult is what became of many records, in the order of their import.
type importResult struct {
	Records []importedRecord `json:"records"`
}

type importedRecord struct {
	// Path is the place of the record in the body: "invoices[17]".
	Path   string              `json:"path"`
	Result ledger.ImportResult `json:"result"`
	// Errors say why it was refused or skipped.
	Errors []strict.Fault `json:"errors,omitempty"`
}

// record is the operation that reports one record of a kind.
func record(kind dispute.RecordKind, path, id, summary, body string) operation {
	code := dispute.CodeOf(kind.Refuse(dispute.Faults{{}}))
	return operation{
		method: http.MethodPost, path: path, id: id, summary: summary, scopes: []Scope{ScopeAccounts}, body: body, result: of[recordResult](),
		refuses: []dispute.Code{code},
		handle: handler(func(a *API, q *call) (recordResult, error) {
			in, err := kind.DecodeRecord(q.body)
			if err != nil {
				return recordResult{}, err
			}
			if err := a.once(q); err != nil {
				return recordResult{}, err
			}
			records, err := a.Ledger.ImportEach(q.Context(), in)
			if err != nil {
				return recordResult{}, err
			}
			if records[0].Result == ledger.ImportRefused {
				return recordResult{}, kind.Refuse(records[0].Faults)
			}
			return recordResult{records[0].Result}, nil
		}),
	}
}

// importAll reports many records.
func (a *API) importAll(q *call) (importResult, error) {
	in, err := dispute.DecodeRecords(q.body)
	if err != nil {
		return importResult{}, err
	}
	if err := a.once(q); err != nil {
		return importResult{}, err
	}
	records, err := a.Ledger.ImportEach(q.Context(), in)
	all := importResult{Records: make([]importedRecord, len(records))}
	for i, r := range records {
		all.Records[i] = importedRecord{Path: r.Path, Result: r.Result, Errors: r.Faults}
	}
	return all, err
}
