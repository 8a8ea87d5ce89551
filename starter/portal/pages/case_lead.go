package pages

import (
	"cmp"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// overdueAfter is when a ruling of the desk is overdue, as operators are told.
const overdueAfter = 60 * 24 * time.Hour

// lead returns what comes first on the page.
func (t caseTeller) lead(page Case) Lead {
	switch {
	case t.party == dispute.PartyOperator:
		return t.operatorLead()
	case t.c.State == dispute.StateClosed:
		return t.closedLead()
	case t.party == dispute.PartyDesk:
		return t.deskLead(page)
	}
	key := "lead." + string(t.party) + "." + t.situation()
	lead := Lead{Tone: toneWait, Title: t.say(key + ".title"), Cost: t.perhaps(key + ".cost")}
	if period := t.c.RunningPeriod(); period != nil && period.WaitingFor == t.c.WaitingFor {
		lead.Deadline = t.deadline(period.Deadline, t.c.Dispute.Calendar)
	}
	if t.turn() == t.party {
		lead.Tone = toneAct
	}
	lead.Lines = append(lead.Lines, t.say(key+".do", "helpful", t.helpful()))
	switch i := dispute.StandingOf(t.c.Proposals, t.party.Other()); {
	case i < 0 || page.Answer == nil:
	case t.waitsForOther():
		lead.Lines = append(lead.Lines, t.say("lead.proposal.stands"))
	default:
		offered := t.c.Proposals[i]
		lead.Tone, lead.Title = toneAct, t.say("lead.proposal."+string(t.party)+"."+termsKey(offered), "offer", t.offer(offered))
		lead.Lines = []string{t.say("lead.proposal.do")}
	}
	if lead.Tone != toneAct {
		lead.Deadline = lead.Deadline.ofOthers()
	}
	lead.Links = t.leadLinks(page)
	return lead
}

// situation names what the dispute waits for in the keys of the lead.
func (t caseTeller) situation() string {
	switch t.c.WaitingFor {
	case dispute.WaitAgreement:
		switch {
		case !t.c.MerchantReacted:
			return "agreement"
		case t.waitsForOther():
			return "agreement-waiting"
		}
		return "agreement-reacted"
	case dispute.WaitStatement, dispute.WaitJustification, dispute.WaitEvidence, dispute.WaitDecision:
		return string(t.c.WaitingFor)
	case dispute.WaitSettlement, dispute.WaitClosingMessages, "":
		return "settlement"
	case dispute.WaitPause, dispute.WaitNotification, dispute.WaitRetryNotification:
	}
	if t.c.State == dispute.StateOpened {
		return "opening"
	}
	return "justification" // a question of the arbitration is on its way
}

// turn returns the party that the dispute waits for. Until the merchant has reacted it is the merchant, who would lose by silence.
func (t caseTeller) turn() dispute.Party {
	if !t.c.MerchantReacted {
		return t.c.WaitingFor.Turn(dispute.PartyMerchant)
	}
	return t.c.WaitingFor.Turn(cmp.Or(t.x.Turn, dispute.PartyMerchant))
}

// waitsForOther reports whether an agreement waits for the answer of the other party.
func (t caseTeller) waitsForOther() bool {
	return t.c.WaitingFor == dispute.WaitAgreement && t.turn() != t.party
}

// leadLinks lead to the forms, the one that matters most first.
func (t caseTeller) leadLinks(page Case) (links []Link) {
	for _, to := range []struct {
		form *Form
		key  string
	}{
		{page.Answer, "answer"},
		{page.Reason, "reason"},
		{t.ifRequested(page.EvidenceForm), "evidence"},
		{page.Respond, "respond"},
		{page.Propose, "propose"},
		{page.Rule, "rule"},
	} {
		if to.form != nil {
			links = append(links, Link{Href: "#" + to.form.Anchor, Text: t.say("lead.link." + to.key), Main: len(links) == 0})
		}
	}
	return links
}

// ifRequested returns the form for evidence if the merchant was asked for it.
func (t caseTeller) ifRequested(form *Form) *Form {
	if t.c.WaitingFor != dispute.WaitEvidence {
		return nil
	}
	return form
}

func (t caseTeller) helpful() string {
	if text := t.perhaps("helpful." + string(t.c.Dispute.Reason)); text != "" {
		return text
	}
	return t.say("helpful.other")
}

func (t caseTeller) deskLead(page Case) Lead {
	if page.Rule == nil {
		return Lead{Tone: toneWait, Title: t.say("lead.desk.nothing.title"), Lines: []string{t.say("lead.desk.nothing.do", "wait",
			t.wait(t.c.WaitingFor))}}
	}
	key := "lead.desk." + string(t.c.WaitingFor)
	asked := t.asked()
	lead := Lead{
		Tone: toneAct, Title: t.say(key + ".title"), Cost: t.say(key + ".cost"), Links: t.leadLinks(page),
		Lines: []string{t.say(key+".do", "day", t.day(asked, t.c.Dispute.Calendar))},
	}
	if age := t.Now.Sub(asked); !asked.IsZero() && age > overdueAfter {
		lead.Overdue = t.say("lead.desk.overdue", "n", daysOf(age))
	}
	return lead
}

// asked is when the desk was asked for the ruling that the dispute waits for.
func (t caseTeller) asked() (at time.Time) {
	for _, question := range t.c.Questions {
		if string(question.Stage) == string(t.c.WaitingFor) {
			at = question.At
		}
	}
	return at
}

func daysOf(age time.Duration) int { return int(age / (24 * time.Hour)) }

// wait names what the dispute waits for.
func (t teller) wait(wait dispute.Wait) string {
	if wait == "" {
		return "–"
	}
	return t.say("wait." + string(wait))
}

func (t caseTeller) operatorLead() Lead {
	switch {
	case len(t.c.Attention) > 0:
		lead := Lead{Tone: toneAct, Title: t.say("lead.operator.attention.title"), Deadline: t.runningDeadline()}
		for _, cause := range t.causes() {
			lead.Lines = append(lead.Lines, cause.Title+": "+cause.Help)
		}
		return lead
	case t.c.State == dispute.StateClosed:
		return t.closedLead()
	}
	return Lead{
		Tone: toneWait, Title: t.say("lead.operator.calm.title"), Deadline: t.runningDeadline(),
		Lines: []string{t.say("lead.operator.calm.do", "wait", t.wait(t.c.WaitingFor))},
	}
}
