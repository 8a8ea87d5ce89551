package dispute

import (
	"encoding/hex"
	"strings"
)

// Message is what parties, desk and operators send to a dispute.
type Message interface {
	Agreement | Withdrawal | Response | LossAcceptance | Statement | Evidence | Ruling | DeadlineMove | Retry | Acknowledgement
	check(f *Faults)
}

// DecodeMessage reads a message from JSON and validates its content by itself. All that is wrong comes
// back at once, as a Refusal of CodeInvalidMessage.
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
	line(f, path+".location", e.Location, MaxLocation)
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

// Fits tells whether an agreement can settle a dispute about this amount; if not, the Refusal says why.
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
