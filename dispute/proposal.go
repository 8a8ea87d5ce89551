package dispute

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Offer is what a party would agree to. It is an agreement at once if it is Binding or equals the other party's standing
// proposal; else it becomes the party's own Proposal.
type Offer struct {
	Terms Terms `json:"terms"`
	// Refund is what the merchant refunds, at most the disputed amount. Only with MerchantRefunds.
	Refund  *Money `json:"refund,omitempty"`
	Message string `json:"message,omitzero"`
	// ProposedBy is merchant or customer.
	ProposedBy Party `json:"proposedBy"`
}

func (o Offer) check(f *Faults) {
	checkTerms(f, o.Terms, o.Refund)
	strict.Text(f, "message", o.Message, MaxText)
	strict.OneOf(f, "proposedBy", o.ProposedBy, []Party{PartyMerchant, PartyCustomer})
}

// Sender returns the party whose limit the offer counts towards.
func (o Offer) Sender() Party { return o.ProposedBy }

// Fits returns nil if the offer can settle a dispute about this amount, else a Refusal with CodeInvalidMessage.
func (o Offer) Fits(disputed Money) error {
	switch {
	case o.Refund != nil && o.Refund.Currency != disputed.Currency:
		return Refuse(CodeInvalidMessage, "the refund is in %s, but the dispute is in %s", o.Refund.Currency, disputed.Currency)
	case o.Refund != nil && o.Refund.Amount > disputed.Amount:
		return Refuse(CodeInvalidMessage, "the refund of %s exceeds the disputed amount of %s", o.Refund, disputed)
	}
	return nil
}

// Binding reports whether the offer is an agreement by itself, because it costs nobody but the party that makes it: the
// customer pays, or the merchant refunds all that is disputed. An operator vouches for both parties. All other terms bind
// nobody until the other party has said the same.
func (o Offer) Binding(disputed Money) bool {
	switch o.ProposedBy { //nolint:exhaustive // nobody else makes offers
	case PartyOperator:
		return true
	case PartyCustomer:
		return o.Terms == CustomerPays
	case PartyMerchant:
		return o.Terms == MerchantRefunds && o.Refund != nil && *o.Refund == disputed
	default:
		return false
	}
}

// String describes the terms: "the merchant refunds 5.00 EUR".
func (o Offer) String() string { return describe(o.Refund) }

// ProposalAnswer accepts or declines the other party's standing proposal.
type ProposalAnswer struct {
	// Proposal is the number of the proposal. A proposal that replaces it has another one, so nobody accepts what has
	// changed meanwhile.
	Proposal int `json:"proposal"`
	// Accept is required.
	Accept *bool `json:"accept,omitempty"`
	// AnsweredBy is merchant or customer.
	AnsweredBy Party  `json:"answeredBy"`
	Note       string `json:"note,omitzero"`
}

func (a ProposalAnswer) check(f *Faults) {
	if a.Proposal < 1 || int64(a.Proposal) > strict.MaxInteger {
		f.AddOnce("proposal", "must be the number of a proposal")
	}
	if a.Accept == nil {
		f.AddOnce("accept", "is required: true or false")
	}
	strict.OneOf(f, "answeredBy", a.AnsweredBy, []Party{PartyMerchant, PartyCustomer})
	strict.Text(f, "note", a.Note, MaxText)
}

// ProposalState is what became of a proposal.
type ProposalState string

// The states of a proposal. Only a standing one can be answered.
const (
	ProposalStanding ProposalState = "standing"
	// ProposalReplaced means that its party has made another one.
	ProposalReplaced ProposalState = "replaced"
	ProposalDeclined ProposalState = "declined"
	// ProposalAccepted means that the dispute was settled on its terms.
	ProposalAccepted ProposalState = "accepted"
	// ProposalExpired means that the dispute was decided otherwise.
	ProposalExpired ProposalState = "expired"
)

// ProposalStates lists the states.
var ProposalStates = []ProposalState{ProposalStanding, ProposalReplaced, ProposalDeclined, ProposalAccepted, ProposalExpired}

