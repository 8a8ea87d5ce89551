package mail

import (
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/dispute/plain"
)

// page has everything that a template can print. Names, ids, amounts and dates are formatted for the reader; amounts of
// zero and missing dates are empty.
type page struct {
	// Reader is the recipient's name, Recipient the recipient's role: merchant, customer or desk.
	Reader    string
	Recipient dispute.Party
	// Sender signs the mail. Provider runs and decides the dispute; OnBehalfOf is the provider too, empty where it is
	// the sender itself.
	Sender, OnBehalfOf, Provider string
	// NewAddress is the address of the merchant's settings that is to be confirmed.
	NewAddress string
	// ID identifies the dispute, Workflow its workflow.
	ID, Workflow string
	Reason       string
	// Order and Invoice are the merchant's numbers, Customer and Merchant the names of the two.
	Order, Invoice     string
	Customer, Merchant string
	// Link is where the reader acts, or "" where there is no portal.
	Link string
	// Fallback is true if the merchant gets this because the webhook did not take it, Copy if the merchant's settings ask for
	// it beside the portal's message, and Webhook if that one went to a webhook.
	Fallback, Copy, Webhook bool
	// Amount is the amount in dispute.
	Amount string
	// Until is the deadline in full ("until the end of Monday, 21 December 2026"), By its short form for the subject
	// ("by 21 December 2026").
	Until, By string
	// BusinessDays is the length of the period that the mail opens, ResponseDays the length of the response window.
	BusinessDays, ResponseDays int
	// State is the state of the dispute when the mail was caused.
	State dispute.State
	// Move is the reason why an operator moved the deadline; Shortened is true if it is now earlier. Outage is true if the
	// deadline was moved because it could not be handled in time, Kept if a later one that was set before still counts.
	Move                    string
	Shortened, Outage, Kept bool
	// Stage is the question that the desk rules on.
	Stage dispute.Stage
	// Complaint is what the customer wrote with the opening; nil for nothing.
	Complaint      *dispute.Complaint
	Statement      string
	StatementFiles []dispute.File
	Evidence       []dispute.Evidence
	// Other is the name of the other party: that of the customer in a merchant's mail. Message is what it has written.
	Other, Message string
	// Offered is the refund of a proposal, empty if the customer is to pay. ProposalText is what its party has written with it,
	// ProposalAnswer what the other one has answered.
	Offered                      string
	ProposalNumber               int
	ProposalText, ProposalAnswer string
	// Outcome and ClosedBy are the result of the dispute and its reason.
	Outcome  dispute.Outcome
	ClosedBy dispute.ClosingReason
	// Debit is the amount debited from the merchant. Credit is the part of it that reduced what the customer owed,
	// Refund the part that goes back to the customer. OwedBack is what the customer has paid too much; Back is both together.
	// Outstanding is what the customer still owes, by DueDate.
	Debit, Credit, Refund, OwedBack, Back, Outstanding string
	DueDate                                            string
}

func newPage(notice dispute.Notice, in language.Language, from sender, link string) page {
	p := page{
		Reader: oneLine(notice.To.Name), Recipient: notice.Key.Recipient,
		Sender: from.address.Name, OnBehalfOf: from.onBehalfOf(), Provider: from.provider,
		Link: link, ID: oneLine(notice.Dispute.ID), Workflow: "dispute-" + oneLine(notice.Dispute.ID), Reason: string(notice.Dispute.Reason),
		Order: oneLine(notice.Dispute.OrderID), Invoice: oneLine(notice.Dispute.InvoiceID),
		Customer: oneLine(notice.Dispute.Complainant.Name), Merchant: oneLine(notice.Merchant.Name),
		Fallback: isFallback(notice), Copy: notice.Key.Occasion.IsCopy(), Webhook: notice.Merchant.Webhook.URL != "", State: notice.State,
		BusinessDays: notice.BusinessDays, ResponseDays: notice.Dispute.Policy.ResponseBusinessDays,
		Move: notice.Move, Shortened: notice.Shortened,
		Stage: dispute.Stage(oneLine(string(notice.Stage))), Complaint: notice.Dispute.Complaint,
		Statement: notice.Statement, StatementFiles: notice.StatementFiles, Evidence: notice.Evidence,
		Message: notice.Message,
		Outcome: notice.Decision.Outcome, ClosedBy: notice.Decision.Reason,
	}
	p.Outage, p.Kept = notice.Move == dispute.MoveOutage, notice.Move == dispute.MoveTakeover
	if p.Outage || p.Kept {
		p.Move = ""
	}
	if !notice.Deadline.IsZero() {
		p.Until, p.By = tie(in.Until(notice.Deadline)), tie(in.By(notice.Deadline))
	}
	if due, err := time.Parse(time.DateOnly, notice.NewDueDate); err == nil {
		p.DueDate = tie(in.Date(due))
	}
	if p.Other = p.Customer; notice.Key.Recipient == dispute.PartyCustomer {
		p.Other = p.Merchant
	}
	if proposal := notice.Proposal; proposal != nil {
		p.ProposalNumber, p.ProposalText, p.ProposalAnswer = proposal.Number, proposal.Message, proposal.Answer
	}
	p.setMoney(notice, in)
	return p
}

// isFallback reports whether a mail takes the place of a message that the merchant's webhook did not take. The only mails
// that merchants get beside the portal are copies.
func isFallback(notice dispute.Notice) bool {
	return notice.Key.Recipient == dispute.PartyMerchant && notice.Merchant.PortalActive && notice.Merchant.Webhook.URL != "" &&
		!notice.Key.Occasion.IsCopy()
}

// setMoney formats the amounts in the reader's locale, by default that of the text.
func (p *page) setMoney(notice dispute.Notice, in language.Language) {
	locale := notice.To.Locale
	if locale == "" {
		locale = in.Name()
	}
	local := dispute.MoneyFormat(locale)
	format := func(minor int64) string {
		if minor == 0 {
			return ""
		}
		return local(dispute.Money{Amount: minor, Currency: oneLine(notice.Dispute.DisputedAmount.Currency)})
	}
	if notice.Proposal != nil && notice.Proposal.Refund != nil {
		p.Offered = format(notice.Proposal.Refund.Amount)
	}
	p.Amount = format(notice.Dispute.DisputedAmount.Amount)
	p.Debit = format(notice.Credited + notice.Refunded)
	p.Credit = format(notice.Credited)
	p.Refund = format(notice.Refunded)
	p.OwedBack = format(notice.OwedBack)
	p.Back = format(notice.Refunded + notice.OwedBack)
	p.Outstanding = format(notice.Outstanding)
}

// oneLine makes text a single line that cannot break out of its place.
func oneLine(text string) string {
	return strings.Join(strings.Fields(plain.Line(text)), " ")
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// quote marks every line of another party's text as quoted, so that it cannot pass for ours.
func quote(text string) string {
	lines := strings.Split(lineBreaks.Replace(strings.TrimSpace(text)), "\n")
	for i, line := range lines {
		lines[i] = string(quoted) + oneLine(line)
	}
	return strings.Join(lines, "\n")
}

// words turns an identifier into words: proof_of_delivery into proof of delivery.
func words(name string) string {
	return strings.ReplaceAll(oneLine(name), "_", " ")
}
