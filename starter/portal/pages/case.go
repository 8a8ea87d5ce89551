package pages

import (
	"github.com/streitfall/streitfall/dispute"
)

// Case is the page of a dispute.
type Case struct {
	ID, Heading string
	// Unavailable means that only what the list knows can be shown.
	Unavailable bool
	Lead        Lead
	Facts       []Fact
	Settled     []Fact
	// Complaint, Conversation and the others are what people have written.
	Complaint    *Said
	Conversation []Said
	Proposals    []Proposal
	Statement    *Said
	Evidence     []Said
	EvidenceName string
	Rulings      []Said
	Causes       []Cause
	Retried      []string
	Timeline     []Event
	Omitted      string
	// Respond and the others are the forms of what is possible now; nil for what is not.
	Respond, Propose, Answer, EvidenceForm, Reason, Rule *Form
	Operate                                              []*Form
	// Requested means that the form for evidence answers the request for information.
	Requested bool
	// More are links to acts with a page of their own.
	More  []Link
	WebUI string

	filled Filled
}

func (Case) template() string      { return "case" }
func (c Case) title(teller) string { return c.Heading + " · " + c.ID }
func (c Case) filledForm() Filled  { return c.filled }
func (c Case) forms(teller) (all []*Form) {
	for _, form := range append([]*Form{c.Answer, c.Respond, c.Propose, c.EvidenceForm, c.Reason, c.Rule}, c.Operate...) {
		if form != nil {
			all = append(all, form)
		}
	}
	return all
}

// Lead is the first thing on the page of a case: what to do, until when, and what it costs not to.
type Lead struct {
	// Tone is act, wait or done.
	Tone, Title string
	Deadline    *Deadline
	// Cost is what happens otherwise, in money.
	Cost  string
	Lines []string
	Links []Link
	// Overdue says that the desk's ruling is late.
	Overdue string
}

// The tones of a lead.
const (
	toneAct  = "act"
	toneWait = "wait"
	toneDone = "done"
)

// Fact is a name with its value.
type Fact struct {
	Name, Value string
	Strong      bool
}

// Said is what a person has written, with files. It is quoted.
type Said struct {
	Who, When, Text string
	// Mine marks the viewer's own, Note says what became of it.
	Mine  bool
	Title string
	Note  string
	Files []File
}

// File is a file that a person has submitted. URL is empty where it cannot be got.
type File struct{ Text, URL string }

// Proposal is a proposal of one of the parties.
type Proposal struct {
	Title, Terms, State string
	Said                Said
	Answer              *Said
	Standing            bool
	// Form answers the proposal, where the viewer can.
	Form *Form
}

// Event is an entry of the history.
type Event struct {
	When, Instant, Text string
}

// Cause is a reason why an operator is needed.
type Cause struct{ Title, Help string }

// caseTeller writes the page of one case for one audience.
type caseTeller struct {
	teller
	// c is what the audience sees of the case.
	c dispute.Case
	x CaseContext
	// party is the audience: merchant, customer, desk or operator.
	party dispute.Party
}

func newCaseTeller(c dispute.Case, party dispute.Party, v Viewer, x CaseContext) caseTeller {
	if x.NewID == nil {
		x.NewID = func() string { return "" }
	}
	if x.FileURL == nil {
		x.FileURL = func(dispute.File) string { return "" }
	}
	v.Party = party
	return caseTeller{teller: newTeller(v).about(c, x.Merchant), c: c, x: x, party: party}
}

// MerchantCase is a dispute as its merchant sees it.
func MerchantCase(c dispute.Case, v Viewer, x CaseContext) Page {
	t := newCaseTeller(c.For(dispute.PartyMerchant), dispute.PartyMerchant, v, x)
	page := t.page()
	page.Respond, page.Propose, page.Answer, page.EvidenceForm = t.respondForm(), t.proposeForm(), t.answerForm(), t.evidenceForm()
	if t.allowed(dispute.UpdateAcceptLoss, 0) {
		page.More = append(page.More, t.more(ActAcceptLoss))
	}
	return t.finish(page)
}

