package pages

import (
	"cmp"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// dated is an entry of the history before it is sorted.
type dated struct {
	at   time.Time
	text string
}

// timeline is the history of the dispute, in the order of time.
func (t caseTeller) timeline() (events []Event) {
	all := slices.Concat(t.beginnings(), t.spoken(), t.answered(), t.arbitrated(), t.ended(), t.told())
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	for _, e := range all {
		if !e.at.IsZero() && e.text != "" {
			at := e.at.In(zone(t.c.Dispute.Calendar))
			events = append(events, Event{When: t.Language.Moment(at), Instant: at.Format(time.RFC3339), Text: e.text})
		}
	}
	return events
}

// by returns the text of an event with an actor: the viewer, or another one.
func (t caseTeller) by(key string, actor dispute.Party, args ...any) string {
	if actor == t.party {
		return t.say(key+".you", args...)
	}
	return t.say(key+".other", append(args, "name", t.name(actor))...)
}

func (t caseTeller) beginnings() (all []dated) {
	opened := t.say("event.opened")
	if t.party == dispute.PartyCustomer {
		opened = t.say("event.opened.you")
	}
	all = append(all, dated{t.c.Dispute.OpenedAt, opened}, dated{t.c.PausedAt, t.say("event.paused")})
	for _, period := range t.c.Periods {
		all = append(all, dated{period.BeganAt, t.say("event.period."+string(period.WaitingFor), "days", period.BusinessDays)})
		for _, move := range period.Moves {
			key := "event.moved"
			if move.Reason == dispute.MoveOutage {
				key = "event.moved-outage"
			}
			all = append(all, dated{move.At, t.say(key, "until", t.Language.Until(move.To.In(zone(t.c.Dispute.Calendar))))})
		}
	}
	return all
}

func (t caseTeller) spoken() (all []dated) {
	for _, remark := range t.c.Conversation {
		all = append(all, dated{remark.At, t.by("event.wrote", remark.By)})
	}
	for _, evidence := range t.c.Evidence {
		all = append(all, dated{evidence.At, t.by("event.submitted", dispute.PartyMerchant)})
	}
	if t.c.Statement != nil {
		all = append(all, dated{t.c.Statement.At, t.by("event.stated", dispute.PartyCustomer)})
	}
	return all
}

func (t caseTeller) answered() (all []dated) {
	for _, p := range t.c.Proposals {
		all = append(all, dated{p.At, t.by("event.proposed", p.By, "number", p.Number)})
		if p.State != dispute.ProposalStanding {
			all = append(all, dated{p.EndedAt, t.proposalEnd(p)})
		}
	}
	return all
}

// proposalEnd says how a proposal ceased to stand. One with the terms of a reported agreement was accepted by that report,
// which is an event of its own and may be that of an operator.
func (t caseTeller) proposalEnd(p dispute.Proposal) string {
	answered := p.State == dispute.ProposalDeclined || p.State == dispute.ProposalAccepted && t.c.Agreement == nil
	if answered {
		return t.by("event."+string(p.State), p.By.Other(), "number", p.Number)
	}
	return t.say("event.proposal."+string(p.State), "number", p.Number)
}

func (t caseTeller) arbitrated() (all []dated) {
	for _, question := range t.c.Questions {
		all = append(all, dated{question.At, t.say("event.asked." + string(question.Stage))})
	}
	for _, given := range t.c.Rulings {
		all = append(all, dated{given.At, t.say("event.ruled", "ruling", t.ruling(given.Ruling))})
	}
	return all
}

func (t caseTeller) ended() (all []dated) {
	if report := t.c.Agreement; report != nil {
		all = append(all, dated{report.At, t.by("event.agreed", report.ReportedBy)})
	}
	if report := t.c.Withdrawal; report != nil {
		all = append(all, dated{report.At, t.by("event.withdrawn", dispute.PartyCustomer)})
	}
	if report := t.c.LossAcceptance; report != nil {
		all = append(all, dated{report.At, t.by("event.loss", dispute.PartyMerchant)})
	}
	if t.c.Decision != nil {
		all = append(all, dated{t.c.Decision.At, t.say("event.decided")})
	}
	if t.c.Settlement != nil {
		all = append(all, dated{t.c.Settlement.At, t.say("event.settled")})
	}
	return all
}

// told are the messages from the dispute: a party sees those that it has got, and operators see all.
func (t caseTeller) told() (all []dated) {
	for _, sent := range t.c.Sent {
		channel, occasion := t.perhaps("channel."+string(sent.Channel)), t.say("occasion."+string(sent.Occasion.Original()))
		key := "event.sent"
		if channel == "" { // nobody has taken it
			key = "event.sent.none"
		}
		switch {
		case t.party == dispute.PartyOperator:
			all = append(all, dated{sent.At, t.say(key, "party", t.say("party."+string(sent.Recipient)), "channel", channel,
				"occasion", occasion, "result", t.say("sent."+string(sent.Result)))})
		case sent.Recipient == t.party && sent.Result == dispute.SendAccepted && t.party != dispute.PartyDesk:
			all = append(all, dated{sent.At, t.say("event.told", "channel", cmp.Or(channel, "–"), "occasion", occasion)})
		}
	}
	return all
}
