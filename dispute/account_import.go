package dispute

import "github.com/streitfall/streitfall/dispute/strict"

// Import holds merchants and invoices for the ledger.
type Import struct {
	Merchants []Merchant `json:"merchants"`
	Invoices  []Invoice  `json:"invoices"`
}

// importFile is the JSON form of an Import.
type importFile struct {
	Merchants []importedMerchant `json:"merchants"`
	Invoices  []Invoice          `json:"invoices"`
}

// DecodeImport reads merchants and invoices from JSON and validates them. A merchant's settings can be left out: a
// known merchant then keeps them, and a new one has all of them off but EmailOnDeadlines. It returns all faults at once, as a Refusal with
// CodeInvalidImport.
func DecodeImport(data []byte) (Import, error) {
	var file importFile
	faults := strict.Decode(data, strict.RefuseUnknownNames, &file)
	in := Import{Invoices: file.Invoices}
	if !faults.Unreadable() {
		for i, imported := range file.Merchants {
			in.Merchants = append(in.Merchants, imported.merchant())
			in.Merchants[i].check(&faults, strict.Index("merchants", i))
		}
		for i, invoice := range in.Invoices {
			invoice.check(&faults, strict.Index("invoices", i))
		}
	}
	return in, RefuseFaults(CodeInvalidImport, faults, "this cannot be imported")
}

// importedMerchant is the JSON form of a Merchant; a setting that is nil was left out.
type importedMerchant struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	Email            string `json:"email"`
	Locale           string `json:"locale"`
	PortalActive     *bool  `json:"portalActive"`
	EmailOnDispute   *bool  `json:"emailOnDispute"`
	EmailOnDeadlines *bool  `json:"emailOnDeadlines"`
}

func (m importedMerchant) merchant() Merchant {
	return Merchant{
		ID: m.ID, Name: m.Name, Email: m.Email, Locale: m.Locale,
		PortalActive:     m.PortalActive != nil && *m.PortalActive,
		EmailOnDispute:   m.EmailOnDispute != nil && *m.EmailOnDispute,
		EmailOnDeadlines: m.EmailOnDeadlines == nil || *m.EmailOnDeadlines,
		omitted: omitted{
			portalActive: m.PortalActive == nil, emailOnDispute: m.EmailOnDispute == nil, emailOnDeadlines: m.EmailOnDeadlines == nil,
		},
	}
}
