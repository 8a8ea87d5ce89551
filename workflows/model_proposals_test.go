package workflows_test

import (
	"fmt"
	"slices"

	"github.com/streitfall/streitfall/dispute"
)

// proposed is a proposal of one party in the model. It has ended when it was replaced or declined.
type proposed struct {
	dispute.Offer
	number int
	told   bool
	ended  bool
	// declined means that it has ended by the other party's answer.
	declined bool
}

func (p proposed) String() string {
	return fmt.Sprint(p.number, p.ProposedBy, p.Offer, p.told, p.ended, p.declined)
}

// undecided are the waits in which proposals are accepted.
var undecided = []dispute.Wait{
	dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitAgreement, dispute.WaitStatement, dispute.WaitJustification,
	dispute.WaitEvidence, dispute.WaitDecision,
}

// standing returns the standing proposal of a party; nil without one.
func (m *model) standing(by dispute.Party) *proposed {
	for i, p := range m.proposals {
		if p.ProposedBy == by && !p.ended && m.decided == "" {
			return &m.proposals[i]
		}
	}
	return nil
}

// last returns the number of a party's last proposal, whatever became of it.
func (m *model) last(by dispute.Party) int {
	number := 1
	for _, p := range m.proposals {
		if p.ProposedBy == by {
			number = p.number
		}
	}
	return number
}

// fits reports whether an offer can settle the dispute.
func (m *model) fits(o dispute.Offer) bool {
	return o.Refund == nil || o.Refund.Currency == "EUR" && o.Refund.Amount <= m.Disputed
}

// needsNobody reports whether an offer costs nobody but the one who makes it.
func (m *model) needsNobody(o dispute.Offer) bool {
	return o.ProposedBy == dispute.PartyOperator ||
		o.ProposedBy == dispute.PartyCustomer && o.Refund == nil ||
		o.ProposedBy == dispute.PartyMerchant && o.Refund != nil && o.Refund.Amount == m.Disputed
}

func (m *model) propose(o dispute.Offer) dispute.Code {
	if code := m.allows(dispute.UpdatePropose+string(o.ProposedBy), 20, undecided...); code != "" {
		return code
	}
	if !m.fits(o) {
		return dispute.CodeInvalidMessage
	}
	m.accepted[dispute.UpdatePropose+string(o.ProposedBy)]++
	if o.ProposedBy == dispute.PartyMerchant {
		m.react()
	}
	m.offer(o)
	return ""
}

// offer is an agreement if it needs nobody else or the other party has proposed the same; else it is a proposal, unless its
// own party has proposed the same already.
func (m *model) offer(o dispute.Offer) {
	if m.agrees(o) {
		m.settleOn(o)
		return
	}
	if m.repeats(o) {
		return
	}
	if mine := m.standing(o.ProposedBy); mine != nil {
		m.ends(mine)
	}
	m.proposals = append(m.proposals, proposed{Offer: o, number: o.NumberOf(m.sequence + len(m.proposals) + 1)})
	if m.paused {
		m.tellProposals()
	}
}

// agrees reports whether an offer is the agreement: it needs nobody else, or the other party has proposed the same.
func (m *model) agrees(o dispute.Offer) bool {
	other := m.standing(o.ProposedBy.Other())
	return m.needsNobody(o) || other != nil && sameTerms(other.Offer, o)
}

// agreesAfterAll reports whether an offer whose proposal was declined is what the other party has proposed since.
func (m *model) agreesAfterAll(o dispute.Offer) bool {
	for _, p := range slices.Backward(m.proposals) {
		if p.ProposedBy == o.ProposedBy {
			return p.declined && sameTerms(p.Offer, o) && m.agrees(o)
		}
	}
	return false
}

// repeats reports whether an offer is what its party has proposed already.
func (m *model) repeats(o dispute.Offer) bool {
	mine := m.standing(o.ProposedBy)
	return mine != nil && sameTerms(mine.Offer, o) && mine.Message == o.Message
}

func sameTerms(a, b dispute.Offer) bool {
	return a.Terms == b.Terms && refundIn(a) == refundIn(b)
}

func refundIn(o dispute.Offer) int64 {
	if o.Refund == nil {
		return 0
	}
	return o.Refund.Amount
}

func (m *model) settleOn(o dispute.Offer) {
	m.refund = refundIn(o)
	m.decide(dispute.ClosedByAgreement)
}

// ends ends a proposal; the message with it is not sent any more.
func (m *model) ends(p *proposed) {
	p.ended = true
	m.underWay = slices.DeleteFunc(m.underWay, func(message message) bool {
		return message.occasion.Original() == dispute.OccasionProposalMade && message.number == p.number
	})
}

// tellProposals tells the other party of each standing proposal, once.
func (m *model) tellProposals() {
	for i, p := range m.proposals {
		if !p.told && !p.ended {
			m.proposals[i].told = true
			m.tell(dispute.OccasionProposalMade, p.number, p.ProposedBy.Other(), p.Offer.String())
		}
	}
}

