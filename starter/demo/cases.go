package demo

import (
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// scenario is one dispute of the demo and what its parties do.
type scenario struct {
	// ends is how the dispute must end.
	ends dispute.ClosingReason
	// story says in a line what it is about.
	story    string
	merchant string
	customer dispute.Complainant
	reason   dispute.Reason
	// billed, paid and disputed are in minor units of currency.
	billed, paid, disputed int64
	currency               string
	calendar               string
	script                 []step
}

var (
	merchants = []dispute.Merchant{
		{ID: "nordlicht", Name: "Nordlicht Kaffee GmbH", Email: "service@nordlicht-kaffee.example", Locale: "de-DE", PortalActive: true, EmailOnDispute: true},
		{ID: "werkbank", Name: "Werkbank Hoffmann e. K.", Email: "hoffmann@werkbank.example", Locale: "de-DE"},
		{ID: "skogsro", Name: "Skogsro Friluft AB", Email: "kundtjanst@skogsro.example", Locale: "sv-SE", PortalActive: true},
		{ID: "alpenglueh", Name: "Alpenglüh Sport GmbH", Email: "office@alpenglueh.example", Locale: "de-AT"},
	}

	jonas   = dispute.Complainant{ID: "c-jonas", Name: "Jonas Weber", Email: "jonas.weber@mail.example", Locale: "de-DE"}
	aylin   = dispute.Complainant{ID: "c-aylin", Name: "Aylin Yıldız", Email: "aylin@mail.example", Locale: "de-DE"}
	astrid  = dispute.Complainant{ID: "c-astrid", Name: "Astrid Öberg", Email: "astrid.oberg@mail.example", Locale: "sv-SE"}
	leopold = dispute.Complainant{ID: "c-leopold", Name: "Leopold Gruber", Email: "leopold@mail.example", Locale: "de-AT"}
)

// scenarios has one dispute for every closing reason of the process.
var scenarios = []scenario{
	{
		ends: dispute.ClosedByAgreement, story: "The espresso machine came with a scratch; they agree on 30 EUR back",
		merchant: "nordlicht", customer: jonas, reason: dispute.ReasonFaultyGoods,
		billed: 12990, disputed: 12990, currency: "EUR", calendar: "DE-BY",
		script: []step{
			respond("Das tut uns leid. Wären 30 Euro Nachlass für Sie in Ordnung?"),
			agree(dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant}),
		},
	},
	{
		ends: dispute.ClosedByWithdrawal, story: "The lost parcel was at the neighbour's",
		merchant: "werkbank", customer: aylin, reason: dispute.ReasonGoodsNotReceived,
		billed: 8450, disputed: 8450, currency: "EUR", calendar: "DE",
		script: []step{withdraw("Das Paket lag beim Nachbarn.")},
	},
	{
		ends: dispute.ClosedNotSubstantiated, story: "Klarna asks for the reason; the customer never answers",
		merchant: "skogsro", customer: astrid, reason: dispute.ReasonFaultyGoods,
		billed: 124900, disputed: 124900, currency: "SEK", calendar: "SE",
		script: []step{
			respond("Vilken del av tältet är trasig?"),
			periodPasses(dispute.WaitAgreement), periodPasses(dispute.WaitStatement),
		},
	},
	{
		ends: dispute.ClosedNotJustified, story: "Paid already, says the customer, but for another order",
		merchant: "alpenglueh", customer: leopold, reason: dispute.ReasonAlreadyPaid,
		billed: 21900, disputed: 21900, currency: "EUR", calendar: "AT",
		script: []step{
			respond("Die Zahlung gehörte zur Bestellung davor."),
			periodPasses(dispute.WaitAgreement), state("Ich habe am 3. November überwiesen."),
			judge(false, "Die Überweisung nennt die frühere Bestellung."),
		},
	},
	{
		ends: dispute.ClosedForMerchant, story: "Never came, says the customer; the courier has a signature",
		merchant: "nordlicht", customer: aylin, reason: dispute.ReasonGoodsNotReceived,
		billed: 5990, disputed: 5990, currency: "EUR", calendar: "DE-BE",
		script: []step{
			respond("Laut Zusteller wurde das Paket übergeben."),
			periodPasses(dispute.WaitAgreement), state("Bei mir ist nichts angekommen."),
			judge(true, "Ohne Zustellnachweis ist die Reklamation schlüssig."),
			submit("Zustellnachweis mit Unterschrift liegt bei."),
			decide(dispute.PartyMerchant, "Die Unterschrift ist die der Kundin."),
		},
	},
	{
		ends: dispute.ClosedLossAccepted, story: "The merchant sent the wrong saw and says so",
		merchant: "werkbank", customer: jonas, reason: dispute.ReasonReturn,
		billed: 34900, paid: 34900, disputed: 34900, currency: "EUR", calendar: "DE-HE",
		script: []step{acceptLoss("Unser Fehler: die falsche Säge verschickt.")},
	},
	{
		ends: dispute.ClosedMerchantSilent, story: "The merchant never reacts",
		merchant: "alpenglueh", customer: leopold, reason: dispute.ReasonGoodsNotReceived,
		billed: 47900, disputed: 47900, currency: "EUR", calendar: "AT",
		script: []step{periodPasses(dispute.WaitAgreement)},
	},
	{
		ends: dispute.ClosedNoInformation, story: "Returned but not credited; the merchant sends no papers",
		merchant: "skogsro", customer: astrid, reason: dispute.ReasonReturn,
		billed: 89900, paid: 40000, disputed: 89900, currency: "SEK", calendar: "SE",
		script: []step{
			respond("Vi letar efter returen."),
			periodPasses(dispute.WaitAgreement), state("Jag har kvittot på returen."),
			judge(true, "Returkvittot räcker."), periodPasses(dispute.WaitEvidence),
		},
	},
	{
		ends: dispute.ClosedForCustomer, story: "Billed twice for one pair of skis; the evidence shows it",
		merchant: "alpenglueh", customer: jonas, reason: dispute.ReasonIncorrectInvoice,
		billed: 69900, paid: 69900, disputed: 34950, currency: "EUR", calendar: "TARGET",
		script: []step{
			respond("Es waren zwei Paar."),
			periodPasses(dispute.WaitAgreement), state("Bestellt war ein Paar, berechnet sind zwei."),
			judge(true, "Die Bestellbestätigung nennt ein Paar."),
			submit("Lieferschein liegt bei."),
			decide(dispute.PartyCustomer, "Auch der Lieferschein nennt nur ein Paar."),
		},
	},
	{
		ends: dispute.ClosedByOperator, story: "Opened for the wrong order; an operator cancels it",
		merchant: "nordlicht", customer: leopold, reason: dispute.ReasonHighRiskOrder,
		billed: 15900, disputed: 15900, currency: "EUR", calendar: "DE-SN",
		script: []step{cancel()},
	},
}

// invoice and dispute of a scenario.

func (s scenario) invoice(id string, now time.Time) dispute.Invoice {
	return dispute.Invoice{
		ID: "invoice-" + id, OrderID: "order-" + id, MerchantID: s.merchant, CustomerID: s.customer.ID,
		Amount: dispute.Money{Amount: s.billed, Currency: s.currency}, Paid: s.paid,
		DueDate: now.AddDate(0, 0, 14).Format(time.DateOnly),
	}
}

func (s scenario) dispute(id string, now time.Time) dispute.Dispute {
	return dispute.Dispute{
		ID: "demo-" + id, OpenedAt: now, Reason: s.reason, OrderID: "order-" + id, InvoiceID: "invoice-" + id,
		DisputedAmount: dispute.Money{Amount: s.disputed, Currency: s.currency},
		Complainant:    s.customer, MerchantID: s.merchant, Calendar: s.calendar,
	}
}
