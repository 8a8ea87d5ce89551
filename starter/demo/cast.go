package demo

import (
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// scene says between whom a dispute of the demo is, and about how much money. What the two do is a path of parties.
type scene struct {
	merchant dispute.Merchant
	customer dispute.Complainant
	reason   dispute.Reason
	// billed, paid and disputed are in minor units of currency.
	billed, paid, disputed int64
	currency               string
	calendar               string
}

var (
	nordlicht  = dispute.Merchant{ID: "nordlicht", Name: "Nordlicht Kaffee GmbH", Email: "service@nordlicht-kaffee.example", Locale: "de-DE", PortalActive: true, EmailOnDispute: true}
	werkbank   = dispute.Merchant{ID: "werkbank", Name: "Werkbank Hoffmann e. K.", Email: "hoffmann@werkbank.example", Locale: "de-DE"}
	skogsro    = dispute.Merchant{ID: "skogsro", Name: "Skogsro Friluft AB", Email: "kundtjanst@skogsro.example", Locale: "sv-SE", PortalActive: true}
	alpenglueh = dispute.Merchant{ID: "alpenglueh", Name: "Alpenglüh Sport GmbH", Email: "office@alpenglueh.example", Locale: "de-AT"}
	westwind   = dispute.Merchant{ID: "westwind", Name: "Westwind Outdoor Ltd", Email: "service@westwind.example", Locale: "en-IE", PortalActive: true, EmailOnDispute: true}

	merchants = []dispute.Merchant{nordlicht, werkbank, skogsro, alpenglueh, westwind}

	jonas   = dispute.Complainant{ID: "c-jonas", Name: "Jonas Weber", Email: "jonas.weber@mail.example", Locale: "de-DE"}
	aylin   = dispute.Complainant{ID: "c-aylin", Name: "Aylin Yıldız", Email: "aylin@mail.example", Locale: "de-DE"}
	astrid  = dispute.Complainant{ID: "c-astrid", Name: "Astrid Öberg", Email: "astrid.oberg@mail.example", Locale: "sv-SE"}
	leopold = dispute.Complainant{ID: "c-leopold", Name: "Leopold Gruber", Email: "leopold@mail.example", Locale: "de-AT"}
	emma    = dispute.Complainant{ID: "c-emma", Name: "Emma Byrne", Email: "emma.byrne@mail.example", Locale: "en-IE"}
)

// scenes has a dispute for every closing reason.
var scenes = map[dispute.ClosingReason]scene{
	dispute.ClosedByAgreement: {
		merchant: nordlicht, customer: jonas, reason: dispute.ReasonFaultyGoods,
		billed: 12990, disputed: 12990, currency: "EUR", calendar: "DE-BY",
	},
	dispute.ClosedByWithdrawal: {
		merchant: werkbank, customer: aylin, reason: dispute.ReasonGoodsNotReceived,
		billed: 8450, disputed: 8450, currency: "EUR", calendar: "DE",
	},
	dispute.ClosedNotSubstantiated: {
		merchant: skogsro, customer: astrid, reason: dispute.ReasonFaultyGoods,
		billed: 124900, disputed: 124900, currency: "SEK", calendar: "SE",
	},
	dispute.ClosedNotJustified: {
		merchant: alpenglueh, customer: leopold, reason: dispute.ReasonAlreadyPaid,
		billed: 21900, disputed: 21900, currency: "EUR", calendar: "AT",
	},
	dispute.ClosedForMerchant: {
		merchant: nordlicht, customer: aylin, reason: dispute.ReasonGoodsNotReceived,
		billed: 5990, disputed: 5990, currency: "EUR", calendar: "DE-BE",
	},
	dispute.ClosedLossAccepted: {
		merchant: werkbank, customer: jonas, reason: dispute.ReasonReturn,
		billed: 34900, paid: 34900, disputed: 34900, currency: "EUR", calendar: "DE-HE",
	},
	dispute.ClosedMerchantSilent: {
		merchant: alpenglueh, customer: leopold, reason: dispute.ReasonGoodsNotReceived,
		billed: 47900, disputed: 47900, currency: "EUR", calendar: "AT",
	},
	dispute.ClosedNoInformation: {
		merchant: skogsro, customer: astrid, reason: dispute.ReasonReturn,
		billed: 89900, paid: 40000, disputed: 89900, currency: "SEK", calendar: "SE",
	},
	dispute.ClosedForCustomer: {
		merchant: westwind, customer: emma, reason: dispute.ReasonIncorrectInvoice,
		billed: 69900, paid: 69900, disputed: 34950, currency: "EUR", calendar: "TARGET",
	},
	dispute.ClosedByOperator: {
		merchant: nordlicht, customer: leopold, reason: dispute.ReasonHighRiskOrder,
		billed: 15900, disputed: 15900, currency: "EUR", calendar: "DE-SN",
	},
}

// cases returns the demo's disputes, demo-01 to demo-10, in the order of parties.Paths.
func cases(now time.Time) []parties.Case {
	all := make([]parties.Case, len(parties.Paths))
	for i, path := range parties.Paths {
		all[i] = scenes[path.Ends].play(fmt.Sprintf("%02d", i+1), path, now)
	}
	return all
}

func (s scene) play(number string, path parties.Path, now time.Time) parties.Case {
	order, invoice := "order-"+number, "invoice-"+number
	return parties.Case{
		Path: path, Merchant: s.merchant,
		Invoice: dispute.Invoice{
			ID: invoice, OrderID: order, MerchantID: s.merchant.ID, CustomerID: s.customer.ID,
			Amount: dispute.Money{Amount: s.billed, Currency: s.currency}, Paid: s.paid,
			DueDate: now.AddDate(0, 0, 14).Format(time.DateOnly),
		},
		Dispute: dispute.Dispute{
			ID: "demo-" + number, Reason: s.reason, OrderID: order, InvoiceID: invoice,
			DisputedAmount: dispute.Money{Amount: s.disputed, Currency: s.currency},
			Complainant:    s.customer, MerchantID: s.merchant.ID, Calendar: s.calendar,
		},
	}
}
