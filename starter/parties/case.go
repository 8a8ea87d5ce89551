// Package parties drives disputes as merchants, customers, the desk and operators do, by scripts. Each party repeats a
// message until the dispute has answered it, whatever fails meanwhile; Ending says how the dispute has to end then.
package parties

import (
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Case is a dispute that has not been opened yet, with the path that its parties will take.
type Case struct {
	Merchant dispute.Merchant
	Invoice  dispute.Invoice
	Dispute  dispute.Dispute
	Path     Path
	number   int
}

// NewCase returns the case of an id. The number varies what the path leaves open: the channels to the merchant, what
// the customer has paid, how much is disputed. The same id and number make the same case on the same day.
func NewCase(id string, number int, path Path) Case {
	c := Case{
		Path: path, number: number,
		Merchant: dispute.Merchant{ID: "m-" + id, Name: "Nordlicht GmbH", Email: "shop@" + id + ".example", Locale: "de-DE"},
	}
	c.Merchant.PortalActive = number%3 > 0
	c.Merchant.EmailOnDispute = number%3 == 2
	billed := int64(10000 + number%97)
	c.Invoice = dispute.Invoice{
		ID: "i-" + id, OrderID: "o-" + id, MerchantID: c.Merchant.ID, CustomerID: "c-" + id,
		Amount: dispute.Money{Amount: billed, Currency: "EUR"}, Paid: billed * int64(number%4) / 3,
		DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}
	c.Dispute = dispute.Dispute{
		ID: id, Reason: dispute.ReasonGoodsNotReceived, OrderID: c.Invoice.OrderID, InvoiceID: c.Invoice.ID,
		DisputedAmount: dispute.Money{Amount: billed - int64(number%5)*1000, Currency: "EUR"}, MerchantID: c.Merchant.ID,
		Complainant: dispute.Complainant{ID: c.Invoice.CustomerID, Name: "Jonas Weber", Email: "jonas@" + id + ".example", Locale: "de-DE"},
	}
	return c
}

// Import returns the merchants and invoices of cases, which the ledger needs before they are opened.
func Import(cases []Case) dispute.Import {
	var in dispute.Import
	for _, c := range cases {
		in.Merchants = append(in.Merchants, c.Merchant)
		in.Invoices = append(in.Invoices, c.Invoice)
	}
	return in
}

// Message returns the name of a message from the dispute, made of occasion and recipient: "opened/merchant".
func Message(occasion dispute.Occasion, recipient dispute.Party) string {
	return fmt.Sprintf("%s/%s", occasion, recipient)
}

// messages counts the messages that every dispute of the case sends, by name.
func (c Case) messages() map[string]int {
	count := map[string]int{
		Message(dispute.OccasionOpened, dispute.PartyMerchant):   1,
		Message(dispute.OccasionReceived, dispute.PartyCustomer): 1,
		Message(dispute.OccasionClosed, dispute.PartyMerchant):   1,
		Message(dispute.OccasionClosed, dispute.PartyCustomer):   1,
	}
	if c.Merchant.PortalActive && c.Merchant.EmailOnDispute {
		count[Message(dispute.OccasionOpenedCopy, dispute.PartyMerchant)] = 1
	}
	return count
}
