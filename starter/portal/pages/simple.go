package pages

import "time"

// SignIn asks a merchant for the address that gets a mail with a link. Desk adds the way of the desk and operators.
type SignIn struct {
	Filled Filled
	Desk   bool
}

// SignInSent says that a mail is on its way if the address is known.
type SignInSent struct{}

// Landing is where a link in a mail leads: a page with a button, because scanners open links. DisputeID is empty for the link
// of a merchant.
type Landing struct{ Token, DisputeID string }

// LinkExpired says that a link is not or no longer valid.
type LinkExpired struct{}

// NotFound is the answer for all that is not there, or not the viewer's.
type NotFound struct{}

// Refused is the answer to a request that is not taken at all: from another site, too large, or one of too many.
type Refused struct{ Kind ProblemKind }

// Failed is the answer to an error of ours.
type Failed struct{}

// Erased is the page of a dispute whose personal data was erased.
type Erased struct {
	DisputeID string
	At        time.Time
}

func (SignIn) template() string      { return "sign-in" }
func (SignInSent) template() string  { return "sign-in-sent" }
func (Landing) template() string     { return "landing" }
func (LinkExpired) template() string { return "link-expired" }
func (NotFound) template() string    { return "not-found" }
func (Refused) template() string     { return "refused" }
func (Failed) template() string      { return "failed" }
func (Erased) template() string      { return "erased" }