// sayAgain sends a party what its side has refused before, but for proposals that have ended.
func (m *model) sayAgain(to dispute.Party) {
	unsaid := m.unsaid
	m.unsaid = nil
	for _, said := range unsaid {
		switch {
		case said.to != to:
			m.unsaid = append(m.unsaid, said)
		case said.occasion == dispute.OccasionMessage || m.stands(said.number):
			m.tell(said.occasion, said.number, to, said.says)
		}
	}
}

func (m *model) stands(number int) bool {
	return slices.ContainsFunc(m.proposals, func(p proposed) bool { return p.number == number && !p.ended })
}

// tell sends a message that has a number of its own.
func (m *model) tell(occasion dispute.Occasion, number int, to dispute.Party, says string) {
	m.notify(occasion, to, says)
	m.underWay[len(m.underWay)-1].number = number
}

// answer accepts or declines a proposal of the other party that stands under the number.
func (m *model) answer(number int, accept bool, by dispute.Party) dispute.Code {
	code := m.allows(dispute.UpdateAnswerProposal, 1000, undecided...)
	other := m.standing(by.Other())
	switch {
	case code != "":
		return code
	case other == nil || other.number != number:
		return dispute.CodeNotAccepted
	}
	if by == dispute.PartyMerchant {
		m.react()
	}
	if accept {
		m.settleOn(other.Offer)
		return ""
	}
	other.declined = true
	m.ends(other)
	m.tell(dispute.OccasionProposalDeclined, number, by.Other(), other.Offer.String())
	return ""
}

// respond passes on what a party has written.
func (m *model) respond(r dispute.Response) dispute.Code {
	code := m.accepts(dispute.UpdateRespond+string(r.Sender()), 20, dispute.WaitAgreement)
	if code != "" {
		return code
	}
	if r.Sender() == dispute.PartyMerchant {
		m.react()
	}
	m.remarks++
	m.tell(dispute.OccasionMessage, r.NumberOf(m.sequence+m.remarks), r.Sender().Other(), r.Message)
	return ""
}

// The offers of the sequences. Depending on the disputed amount they are proposals, agreements or too much.
var (
	refunds3000  = dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ProposedBy: dispute.PartyMerchant}
	refunds1     = dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 1, Currency: "EUR"}, Message: "No more.", ProposedBy: dispute.PartyMerchant}
	letsPay      = dispute.Offer{Terms: dispute.CustomerPays, ProposedBy: dispute.PartyMerchant}
	wants3000    = dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ProposedBy: dispute.PartyCustomer}
	wantsAll     = dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 12990, Currency: "EUR"}, ProposedBy: dispute.PartyCustomer}
	offersToPay  = dispute.Offer{Terms: dispute.CustomerPays, ProposedBy: dispute.PartyCustomer}
	wantsAnother = dispute.Offer{Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 100, Currency: "SEK"}, ProposedBy: dispute.PartyCustomer}
)

func proposal(o dispute.Offer) action {
	return update(dispute.UpdatePropose, o, func(m *model) dispute.Code { return m.propose(o) })
}

func response(by dispute.Party) action {
	r := dispute.Response{Message: "This is what the " + string(by) + " says.", ReportedBy: by}
	return update(dispute.UpdateRespond, r, func(m *model) dispute.Code { return m.respond(r) })
}

// answerTo answers a proposal that which chooses in the model, before anything that happens in the same moment.
func answerTo(which func(*model) int, accept bool, by dispute.Party) action {
	return action{
		does: func(t *comparison) *reply {
			t.model.answering = which(t.model)
			return t.send(dispute.UpdateAnswerProposal, dispute.ProposalAnswer{Proposal: t.model.answering, Accept: &accept, AnsweredBy: by})
		},
		means: func(m *model) dispute.Code { return m.answer(m.answering, accept, by) },
	}
}

func lastOf(by dispute.Party) func(*model) int {
	return func(m *model) int { return m.last(by) }
}

// firstProposal is the number of the first proposal of all, which most often was replaced or answered long ago.
func firstProposal(m *model) int {
	if len(m.proposals) == 0 {
		return 1
	}
	return m.proposals[0].number
}

// inOneMoment performs two actions at once; the reply is that of the second. The second may not overtake a message that the
// first causes: whether that still goes out is for chance to decide.
func inOneMoment(first, second action) action {
	return action{
		does: func(t *comparison) *reply {
			first.does(t)
			return second.does(t)
		},
		means: func(m *model) dispute.Code {
			first.means(m)
			return second.means(m)
		},
	}
}

// bargained returns the next move of the two: the merchant proposes, and the customer accepts.
func (t *comparison) bargained() action {
	if t.model.standing(dispute.PartyMerchant) != nil {
		return actions["the customer accepts"]
	}
	return actions["the merchant proposes a refund"]
}
