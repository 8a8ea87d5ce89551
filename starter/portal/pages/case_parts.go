package pages

import (
	"cmp"
	"strconv"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// facts are what the dispute is about.
func (t caseTeller) facts() (facts []Fact) {
	d := t.c.Dispute
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, Fact{Name: t.say("fact." + key), Value: value})
		}
	}
	add("dispute", line(d.ID))
	add("reason", t.Language.Reason(dispute.Reason(line(string(d.Reason)))))
	add("amount", t.money(clean(d.DisputedAmount)))
	add("order", line(d.OrderID))
	add("invoice", line(d.InvoiceID))
	if t.party != dispute.PartyCustomer {
		add("customer", line(d.Complainant.Name))
	}
	if t.party != dispute.PartyMerchant {
		add("merchant", cmp.Or(line(t.x.Merchant), line(d.MerchantID)))
	}
	add("opened", t.day(d.OpenedAt, d.Calendar))
	if t.c.State != dispute.StateClosed { // the settlement has ended the pause
		add("paused", t.day(t.c.PausedAt, d.Calendar))
	}
	if t.party == dispute.PartyOperator {
		add("state", line(string(t.c.State)))
		if t.c.WaitingFor != "" {
			add("waiting", t.wait(t.c.WaitingFor))
		}
		add("email.merchant", line(t.c.Corrected.Merchant))
		add("email.customer", cmp.Or(line(t.c.Corrected.Customer), line(d.Complainant.Email)))
	}
	return facts
}

// settled is how the money moved.
func (t caseTeller) settled() (facts []Fact) {
	s := t.c.Settlement
	if s == nil || t.c.State != dispute.StateClosed {
		return nil
	}
	add := func(key string, amount int64) {
		if amount != 0 {
			facts = append(facts, Fact{Name: t.say(key), Value: t.minor(t.c, amount)})
		}
	}
	customer := t.party == dispute.PartyCustomer
	if debit := s.Credited + s.Refunded; !customer {
		key := "settle.debit.other"
		if t.party == dispute.PartyMerchant {
			key = "settle.debit"
		}
		facts = append(facts, Fact{Name: t.say(key), Value: t.orNothing(debit), Strong: true})
		add("settle.already", s.AlreadyCredited)
	}
	add("settle.credited", s.Credited)
	add(forReader("settle.refunded", ".you", customer), s.Refunded)
	add(forReader("settle.owed", ".other", !customer), s.OwedBack)
	left := t.orNothing(s.Outstanding)
	if due := t.due(s.NewDueDate); s.Outstanding != 0 && due != "" {
		left = t.sentences.say("settle.due", "amount", left, "due", due)
	}
	return append(facts, Fact{Name: t.say("settle.outstanding"), Value: left, Strong: customer})
}

func forReader(key, suffix string, of bool) string {
	if of {
		return key + suffix
	}
	return key
}

func (t caseTeller) orNothing(amount int64) string {
	if amount == 0 {
		return t.say("settle.nothing")
	}
	return t.minor(t.c, amount)
}

// complaint is what the customer wrote with the opening.
func (t caseTeller) complaint() *Said {
	complaint := t.c.Dispute.Complaint
	if complaint == nil {
		return nil
	}
	said := t.said(dispute.PartyCustomer, t.moment(t.c.Dispute.OpenedAt, t.c.Dispute.Calendar), complaint.Text, complaint.Files)
	return &said
}

func (t caseTeller) conversation() (all []Said) {
	for _, remark := range t.c.Conversation {
		said := t.said(remark.By, t.moment(remark.At, t.c.Dispute.Calendar), remark.Text, nil)
		switch {
		case said.Mine && remark.Delivered:
			said.Note = t.say("conversation.delivered")
		case said.Mine:
			said.Note = t.say("conversation.sending")
		}
		all = append(all, said)
	}
	return append(all, t.lastWords()...)
}

// lastWords are what a party has written with what ended the dispute, for those who see it.
func (t caseTeller) lastWords() (all []Said) {
	add := func(by dispute.Party, at time.Time, text, key string) {
		if text != "" {
			said := t.said(by, t.moment(at, t.c.Dispute.Calendar), text, nil)
			said.Note = t.say("conversation.with." + key)
			all = append(all, said)
		}
	}
	if report := t.c.Agreement; report != nil {
		add(report.ReportedBy, report.At, report.Note, "agreement")
	}
	if report := t.c.Withdrawal; report != nil {
		add(report.ReportedBy, report.At, report.Note, "withdrawal")
	}
	if report := t.c.LossAcceptance; report != nil {
		add(report.ReportedBy, report.At, report.Note, "loss")
	}
	return all
}

func (t caseTeller) statement() *Said {
	given := t.c.Statement
	if given == nil {
		return nil
	}
	said := t.said(dispute.PartyCustomer, t.moment(given.At, t.c.Dispute.Calendar), given.Text, given.Files)
	said.Title = t.say("statement.title.other")
	if said.Mine {
		said.Title = t.say("statement.title.you")
	}
	return &said
}

func (t caseTeller) evidence() (all []Said) {
	for _, given := range t.c.Evidence {
		said := t.said(dispute.PartyMerchant, t.moment(given.At, t.c.Dispute.Calendar), given.Text, given.Files)
		said.Title = t.say("evidence.early")
		if given.Requested {
			said.Title = t.say("evidence.requested")
		}
		all = append(all, said)
	}
	return all
}

// ruling names what was ruled.
func (t caseTeller) ruling(r dispute.Ruling) string {
	switch {
	case r.Justified == nil:
		return t.perhaps("ruling." + string(r.InFavourOf))
	case *r.Justified:
		return t.say("ruling.justified")
	default:
		return t.say("ruling.not-justified")
	}
}

// rulings are for those who see the rationale: the desk and operators.
func (t caseTeller) rulings() (all []Said) {
	if t.party != dispute.PartyDesk && t.party != dispute.PartyOperator {
		return nil
	}
	for _, given := range t.c.Rulings {
		said := t.said(given.By, t.moment(given.At, t.c.Dispute.Calendar), given.Rationale, nil)
		said.Title, said.Mine, said.Who = t.ruling(given.Ruling), false, t.say("party."+string(given.By))
		if by := line(given.RuledBy); by != "" {
			said.Note = t.say("ruling.by", "name", by)
		}
		all = append(all, said)
	}
	return all
}

func (t caseTeller) causes() (all []Cause) {
	for _, cause := range t.c.Attention {
		all = append(all, t.cause(cause))
	}
	return all
}

func (t teller) cause(cause dispute.Cause) Cause {
	return Cause{Title: t.say("cause." + string(cause)), Help: t.perhaps("cause." + string(cause) + ".help")}
}

func (t teller) retried(steps []Retried) (all []string) {
	for _, step := range steps {
		all = append(all, t.say("retried", "step", line(step.Step), "n", strconv.Itoa(step.Attempts), "error", line(step.Error)))
	}
	return all
}
