package pages

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/dispute/plain"
)

// Confirmation is the page of an act that cannot be undone: it states the consequence in money and has a box that has to be
// ticked.
type Confirmation struct {
	ID, Heading, Consequence string
	// Text is what is sent, with files; nil for an act that sends none.
	Text *Said
	Form *Form
	Back string

	filled Filled
}

func (Confirmation) template() string       { return "confirm" }
func (c Confirmation) title(teller) string  { return c.Heading }
func (c Confirmation) filledForm() Filled   { return c.filled }
func (c Confirmation) forms(teller) []*Form { return []*Form{c.Form} }

// NeedsConfirmation reports whether the form asks for what cannot be undone, so that its consequence has to be confirmed
// before it takes effect: answer it with Confirm unless FieldConfirmed is FieldValueOn, with ProblemConfirm if it has FieldAsked.
func NeedsConfirmation(c dispute.Case, party dispute.Party, form Filled) bool {
	switch form.Act { //nolint:exhaustive // the others can be undone, or done again
	case ActAcceptLoss, ActWithdraw, ActPay, ActCancel, ActReason, ActRule:
		return true
	case ActEvidence: // before the request, evidence adds up and ends no wait; the first answer to the request is the only one
		return c.WaitingFor == dispute.WaitEvidence
	case ActAnswer:
		return form.Value(FieldAnswer) == AnswerAccept
	case ActPropose:
		offer, problems := OfferOf(c, party, form)
		return len(problems) == 0 && settles(c, offer)
	default:
		return false
	}
}

// settles reports whether an offer is the agreement at once.
func settles(c dispute.Case, offer dispute.Offer) bool {
	i := dispute.StandingOf(c.Proposals, offer.ProposedBy.Other())
	return offer.Binding(c.Dispute.DisputedAmount) || i >= 0 && c.Proposals[i].SameTerms(offer)
}

// OfferOf returns the offer that a form of ActPropose or ActPay makes, with what is wrong with its terms.
func OfferOf(c dispute.Case, by dispute.Party, form Filled) (offer dispute.Offer, problems []Problem) {
	offer = dispute.Offer{Message: form.Value(FieldMessage), ProposedBy: by, Terms: dispute.MerchantRefunds}
	disputed := c.Dispute.DisputedAmount
	terms := form.Value(FieldTerms)
	if form.Act == ActPay {
		terms, offer.Message = TermsPay, form.Value(FieldNote)
	}
	switch terms {
	case TermsPay:
		offer.Terms = dispute.CustomerPays
	case TermsFull:
		offer.Refund = &disputed
	case TermsRefund:
		refund, problem := amountOf(form.Value(FieldAmount), disputed)
		if problem != nil {
			return offer, []Problem{*problem}
		}
		offer.Refund = &refund
	default:
		problems = append(problems, Problem{Field: FieldTerms, Kind: ProblemChoice})
	}
	return offer, problems
}

// threeDecimals matches what can be read as thousands, but has the decimals of some currencies.
var threeDecimals = regexp.MustCompile(`^[0-9]{1,3}[.,][0-9]{3}$`)

// amountOf reads a refund as people write it, with or without the currency: at most what is disputed.
func amountOf(text string, disputed dispute.Money) (refund dispute.Money, problem *Problem) {
	code := disputed.Currency
	number := strings.TrimSpace(strings.TrimSuffix(strings.Trim(strings.ReplaceAll(text, "\u00a0", " "), " €$£"), code))
	if digits, _ := currency.GetDigits(code); digits > 2 && threeDecimals.MatchString(number) {
		number += "0"
	}
	refund, err := language.ParseMoney(number + " " + code)
	switch {
	case err != nil || refund.Amount < 1:
		example := dispute.Money{Amount: max(disputed.Amount/2, 1), Currency: code}
		return refund, &Problem{Field: FieldAmount, Kind: ProblemAmount, Amount: example}
	case refund.Amount > disputed.Amount:
		return refund, &Problem{Field: FieldAmount, Kind: ProblemAmountLarge, Amount: disputed}
	}
	return refund, nil
}

