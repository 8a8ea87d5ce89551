package pages

import (
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
)

// SignIn asks a merchant for the address that gets a mail with a link. Desk adds the way of the desk and operators. OneDispute
// says that the viewer has come by a mail about one dispute, and sees no other without such a link.
type SignIn struct {
	Filled     Filled
	Desk       bool
	OneDispute bool
}

// SignInSent says that a mail is on its way if the address is known.
type SignInSent struct{}

// Landing is where a link in a mail leads: a page with a button, because scanners open links. DisputeID is empty for the link
// of a merchant.
type Landing struct {
	Token, DisputeID string
	// Confirms means that the link confirms a new address, and opens nothing. Scanners press buttons too, so it has a box,
	// FieldConfirmed; NotTicked means that it was not ticked.
	Confirms, NotTicked bool
}

// LinkExpired says that a link is not or no longer valid.
type LinkExpired struct{}

// NotFound is the answer for all that is not there, or not the viewer's. Filled is a form that came with the request.
type NotFound struct{ Filled Filled }

// Refused is the answer to a request that is not taken at all: from another site, too large, or one of too many. Kind is
// optional, and Limit is that of a Problem. Filled is a form that came with the request.
type Refused struct {
	Kind   ProblemKind
	Limit  string
	Filled Filled
}

// Failed is the answer to an error of ours. Filled is a form that came with the request.
type Failed struct{ Filled Filled }

// Erased is the page of a dispute whose personal data was erased. Case is what the list knows of it; it may be empty.
type Erased struct {
	DisputeID string
	At        time.Time
	Case      ledger.CaseSummary
	// Filled is a form that came after the erasure.
	Filled Filled
}

func (SignIn) template() string      { return "sign-in" }
func (SignInSent) template() string  { return "sign-in-sent" }
func (Landing) template() string     { return "landing" }
func (LinkExpired) template() string { return "link-expired" }
func (NotFound) template() string    { return "not-found" }
func (Refused) template() string     { return "refused" }
func (Failed) template() string      { return "failed" }
func (Erased) template() string      { return "erased" }

func (SignIn) title(t teller) string      { return t.say("sign-in.title") }
func (SignInSent) title(t teller) string  { return t.say("sign-in-sent.title") }
func (LinkExpired) title(t teller) string { return t.say("link-expired.title") }
func (NotFound) title(t teller) string    { return t.say("not-found.title") }
func (Refused) title(t teller) string     { return t.say("refused.title") }
func (Failed) title(t teller) string      { return t.say("failed.title") }
func (Erased) title(t teller) string      { return t.say("erased.title") }

func (l Landing) title(t teller) string {
	if l.Confirms {
		return t.say("landing.title.address")
	}
	if l.DisputeID == "" {
		return t.say("landing.title.list")
	}
	return t.say("landing.title.dispute")
}

func (s SignIn) filledForm() Filled   { return s.Filled }
func (e Erased) filledForm() Filled   { return e.Filled }
func (n NotFound) filledForm() Filled { return n.Filled }
func (r Refused) filledForm() Filled  { return r.Filled }
func (f Failed) filledForm() Filled   { return f.Filled }
func (Erased) forms(teller) []*Form   { return nil }
func (NotFound) forms(teller) []*Form { return nil }
func (Refused) forms(teller) []*Form  { return nil }
func (Failed) forms(teller) []*Form   { return nil }

func (s SignIn) forms(t teller) []*Form {
	form := t.form(s.Filled, Form{Action: PathSignIn, Anchor: "sign-in", Button: t.say("sign-in.button")})
	form.field(t, Field{Name: FieldEmail, Label: t.say("sign-in.email"), Type: typeEmail, Autocomplete: "email", Required: true})
	return []*Form{&form}
}

// Form is the form for the address.
func (s SignIn) Form(f frame) *Form { return s.forms(f.teller)[0] }

// Action is the path that signs in.
func (l Landing) Action() string { return LinkPath(l.Token) }

// Sentence says why the request is not taken, if that can be said and is not said above a text that is kept.
func (r Refused) Sentence(f frame) string {
	if strings.TrimSpace(string(r.Kind)) == "" || len(r.Filled.Problems) > 0 {
		return ""
	}
	return f.problem(Problem{Kind: r.Kind, Limit: r.Limit})
}

// Day is when the content was erased.
func (e Erased) Day(f frame) string {
	if e.At.IsZero() {
		return ""
	}
	return f.say("erased.at", "day", f.day(e.At, e.Case.Calendar))
}

// Facts are the money's record.
func (e Erased) Facts(f frame) (facts []Fact) {
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, Fact{Name: f.say(key), Value: value})
		}
	}
	if e.Case.DisputeID == "" {
		return nil
	}
	add("fact.amount", f.money(clean(e.Case.DisputedAmount)))
	add("fact.order", line(e.Case.OrderID))
	add("fact.invoice", line(e.Case.InvoiceID))
	add("fact.outcome", f.perhaps("outcome."+string(e.Case.Outcome)))
	return facts
}
