package pages

import (
	"cmp"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// operatorForms help with what needs an operator, those that the dispute asks for first.
func (t caseTeller) operatorForms() (forms []*Form) {
	if t.allowed(dispute.UpdateRetryNotification, 0) {
		forms = append(forms, t.retryForm())
	}
	for _, cause := range t.c.Attention {
		if t.c.WaitingFor != "" && (cause == dispute.CauseMessageIgnored || cause == dispute.CauseMessageFailed) {
			forms = append(forms, t.acknowledgeForm(cause)) // the others go away with their cause
		}
	}
	if t.allowed(dispute.UpdateMoveDeadline, t.moved()) {
		forms = append(forms, t.moveForm())
	}
	return forms
}

func (t caseTeller) moved() (n int) {
	for _, period := range t.c.Periods {
		n += len(period.Moves)
	}
	return n
}

func (t caseTeller) retryForm() *Form {
	form := t.begin(ActRetry, Form{Title: t.say("form.retry.title"), Button: t.say("form.retry.button")})
	recipient := Field{Name: FieldRecipient, Type: typeSelect, Label: t.say("form.retry.recipient")}
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
		recipient.Options = append(recipient.Options, Option{Value: string(party), Label: t.name(party)})
	}
	recipient.Value = cmp.Or(t.refused(), string(dispute.PartyMerchant))
	form.field(t.teller, recipient)
	form.field(t.teller, Field{Name: FieldEmail, Type: typeEmail, Label: t.say("form.retry.email"), Optional: true, Autocomplete: "off"})
	return &form
}

// refused is the party whose message was refused last.
func (t caseTeller) refused() string {
	for _, sent := range slices.Backward(t.c.Sent) {
		if sent.Result == dispute.SendRefused {
			return string(sent.Recipient)
		}
	}
	return ""
}

func (t caseTeller) moveForm() *Form {
	form := t.begin(ActMove, Form{Title: t.say("form.move.title"), Button: t.say("form.move.button")})
	day := Field{Name: FieldDay, Type: typeDate, Label: t.say("form.move.day"), Hint: t.say("form.move.day.hint"), Required: true}
	if period := t.c.RunningPeriod(); period != nil {
		day.Value = period.Deadline.In(zone(t.c.Dispute.Calendar)).Add(-time.Nanosecond).Format(time.DateOnly)
	}
	form.field(t.teller, day)
	form.field(t.teller, Field{Name: FieldWhy, Label: t.say("form.move.why"), Hint: t.say("form.move.why.hint"), Required: true})
	return &form
}

func (t caseTeller) acknowledgeForm(cause dispute.Cause) *Form {
	form := t.begin(ActAcknowledge, Form{
		Anchor: string(ActAcknowledge) + "-" + string(cause), Hidden: []Hidden{{FieldCause, string(cause)}},
		Title: t.say("form.acknowledge.title", "cause", t.cause(cause).Title), Button: t.say("form.acknowledge.button"),
	})
	form.field(t.teller, Field{
		Name: FieldNote, Type: typeArea, Label: t.say("form.acknowledge.note"), Optional: true,
		Hint: t.say("form.characters"),
	})
	return &form
}
