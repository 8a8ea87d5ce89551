package pages

import (
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// closedLead says how a dispute has ended, in money.
func (t caseTeller) closedLead() Lead {
	lead := Lead{Tone: toneDone}
	if t.c.Decision != nil {
		audience := t.party
		if audience == dispute.PartyOperator {
			audience = dispute.PartyDesk
		}
		if sentence := t.perhaps("closed." + string(audience) + "." + string(t.c.Decision.Reason)); sentence != "" {
			lead.Lines = append(lead.Lines, sentence)
		}
	}
	switch t.party { //nolint:exhaustive // the others only look at it
	case dispute.PartyMerchant:
		lead.Title = t.merchantResult()
		lead.Lines = append(append(lead.Lines, t.customerPays()...), t.say("result.merchant.over"))
	case dispute.PartyCustomer:
		t.customerResult(&lead)
	default:
		lead.Title = t.say("lead.desk.closed.title")
	}
	return lead
}

func (t caseTeller) merchantResult() string {
	debit := int64(0)
	if s := t.c.Settlement; s != nil {
		debit = s.Credited + s.Refunded
	}
	key := "result.merchant.settled"
	switch {
	case debit == 0:
		key = "result.merchant.none"
	case t.c.Decision != nil && t.c.Decision.Outcome == dispute.OutcomeLost:
		key = "result.merchant.lost"
	}
	return t.say(key, "debit", t.minor(t.c, debit))
}

// customerPays says to a merchant what its customer pays or gets back.
func (t caseTeller) customerPays() (lines []string) {
	s := t.c.Settlement
	if s == nil {
		return nil
	}
	if s.Outstanding > 0 {
		key, due := "result.merchant.pays", t.due(s.NewDueDate)
		if due != "" {
			key += "-by"
		}
		lines = append(lines, t.say(key, "outstanding", t.minor(t.c, s.Outstanding), "due", due))
	}
	if s.Refunded > 0 {
		lines = append(lines, t.say("result.merchant.back", "back", t.minor(t.c, s.Refunded)))
	}
	return lines
}

// customerResult says first what is to be paid, then what comes back.
func (t caseTeller) customerResult(lead *Lead) {
	s := t.c.Settlement
	lead.Title = t.say("result.customer.nothing")
	if s == nil {
		return
	}
	if s.Outstanding > 0 {
		lead.Tone, lead.Title = toneAct, t.say("result.customer.pay", "outstanding", t.minor(t.c, s.Outstanding))
		if due := t.due(s.NewDueDate); due != "" {
			lead.Cost = t.say("result.customer.pay-by", "due", due)
		} else {
			lead.Cost = t.say("result.customer.pay-invoice")
		}
	}
	if back := s.Refunded + s.OwedBack; back > 0 {
		lead.Lines = append(lead.Lines, t.say("result.customer.back", "back", t.minor(t.c, back)))
	}
}

// due formats the day by which an invoice is due.
func (t teller) due(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return tie(t.Language.Date(at))
}