// Confirm is the page that states the consequence of x.Filled and asks to confirm it.
func Confirm(c dispute.Case, v Viewer, x CaseContext) Page {
	party := v.Party
	seen := c
	if party != dispute.PartyOperator {
		seen = c.For(party)
	}
	t := newCaseTeller(seen, party, v, x)
	key, args := t.confirmKey()
	page := Confirmation{
		ID: line(c.Dispute.ID), Heading: t.say("confirm."+key+".title", args...), Consequence: t.say("confirm."+key+".consequence", args...),
		Back: CasePath(c.Dispute.ID), filled: x.Filled,
	}
	form := t.begin(x.Filled.Act, Form{Button: t.say("confirm." + key + ".button")})
	if id := x.Filled.Value(FieldForm); id != "" { // the act is the same one
		form.ID = id
	}
	if hasNote(x.Filled) {
		form.field(t.teller, Field{
			Name: FieldNote, Type: typeArea, Label: t.say("confirm.note." + string(x.Filled.Act)), Optional: true,
			Hint: t.say("form.characters"),
		})
	}
	form.Hidden = append(form.Hidden, append(kept(x.Filled), Hidden{FieldAsked, FieldValueOn})...)
	box := form.complete(t.teller, Field{Name: FieldConfirmed, Type: typeCheckbox, Label: t.say("confirm."+key+".box", args...), Required: true})
	box.Checked = false
	form.Fields = append(form.Fields, box)
	page.Form, page.Text = &form, t.toSend()
	return page
}

// hasNote reports whether the page of the act asks for a note, because no form has asked before.
func hasNote(form Filled) bool {
	return slices.Contains([]Act{ActAcceptLoss, ActWithdraw, ActPay}, form.Act)
}

// kept are the fields of the form that came before.
func kept(form Filled) (fields []Hidden) {
	for _, name := range []string{
		FieldMessage, FieldTerms, FieldAmount, FieldProposal, FieldAnswer, FieldNote, FieldText, FieldStage, FieldRuling, FieldRationale,
		FieldFor,
	} {
		if value := form.Value(name); value != "" && (name != FieldNote || !hasNote(form)) {
			fields = append(fields, Hidden{name, value})
		}
	}
	for _, draft := range form.Values[FieldSend] {
		fields = append(fields, Hidden{FieldSend, draft})
	}
	return fields
}

// confirmKey names the texts of the page, with what they name.
func (t caseTeller) confirmKey() (key string, args []any) {
	form := t.x.Filled
	switch form.Act { //nolint:exhaustive // the others have texts by their name
	case ActAnswer:
		number, _ := strconv.Atoi(form.Value(FieldProposal)) // 0 is no proposal
		for _, p := range t.c.Proposals {
			if p.Number == number {
				return "accept." + string(t.party) + "." + termsKey(p), []any{"offer", t.offer(p)}
			}
		}
		return "accept." + string(t.party) + "." + TermsPay, nil
	case ActPropose:
		offer, _ := OfferOf(t.c, t.party, form)
		p := dispute.Proposal{Refund: offer.Refund}
		if offer.Refund != nil && offer.Binding(t.c.Dispute.DisputedAmount) {
			return "full." + string(t.party), []any{"offer", t.offer(p)}
		}
		return "accept." + string(t.party) + "." + termsKey(p), []any{"offer", t.offer(p)}
	case ActRule:
		return "rule." + form.Value(FieldRuling), nil
	default:
		return string(form.Act), nil
	}
}

// toSend quotes what the act sends.
func (t caseTeller) toSend() *Said {
	form := t.x.Filled
	said := Said{Mine: true, Who: t.say("conversation.you"), Title: t.say("confirm.your-text")}
	switch form.Act { //nolint:exhaustive // the others send no text
	case ActEvidence, ActReason:
		said.Text = plain.Text(form.Value(FieldText))
		for _, draft := range t.x.Drafts {
			said.Files = append(said.Files, File{Text: t.draft(draft).Text})
		}
		if len(said.Files) == 0 {
			said.Note = t.say("confirm.no-files")
		}
	case ActRule:
		said.Title, said.Text = t.say("confirm.rationale"), plain.Text(form.Value(FieldRationale))
	case ActAnswer:
		said.Text = plain.Text(form.Value(FieldNote))
	case ActPropose:
		said.Text = plain.Text(form.Value(FieldMessage))
	}
	if said.Text == "" && len(said.Files) == 0 {
		return nil
	}
	return &said
}
