package dispute

import "github.com/streitfall/streitfall/dispute/strict"

// Terms are the terms on which merchant and customer agreed.
type Terms string

// The terms of an agreement.
const (
	// CustomerPays reactivates the whole invoice.
	CustomerPays Terms = "customer_pays"
	// MerchantRefunds debits the agreed refund to the merchant and reactivates the rest of the invoice.
	MerchantRefunds Terms = "merchant_refunds"
)

// Agreement reports that merchant and customer have agreed.
type Agreement struct {
	Terms Terms `json:"terms"`
	// Refund is what the merchant refunds, at most the disputed amount. Only with MerchantRefunds.
	Refund *Money `json:"refund,omitempty"`
	// ReportedBy is merchant, customer or operator. The merchant alone cannot report CustomerPays.
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
		a.Refund.checkForm(f, "refund")
	}
	strict.OneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyCustomer, PartyOperator})
	strict.Text(f, "note", a.Note, MaxText)
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

// Fits returns nil if the agreement can settle a dispute about this amount, else a Refusal with CodeInvalidMessage.
func (a Agreement) Fits(disputed Money) error {
	switch {
	case a.Terms == CustomerPays && a.ReportedBy == PartyMerchant:
		return Refuse(CodeInvalidMessage, "the terms %s must be reported by the customer or an operator, not by the merchant alone", CustomerPays)
	case a.Refund != nil && a.Refund.Currency != disputed.Currency:
		return Refuse(CodeInvalidMessage, "the refund is in %s, but the dispute is in %s", a.Refund.Currency, disputed.Currency)
	case a.Refund != nil && a.Refund.Amount > disputed.Amount:
		return Refuse(CodeInvalidMessage, "the refund of %s exceeds the disputed amount of %s", a.Refund, disputed)
	}
	return nil
}

// Equal reports whether two agreements have the same content.
func (a Agreement) Equal(b Agreement) bool {
	sameRefund := a.Refund == b.Refund || a.Refund != nil && b.Refund != nil && *a.Refund == *b.Refund
	a.Refund, b.Refund = nil, nil
	return sameRefund && a == b
}

// String describes the terms: "the merchant refunds 5.00 EUR".
func (a Agreement) String() string {
	if a.Refund != nil {
		return "the merchant refunds " + a.Refund.String()
	}
	return "the customer pays"
}
