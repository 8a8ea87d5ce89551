package dispute

import "github.com/streitfall/streitfall/dispute/strict"

// Terms are the terms on which merchant and customer agree.
type Terms string

// The terms of an agreement.
const (
	// CustomerPays reactivates the whole invoice.
	CustomerPays Terms = "customer_pays"
	// MerchantRefunds debits the agreed refund to the merchant and reactivates the rest of the invoice.
	MerchantRefunds Terms = "merchant_refunds"
)

// AllTerms lists the terms.
var AllTerms = []Terms{CustomerPays, MerchantRefunds}

// Agreement reports that merchant and customer have agreed. From one party alone it is a proposal, unless its terms cost
// nobody but that party.
type Agreement struct {
	Terms Terms `json:"terms"`
	// Refund is what the merchant refunds, at most the disputed amount. Only with MerchantRefunds.
	Refund *Money `json:"refund,omitempty"`
	// ReportedBy is merchant, customer or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

func (a Agreement) check(f *Faults) {
	checkTerms(f, a.Terms, a.Refund)
	strict.OneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyCustomer, PartyOperator})
	strict.Text(f, "note", a.Note, MaxText)
}

func checkTerms(f *Faults, terms Terms, refund *Money) {
	strict.OneOf(f, "terms", terms, AllTerms)
	switch {
	case terms == MerchantRefunds && refund == nil:
		f.AddOnce("refund", "is required with terms %s", MerchantRefunds)
	case terms == CustomerPays && refund != nil:
		f.AddOnce("refund", "must be left out with terms %s", CustomerPays)
	case refund != nil:
		refund.checkForm(f, "refund")
	}
}

// IsReaction reports whether an agreement that had no effect shows that the merchant has reacted: any does, also one that
// cannot be decoded, unless it names another sender.
func IsReaction(agreement []byte) bool {
	var message struct {
		ReportedBy Party `json:"reportedBy"`
	}
	strict.Decode(agreement, strict.TolerateUnknownNames, &message)
	return message.ReportedBy != PartyCustomer && message.ReportedBy != PartyOperator
}

// Offer returns what the agreement says as an offer of the party that reports it.
func (a Agreement) Offer() Offer {
	return Offer{Terms: a.Terms, Refund: a.Refund, Message: a.Note, ProposedBy: a.ReportedBy}
}

// Equal reports whether two agreements have the same content.
func (a Agreement) Equal(b Agreement) bool {
	sameRefund := equalRefund(a.Refund, b.Refund)
	a.Refund, b.Refund = nil, nil
	return sameRefund && a == b
}

func equalRefund(a, b *Money) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// describe describes terms: "the merchant refunds 5.00 EUR".
func describe(refund *Money) string {
	if refund != nil {
		return "the merchant refunds " + refund.String()
	}
	return "the customer pays"
}
