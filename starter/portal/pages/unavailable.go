package pages

import (
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// Unavailable is a dispute whose live details cannot be had at the moment: what the list of cases knows of it. The viewer is
// the merchant, the customer, the desk or an operator.
func Unavailable(c ledger.CaseSummary, v Viewer, x CaseContext) Page {
	known := dispute.Case{Dispute: dispute.Dispute{
		ID: c.DisputeID, OrderID: c.OrderID, InvoiceID: c.InvoiceID, DisputedAmount: c.DisputedAmount, Reason: c.Reason,
		MerchantID: c.MerchantID, Calendar: c.Calendar,
	}, State: c.State, WaitingFor: c.WaitingFor}
	t := newCaseTeller(known, v.Party, v, x)
	state, lines := "", []string{t.say("unavailable.text")}
	if t.party == dispute.PartyMerchant {
		state = t.perhaps(waitKey(c))
	}
	if t.party == dispute.PartyMerchant || t.party == dispute.PartyCustomer { // who have deadlines
		lines = append(lines, t.say("unavailable.deadline"))
	}
	return Case{
		ID: line(c.DisputeID), Heading: t.heading(), Unavailable: true, Facts: t.facts(), filled: x.Filled,
		Lead: Lead{
			Tone: toneWait, Title: t.say("unavailable.title"), Cost: state, Deadline: t.seen(c.WaitingFor, t.deadline(c.Deadline, c.Calendar)),
			Lines: lines,
			Links: []Link{{Href: CasePath(c.DisputeID), Text: t.say("unavailable.retry"), Main: true}},
		},
	}
}

// seen returns the deadline of a wait, for a customer only if it is the customer's own: that the merchant was asked for
// information, customers learn by the result.
func (t caseTeller) seen(wait dispute.Wait, d *Deadline) *Deadline {
	if wait != dispute.WaitStatement && t.party == dispute.PartyCustomer {
		return nil
	}
	return d
}
