package mail

import (
	"strings"
	"time"
	"unicode"

	"github.com/streitfall/streitfall/dispute"
)

// page is what a template can print. Names, ids and amounts are ready to print, dates with their words tied; an amount of
// zero and a date that there is not are empty.
type page struct {
	// Reader is the recipient's name, Recipient which side it is: merchant, customer or desk.
	Reader    string
	Recipient dispute.Party
	// ID is the dispute's, Workflow the id of its workflow.
	ID, Workflow string
	Reason       string
	// Order and Invoice are the merchant's numbers, Customer and Merchant the names of the two.
	Order, Invoice     string
	Customer, Merchant string
	// Fallback tells that the merchant gets this because the portal has refused it.
	Fallback bool
	// Amount is the amount in dispute.
	Amount string
	// Until says until when the reader can act ("until the end of Monday, 21 December 2026"), By says it as
	// short as a subject needs it ("by 21 December 2026").
	Until, By string
	// BusinessDays is the length of the period that the mail opens, ResponseDays that of the merchant's
	// first one.
	BusinessDays, ResponseDays int
	// State is where the dispute stands.
	State dispute.State
	// Move is why the deadline was moved, Shortened that it came closer.
	Move      string
	Shortened bool
	// Stage is what the desk rules on.
	Stage     dispute.Stage
	Statement string
	Evidence  []dispute.Evidence
	// Outcome and ClosedBy say how the dispute ended.
	Outcome  dispute.Outcome
	ClosedBy dispute.ClosingReason
	// Debit is what the merchant gives up. Of it, Credit came off what the customer owed and Refund goes
	// back to the customer. Open is what the customer owes now, DueDate by when.
	Debit, Credit, Refund, Open string
	DueDate                     string
}

func newPage(notice dispute.Notice, in language) page {
	p := page{
		Reader: oneLine(notice.To.Name), Recipient: notice.Key.Recipient,
		ID: oneLine(notice.Dispute.ID), Workflow: "dispute-" + oneLine(notice.Dispute.ID), Reason: string(notice.Dispute.Reason),
		Order: oneLine(notice.Dispute.OrderID), Invoice: oneLine(notice.Dispute.InvoiceID),
		Customer: oneLine(notice.Dispute.Complainant.Name), Merchant: oneLine(notice.Merchant.Name),
		Fallback: isFallback(notice), State: notice.State,
		BusinessDays: notice.BusinessDays, ResponseDays: notice.Dispute.Policy.ResponseBusinessDays,
		Move: notice.Move, Shortened: notice.Shortened,
		Stage: dispute.Stage(oneLine(string(notice.Stage))), Statement: notice.Statement, Evidence: notice.Evidence,
		Outcome: notice.Decision.Outcome, ClosedBy: notice.Decision.Reason,
	}
	if !notice.Deadline.IsZero() {
		p.Until, p.By = tie(in.until(notice.Deadline)), tie(in.by(notice.Deadline))
	}
	if due, err := time.Parse(time.DateOnly, notice.NewDueDate); err == nil {
		p.DueDate = tie(in.date(due))
	}
	p.setMoney(notice, in)
	return p
}

// isFallback tells that a message should have gone to the portal: only the copy goes by e-mail as well.
func isFallback(notice dispute.Notice) bool {
	return notice.Key.Recipient == dispute.PartyMerchant && notice.Merchant.PortalActive && notice.Key.Occasion != dispute.OccasionOpenedCopy
}

// setMoney prints the amounts the reader's way. A reader without a locale gets that of the text.
func (p *page) setMoney(notice dispute.Notice, in language) {
	locale := notice.To.Locale
	if locale == "" {
		locale = in.name
	}
	local := dispute.MoneyFormat(locale)
	format := func(minor int64) string {
		if minor == 0 {
			return ""
		}
		return local(dispute.Money{Amount: minor, Currency: oneLine(notice.Dispute.DisputedAmount.Currency)})
	}
	p.Amount = format(notice.Dispute.DisputedAmount.Amount)
	p.Debit = format(notice.Decision.Debit)
	p.Credit = format(notice.Decision.Debit - notice.Refunded)
	p.Refund = format(notice.Refunded)
	p.Open = format(notice.Outstanding)
}

// oneLine makes any text one line that cannot leave its place: no line breaks, no control characters, and
// none that turn the direction of the text around.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// quote marks every line of somebody else's text as such, so that it cannot pass for ours.
func quote(text string) string {
	lines := strings.Split(lineBreaks.Replace(strings.TrimSpace(text)), "\n")
	for i, line := range lines {
		lines[i] = string(quoted) + oneLine(line)
	}
	return strings.Join(lines, "\n")
}

// words turns a name of ours into words: proof_of_delivery into proof of delivery.
func words(name string) string {
	return strings.ReplaceAll(oneLine(name), "_", " ")
}