// Proposal is an Offer that waits for the other party, or has waited for it.
type Proposal struct {
	// Number identifies the proposal within its dispute: see Offer.NumberOf.
	Number  int           `json:"number"`
	By      Party         `json:"by"`
	Terms   Terms         `json:"terms"`
	Refund  *Money        `json:"refund,omitempty"`
	Message string        `json:"message,omitzero"`
	State   ProposalState `json:"state"`
	// At is when it was made, and EndedAt when it ceased to stand.
	At      time.Time `json:"at,omitzero"`
	EndedAt time.Time `json:"endedAt,omitzero"`
	// Answer is the note with which the other party has accepted or declined it.
	Answer string `json:"answer,omitzero"`
	// Delivered means that the other party's side has taken the message with the proposal.
	Delivered bool `json:"delivered,omitzero"`
}

// NewProposal returns the standing proposal that an offer makes.
func NewProposal(number int, o Offer, at time.Time) Proposal {
	return Proposal{
		Number: number, By: o.ProposedBy, Terms: o.Terms, Refund: o.Refund, Message: o.Message, State: ProposalStanding, At: at,
	}
}

// Offer returns the offer that the proposal makes.
func (p Proposal) Offer() Offer {
	return Offer{Terms: p.Terms, Refund: p.Refund, Message: p.Message, ProposedBy: p.By}
}

// SameTerms reports whether an offer names the terms of the proposal.
func (p Proposal) SameTerms(o Offer) bool {
	return p.Terms == o.Terms && equalRefund(p.Refund, o.Refund)
}

// String describes the proposal: "the merchant proposes a refund of 30.00 EUR".
func (p Proposal) String() string {
	switch {
	case p.Refund != nil:
		return fmt.Sprintf("the %s proposes a refund of %s", p.By, p.Refund)
	case p.By == PartyCustomer:
		return "the customer proposes to pay"
	default:
		return fmt.Sprintf("the %s proposes that the customer pays", p.By)
	}
}

// Answerable returns the proposal among all of a dispute that the answer is for, as its index. It returns a Refusal with
// CodeNotAccepted, which says what can be answered, unless the other party's proposal stands under that number.
func (a ProposalAnswer) Answerable(all []Proposal) (int, error) {
	standing := StandingOf(all, a.AnsweredBy.Other())
	i := slices.IndexFunc(all, func(p Proposal) bool { return p.Number == a.Proposal })
	now := fmt.Sprintf("no proposal of the %s stands", a.AnsweredBy.Other())
	if standing >= 0 {
		now = fmt.Sprintf("proposal %d stands: %s", all[standing].Number, all[standing])
	}
	switch {
	case i < 0:
		return -1, Refuse(CodeNotAccepted, "there is no proposal %d; %s", a.Proposal, now)
	case all[i].By == a.AnsweredBy:
		return -1, Refuse(CodeNotAccepted, "proposal %d is the %s's own; %s", a.Proposal, a.AnsweredBy, now)
	case all[i].State != ProposalStanding:
		return -1, Refuse(CodeNotAccepted, "proposal %d was %s; %s", a.Proposal, all[i].State, now)
	}
	return i, nil
}

// StandingOf returns the index of a party's standing proposal, or -1. Each party has at most one.
func StandingOf(all []Proposal, by Party) int {
	return slices.IndexFunc(all, func(p Proposal) bool { return p.By == by && p.State == ProposalStanding })
}

// Remark is what a party has written to the other one.
type Remark struct {
	// Number identifies the remark within its dispute: see Response.NumberOf.
	Number int       `json:"number"`
	By     Party     `json:"by"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
	// Delivered means that the other party's side has taken it.
	Delivered bool `json:"delivered,omitzero"`
}

// NumberOf returns the number of the proposal that the offer makes as the dispute's next one: its sequence, followed by three
// digits that follow from its content. The message with a proposal can reach a party and the proposal itself be lost with
// the worker, before it is in the history. One that then comes in its place must not be accepted under a number that the
// party knows with other terms.
func (o Offer) NumberOf(sequence int) int {
	amount := ""
	if o.Refund != nil {
		amount = fmt.Sprintf("%d %s", o.Refund.Amount, o.Refund.Currency)
	}
	return numberOf(sequence, string(o.ProposedBy), string(o.Terms), amount, o.Message)
}

// NumberOf returns the number of the remark that the response makes, in the way of Offer.NumberOf: the message with another
// one is another message.
func (r Response) NumberOf(sequence int) int {
	return numberOf(sequence, string(r.Sender()), r.Message)
}

// numberOf uses no encoding that may change, because a replay must find the same numbers.
func numberOf(sequence int, content ...string) int {
	const digits = 1000
	return sequence*digits + int(crc32.ChecksumIEEE([]byte(strings.Join(content, "\x00")))%digits)
}
