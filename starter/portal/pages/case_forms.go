package pages

import (
	"slices"
	"strconv"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// begin begins a form of an act on the case. One that may have taken effect without an answer stays the same form, so that it
// counts once when it is sent again.
func (t caseTeller) begin(act Act, form Form) Form {
	form.Act, form.Action, form.ID = act, ActPath(t.c.Dispute.ID, act), t.x.NewID()
	form.Hidden = append(form.Hidden, Hidden{FieldAs, string(t.party)})
	filled := t.x.Filled.of(act)
	if act == ActEvidence || act == ActReason {
		filled = t.x.Filled.of(act, ActUpload, ActRemove)
	}
	unanswered := slices.ContainsFunc(filled.Problems, func(p Problem) bool { return p.Kind == ProblemAway })
	if id := filled.Value(FieldForm); unanswered && id != "" {
		form.ID = id
	}
	return t.form(filled, form)
}

// respondForm writes to the other party.
func (t caseTeller) respondForm() *Form {
	written := 0
	for _, remark := range t.c.Conversation {
		if remark.By == t.party {
			written++
		}
	}
	if !t.allowed(dispute.UpdateRespond, written) {
		return nil
	}
	name := t.name(t.party.Other())
	form := t.begin(ActRespond, Form{
		Title: t.say("form.respond.title", "name", name), Intro: t.say("form.respond.intro", "name", name), Button: t.say("form.respond.button"),
	})
	form.field(t.teller, Field{
		Name: FieldMessage, Type: typeArea, Label: t.say("form.respond.message"), Hint: t.say("form.characters"),
		Required: true,
	})
	return &form
}

// proposeForm proposes terms.
func (t caseTeller) proposeForm() *Form {
	if !t.allowed(dispute.UpdatePropose, t.proposed()) {
		return nil
	}
	party, disputed := string(t.party), clean(t.c.Dispute.DisputedAmount)
	form := t.begin(ActPropose, Form{Title: t.say("form.propose.title"), Button: t.say("form.propose.button")})
	if dispute.StandingOf(t.c.Proposals, t.party) >= 0 {
		form.Intro = t.say("form.propose.replaces")
	}
	terms := []string{TermsRefund, TermsFull, TermsPay}
	if t.party == dispute.PartyCustomer { // who agrees to pay does so by ActPay
		terms = terms[:2]
	}
	choice := Field{Name: FieldTerms, Type: typeChoice, Label: t.say("form.propose.terms"), Required: true}
	for _, name := range terms {
		key := "form.propose." + name + "." + party
		choice.Options = append(choice.Options, Option{Value: name, Label: t.say(key), Hint: t.say(key + ".hint")})
	}
	form.field(t.teller, choice)
	half := dispute.Money{Amount: max(disputed.Amount/2, 1), Currency: disputed.Currency}
	form.field(t.teller, Field{
		Name: FieldAmount, Label: t.say("form.propose.amount", "currency", disputed.Currency), InputMode: "decimal", Autocomplete: "off",
		Hint: t.say("form.propose.amount.hint", "example", t.money(half)),
	})
	form.field(t.teller, Field{
		Name: FieldMessage, Type: typeArea, Label: t.say("form.propose.message"), Optional: true,
		Hint: t.say("form.characters"),
	})
	return &form
}

// answerForm answers the other party's standing proposal.
func (t caseTeller) answerForm() *Form {
	i := dispute.StandingOf(t.c.Proposals, t.party.Other())
	if i < 0 || !t.allowed(dispute.UpdateAnswerProposal, 0) {
		return nil
	}
	form := t.begin(ActAnswer, Form{
		Hidden: []Hidden{{FieldProposal, strconv.Itoa(t.c.Proposals[i].Number)}}, After: t.say("form.answer.hint"),
		Title: t.say("proposal.name", "number", t.c.Proposals[i].Number),
		Buttons: []Button{
			{FieldAnswer, AnswerAccept, t.say("form.answer.accept"), true}, {FieldAnswer, AnswerDecline, t.say("form.answer.decline"), false},
		},
	})
	form.field(t.teller, Field{
		Name: FieldNote, Type: typeArea, Label: t.say("form.answer.note"), Optional: true,
		Hint: t.say("form.characters"),
	})
	return &form
}

// evidenceForm submits the merchant's evidence.
func (t caseTeller) evidenceForm() *Form {
	early := len(slices.DeleteFunc(slices.Clone(t.c.Evidence), func(e dispute.GivenEvidence) bool { return e.Requested }))
	if !t.allowed(dispute.UpdateSubmitEvidence, early) {
		return nil
	}
	suffix := ".early"
	if t.c.WaitingFor == dispute.WaitEvidence {
		suffix = ""
	}
	form := t.begin(ActEvidence, Form{
		Title: t.say("form.evidence.title" + suffix), Intro: t.say("form.evidence.intro" + suffix),
		Button: t.say("form.evidence.button" + suffix),
	})
	form.field(t.teller, Field{Name: FieldText, Type: typeArea, Label: t.say("form.evidence.text"), Hint: t.say("form.characters")})
	t.addFiles(&form)
	return &form
}

// reasonForm states the customer's reason.
func (t caseTeller) reasonForm() *Form {
	if !t.allowed(dispute.UpdateStateReason, 0) {
		return nil
	}
	form := t.begin(ActReason, Form{Title: t.say("form.reason.title"), Intro: t.say("form.reason.intro"), Button: t.say("form.reason.button")})
	form.field(t.teller, Field{
		Name: FieldText, Type: typeArea, Label: t.say("form.reason.text"), Hint: t.say("form.characters"),
		Required: true,
	})
	t.addFiles(&form)
	return &form
}

// addFiles adds the upload of files.
func (t caseTeller) addFiles(form *Form) {
	kind := Field{Name: FieldKind, Type: typeSelect, Label: t.say("form.file.kind")}
	for _, name := range dispute.FileKinds {
		kind.Options = append(kind.Options, Option{Value: name, Label: t.Language.Kind(name)})
	}
	if t.party == dispute.PartyCustomer {
		kind.Value = "other"
	}
	form.Files = &FileFields{
		File:       form.complete(t.teller, Field{Name: FieldFile, Label: t.say("form.file"), Hint: t.say("form.file.hint", "limit", files.MaxSizeText, "n", dispute.MaxFiles)}),
		Kind:       form.complete(t.teller, kind),
		Upload:     ActPath(t.c.Dispute.ID, ActUpload),
		Remove:     ActPath(t.c.Dispute.ID, ActRemove),
		For:        form.Act,
		UploadText: t.say("form.file.upload"),
		Max:        files.MaxSize,
		Limit:      files.MaxSizeText,
	}
	form.Hidden = append(form.Hidden, Hidden{FieldFor, string(form.Act)})
	for _, draft := range t.x.Drafts {
		form.Hidden = append(form.Hidden, Hidden{FieldSend, draft.ID})
		form.Files.Drafts = append(form.Files.Drafts, t.draft(draft))
	}
}

func (t teller) draft(d Draft) DraftRow {
	name := line(d.Name)
	return DraftRow{ID: d.ID, Name: name, Text: t.say("file.named", "name", name, "kind", t.Language.Kind(line(d.Kind)), "size",
		t.Language.Size(d.Size))}
}

// ruleForm rules at the stage that the dispute waits for.
func (t caseTeller) ruleForm() *Form {
	if !t.allowed(dispute.UpdateRule, 0) || t.asked().IsZero() {
		return nil
	}
	form := t.begin(ActRule, Form{
		Title: t.say("form.rule.title"), Button: t.say("form.rule.button"), Hidden: []Hidden{{FieldStage, string(t.c.WaitingFor)}},
	})
	answers := []string{RulingJustified, RulingNotJustified}
	if t.c.WaitingFor == dispute.WaitDecision {
		answers = []string{RulingForMerchant, RulingForCustomer}
	}
	choice := Field{Name: FieldRuling, Type: typeChoice, Label: t.say("form.rule." + string(t.c.WaitingFor)), Required: true}
	for _, answer := range answers {
		choice.Options = append(choice.Options, Option{
			Value: answer, Label: t.say("form.rule." + answer),
			Hint: t.say("form.rule." + answer + ".hint"),
		})
	}
	form.field(t.teller, choice)
	form.field(t.teller, Field{
		Name: FieldRationale, Type: typeArea, Label: t.say("form.rule.rationale"), Hint: t.say("form.rule.rationale.hint"), Required: true,
	})
	return &form
}

// more is the link to an act with a page of its own.
func (t caseTeller) more(act Act) Link {
	key := "more." + string(act)
	return Link{Href: ActPath(t.c.Dispute.ID, act), Text: t.say(key), Hint: t.say(key + ".hint")}
}
