package dispute

import (
	"encoding/hex"
	"strings"
	"time"
)

// Party is one side of a dispute, as sender, recipient or actor.
type Party string

// The parties.
const (
	// PartyCustomer is the complainant.
	PartyCustomer Party = "customer"
	// PartyMerchant sold the order.
	PartyMerchant Party = "merchant"
	// PartyDesk are the people at Klarna who arbitrate.
	PartyDesk Party = "desk"
	// PartyOperator runs this software.
	PartyOperator Party = "operator"
	// PartyKlarna runs the dispute; in the timeline it did whatever happens by itself.
	PartyKlarna Party = "klarna"
)

// Terms are what merchant and customer agreed on.
type Terms string

// The terms of an agreement.
const (
	// CustomerPays reactivates the invoice in full.
	CustomerPays Terms = "customer_pays"
	// MerchantRefunds reactivates the invoice less the agreed refund.
	MerchantRefunds Terms = "merchant_refunds"
)

// Agreement reports that merchant and customer have agreed.
type Agreement struct {
	Terms Terms `json:"terms"`
	// Refund is what the merchant gives up: with MerchantRefunds only, at most the disputed amount.
	Refund *Money `json:"refund,omitempty"`
	// ReportedBy is merchant, customer or operator. That the customer pays counts only when it is not
	// the merchant alone who says so.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Withdrawal reports that the customer has withdrawn the complaint.
type Withdrawal struct {
	// ReportedBy is customer or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Response is the merchant's reaction within the response window.
type Response struct {
	Message string `json:"message"`
	// ReportedBy is merchant or operator.
	ReportedBy Party `json:"reportedBy"`
}

// LossAcceptance is the merchant's word that the customer is right.
type LossAcceptance struct {
	// ReportedBy is merchant or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Statement is the customer's answer to the question for the reason.
type Statement struct {
	Statement string `json:"statement"`
}

// Evidence is what the merchant puts forward: a text, files by reference, or both.
type Evidence struct {
	Text  string         `json:"text,omitzero"`
	Files []EvidenceFile `json:"files,omitempty"`
}

// MaxEvidenceFiles is how many files one submission may name.
const MaxEvidenceFiles = 10

// EvidenceFile refers to a file; files themselves never travel in the history.
type EvidenceFile struct {
	// Kind is one of EvidenceKinds.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Size in bytes.
	Size int64 `json:"size"`
	// SHA256 of the content, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Location is where the desk finds the file, such as a URL.
	Location string `json:"location"`
}

// EvidenceKinds lists what a file of evidence can be.
var EvidenceKinds = []string{
	"proof_of_delivery", "tracking", "proof_of_refund", "return_confirmation", "order_confirmation", "correspondence", "other",
}

// Stage is what Klarna judges.
type Stage string

// The two rulings of an arbitration.
const (
	// StageJustification judges whether the complaint is justified.
	StageJustification Stage = "justification"
	// StageDecision decides finally.
	StageDecision Stage = "decision"
)

// Ruling is what the desk, or the arbiter's rules, judged.
type Ruling struct {
	Stage Stage `json:"stage"`
	// Justified is the ruling of StageJustification.
	Justified *bool `json:"justified,omitempty"`
	// InFavourOf is the ruling of StageDecision: merchant or customer.
	InFavourOf Party `json:"inFavourOf,omitzero"`
	// RuledBy and Rationale keep who judged, and why.
	RuledBy   string `json:"ruledBy"`
	Rationale string `json:"rationale"`
}

// MaxDeadlineMove is how far ahead of now a deadline can be moved.
const MaxDeadlineMove = 180 * 24 * time.Hour

// DeadlineMove sets the running deadline to another instant, later or earlier.
type DeadlineMove struct {
	To      time.Time `json:"to"`
	Reason  string    `json:"reason"`
	MovedBy string    `json:"movedBy"`
}

// Retry tries a refused message again.
type Retry struct {
	// Email corrects the recipient's address, for this dispute from now on. Optional.
	Email       string `json:"email,omitzero"`
	RequestedBy string `json:"requestedBy"`
}

// Acknowledgement takes a cause of attention off.
type Acknowledgement struct {
	Cause          Cause  `json:"cause"`
	AcknowledgedBy string `json:"acknowledgedBy"`
	Note           string `json:"note,omitzero"`
}

// Message is what parties, desk and operators send to a dispute.
type Message interface {
	Agreement | Withdrawal | Response | LossAcceptance | Statement | Evidence | Ruling | DeadlineMove | Retry | Acknowledgement
	check(f *Faults)
}

// DecodeMessage reads a message from JSON and validates its content by itself. All that is wrong comes
// back at once, as an Error of CodeInvalidMessage.
func DecodeMessage[M Message](data []byte) (M, error) {
	var message M
	faults := decode(data, RefuseUnknownNames, &message)
	if !faults.whole() {
		message.check(&faults)
	}
	return message, faults.Err(CodeInvalidMessage, "this is not a valid message")
}

func (a Agreement) check(f *Faults) {
	oneOf(f, "terms", a.Terms, []Terms{CustomerPays, MerchantRefunds})
	switch {
	case a.Terms == MerchantRefunds && a.Refund == nil:
		f.once("refund", "is required with terms %s", MerchantRefunds)
	case a.Terms == CustomerPays && a.Refund != nil:
		f.once("refund", "must be left out with terms %s", CustomerPays)
	case a.Refund != nil:
		a.Refund.check(f, "refund")
	}
	oneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyCustomer, PartyOperator})
	text(f, "note", a.Note, false)
}

func (w Withdrawal) check(f *Faults) {
	oneOf(f, "reportedBy", w.ReportedBy, []Party{PartyCustomer, PartyOperator})
	text(f, "note", w.Note, false)
}

func (r Response) check(f *Faults) {
	text(f, "message", r.Message, true)
	oneOf(f, "reportedBy", r.ReportedBy, []Party{PartyMerchant, PartyOperator})
}

func (a LossAcceptance) check(f *Faults) {
	oneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyOperator})
	text(f, "note", a.Note, false)
}

