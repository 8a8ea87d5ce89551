package dispute

import "github.com/streitfall/streitfall/dispute/strict"

// Terms are what merchant and customer agreed on.
type Terms string

// The terms of an agreement.
const (
	// CustomerPays reactivates the invoice in full.
	CustomerPays Terms = "customer_pays"
	// MerchantRefunds reactivates the invoice less the agreed refund.
	MerchantRefunds Terms = "merchant_refunds"
)

// Agreement reports that merchant and customer have agreed.
type Agreement struct {
	Terms Terms `json:"terms"`
	// Refund is what the merchant gives up: with MerchantRefunds only, at most the disputed amount.
	Refund *Money `json:"refund,omitempty"`
	// ReportedBy is merchant, customer or operator. That the customer pays counts only when it is not
	// the merchant alone who says so.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

func (a Agreement) check(f *Faults) {
	strict.OneOf(f, "terms", a.Terms, []Terms{CustomerPays, MerchantRefunds})
	switch {
	case a.Terms == MerchantRefunds && a.Refund == nil:
		f.AddOnce("refund", "is required with terms %s", MerchantRefunds)
	case a.Terms == CustomerPays && a.Refund != nil:
		f.AddOnce("refund", "must be left out with terms %s", CustomerPays)
	case a.Refund != nil:
		a.Refund.check(f, "refund")
	}
	strict.OneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyCustomer, PartyOperator})
	strict.Text(f, "note", a.Note, MaxText)
}

// Fits tells whether an agreement can settle a dispute about this amount; if not, the Refusal says why.
func (a Agreement) Fits(disputed Money) error {
	switch {
	case a.Terms == CustomerPays && a.ReportedBy == PartyMerchant:
		return Refuse(CodeInvalidMessage, "that the customer pays counts only when the customer or an operator reports it, not the merchant alone")
	case a.Refund != nil && a.Refund.Currency != disputed.Currency:
		return Refuse(CodeInvalidMessage, "the refund is in %s; allowed is %s, as in the dispute", a.Refund.Currency, disputed.Currency)
	case a.Refund != nil && a.Refund.Amount > disputed.Amount:
		return Refuse(CodeInvalidMessage, "the refund of %s is more than is in dispute; at most %s are allowed", a.Refund, disputed)
	}
	return nil
}

// Equal tells whether two agreements say the same.
func (a Agreement) Equal(b Agreement) bool {
	sameRefund := a.Refund == b.Refund || a.Refund != nil && b.Refund != nil && *a.Refund == *b.Refund
	a.Refund, b.Refund = nil, nil
	return sameRefund && a == b
}

// String says the terms in words.
func (a Agreement) String() string {
	if a.Refund != nil {
		return "the merchant refunds " + a.Refund.String()
	}
	return "the customer pays"
}