// CustomerCase is a dispute as its complainant sees it.
func CustomerCase(c dispute.Case, v Viewer, x CaseContext) Page {
	t := newCaseTeller(c.For(dispute.PartyCustomer), dispute.PartyCustomer, v, x)
	page := t.page()
	page.Respond, page.Propose, page.Answer, page.Reason = t.respondForm(), t.proposeForm(), t.answerForm(), t.reasonForm()
	if t.allowed(dispute.UpdatePropose, t.proposed()) {
		page.More = append(page.More, t.more(ActPay))
	}
	if t.undecided() {
		page.More = append(page.More, t.more(ActWithdraw))
	}
	return t.finish(page)
}

// DeskCase is a dispute as the desk sees it.
func DeskCase(c dispute.Case, v Viewer, x CaseContext) Page {
	t := newCaseTeller(c.For(dispute.PartyDesk), dispute.PartyDesk, v, x)
	page := t.page()
	page.Rule = t.ruleForm()
	return t.finish(page)
}

// OperatorCase is a dispute as operators see it.
func OperatorCase(c dispute.Case, v Viewer, x CaseContext) Page {
	t := newCaseTeller(c, dispute.PartyOperator, v, x)
	page := t.page()
	page.Operate = t.operatorForms()
	if t.undecided() {
		page.More = append(page.More, t.more(ActCancel))
	}
	page.WebUI = x.WebUI
	return t.finish(page)
}

// page has what the pages of all audiences have. What the audience does not see is not in the case.
func (t caseTeller) page() Case {
	page := Case{
		ID: line(t.c.Dispute.ID), Heading: t.heading(), Facts: t.facts(), Settled: t.settled(),
		Complaint: t.complaint(), Conversation: t.conversation(), Proposals: t.proposals(),
		Statement: t.statement(), Evidence: t.evidence(), EvidenceName: t.say("evidence.title.other"), Rulings: t.rulings(),
		Causes: t.causes(), Retried: t.retried(t.x.Retried), Timeline: t.timeline(), filled: t.x.Filled,
	}
	if t.party == dispute.PartyMerchant {
		page.EvidenceName = t.say("evidence.title.merchant")
	}
	if t.c.SentOmitted > 0 && t.party == dispute.PartyOperator {
		page.Omitted = t.say("timeline.omitted", "n", t.c.SentOmitted)
	}
	return page
}

// finish sets what follows from the forms that there are.
func (t caseTeller) finish(page Case) Case {
	page.Requested = t.c.WaitingFor == dispute.WaitEvidence
	for i := range page.Proposals {
		if page.Answer != nil && page.Proposals[i].Standing && !page.Proposals[i].Said.Mine {
			page.Proposals[i].Form = page.Answer
		}
	}
	page.Lead = t.lead(page)
	return page
}

func (t caseTeller) heading() string {
	reason := t.Language.Reason(dispute.Reason(line(string(t.c.Dispute.Reason))))
	return unbroken(reason+" ·") + " " + t.money(clean(t.c.Dispute.DisputedAmount))
}

// allowed reports whether the dispute takes an update now, of which it has taken some before.
func (t caseTeller) allowed(update string, taken int) bool {
	return dispute.Accept(update, t.c.WaitingFor, taken) == nil
}

// undecided reports whether the dispute can still end by an agreement or a withdrawal.
func (t caseTeller) undecided() bool { return t.allowed(dispute.UpdateAcceptLoss, 0) }

// proposed counts the viewer's proposals.
func (t caseTeller) proposed() (n int) {
	for _, p := range t.c.Proposals {
		if p.By == t.party {
			n++
		}
	}
	return n
}

func (t caseTeller) runningDeadline() *Deadline {
	period := t.c.RunningPeriod()
	if period == nil {
		return nil
	}
	return t.deadline(period.Deadline, t.c.Dispute.Calendar)
}