func (s Statement) check(f *Faults) {
	text(f, "statement", s.Statement, true)
}

func (e Evidence) check(f *Faults) {
	text(f, "text", e.Text, false)
	switch {
	case len(e.Files) == 0 && strings.TrimSpace(e.Text) == "" && !f.has("files"):
		f.once("text", "is required where no files are named: 1 to %d characters", MaxText)
	case len(e.Files) > MaxEvidenceFiles:
		f.once("files", "has %d files; at most %d are allowed", len(e.Files), MaxEvidenceFiles)
	}
	for i, file := range e.Files {
		file.check(f, index("files", i))
	}
}

func (e EvidenceFile) check(f *Faults, path string) {
	oneOf(f, path+".kind", e.Kind, EvidenceKinds)
	line(f, path+".name", e.Name, MaxLine)
	if e.Size < 1 {
		f.once(path+".size", "must be the size in bytes, a whole number of at least 1")
	}
	if sum, err := hex.DecodeString(e.SHA256); err != nil || len(sum) != 32 {
		f.once(path+".sha256", "must be a SHA-256 in 64 hexadecimal digits")
	}
	line(f, path+".location", e.Location, MaxText)
}

func (r Ruling) check(f *Faults) {
	oneOf(f, "stage", r.Stage, []Stage{StageJustification, StageDecision})
	if r.Stage == StageJustification {
		if r.Justified == nil {
			f.once("justified", "is required with stage %s: true or false", StageJustification)
		}
		if r.InFavourOf != "" {
			f.once("inFavourOf", "must be left out with stage %s", StageJustification)
		}
	}
	if r.Stage == StageDecision {
		oneOf(f, "inFavourOf", r.InFavourOf, []Party{PartyMerchant, PartyCustomer})
		if r.Justified != nil {
			f.once("justified", "must be left out with stage %s", StageDecision)
		}
	}
	line(f, "ruledBy", r.RuledBy, MaxLine)
	text(f, "rationale", r.Rationale, true)
}

func (m DeadlineMove) check(f *Faults) {
	if m.To.IsZero() {
		f.once("to", "is required, as RFC 3339 (2026-12-21T00:00:00+01:00)")
	}
	text(f, "reason", m.Reason, true)
	line(f, "movedBy", m.MovedBy, MaxLine)
}

func (r Retry) check(f *Faults) {
	if r.Email != "" {
		email(f, "email", r.Email)
	}
	line(f, "requestedBy", r.RequestedBy, MaxLine)
}

func (a Acknowledgement) check(f *Faults) {
	oneOf(f, "cause", a.Cause, Causes)
	line(f, "acknowledgedBy", a.AcknowledgedBy, MaxLine)
	text(f, "note", a.Note, false)
}

// Fits tells whether an agreement can settle a dispute about this amount; if not, the Error says why.
func (a Agreement) Fits(disputed Money) error {
	switch {
	case a.Terms == CustomerPays && a.ReportedBy == PartyMerchant:
		return Refuse(CodeInvalidMessage, "that the customer pays counts only when the customer or an operator reports it, not the merchant alone")
	case a.Refund != nil && a.Refund.Currency != disputed.Currency:
		return Refuse(CodeInvalidMessage, "the refund is in %s; allowed is %s, as in the dispute", a.Refund.Currency, disputed.Currency)
	case a.Refund != nil && a.Refund.Amount > disputed.Amount:
		return Refuse(CodeInvalidMessage, "the refund of %s is more than is in dispute; at most %s are allowed", a.Refund, disputed)
	}
	return nil
}

// Equal tells whether two agreements say the same.
func (a Agreement) Equal(b Agreement) bool {
	sameRefund := a.Refund == b.Refund || a.Refund != nil && b.Refund != nil && *a.Refund == *b.Refund
	a.Refund, b.Refund = nil, nil
	return sameRefund && a == b
}

// String says the terms in words.
func (a Agreement) String() string {
	if a.Refund != nil {
		return "the merchant refunds " + a.Refund.String()
	}
	return "the customer pays"
}
