package dispute

import (
	"slices"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Message is a message to a dispute, from a party, the desk or an operator.
type Message interface {
	Agreement | Withdrawal | Response | Offer | ProposalAnswer | LossAcceptance | Statement | Evidence | Ruling | DeadlineMove | Retry | Acknowledgement | Bounce
	check(f *Faults)
}

// DecodeMessage reads a message from JSON and validates its content, without the dispute. It returns all faults at once,
// as a Refusal with CodeInvalidMessage.
func DecodeMessage[M Message](data []byte) (M, error) {
	var message M
	faults := strict.Decode(data, strict.RefuseUnknownNames, &message)
	if !faults.Unreadable() {
		message.check(&faults)
	}
	return message, RefuseFaults(CodeInvalidMessage, faults, "this is not a valid message")
}

// ReadMessage decodes the JSON of a message that was validated before, by the validator of its update. It judges nothing, so
// that a replay with newer tables (currencies, Unicode) reads what was accepted.
func ReadMessage[M Message](data []byte) (message M) {
	strict.Decode(data, strict.TolerateUnknownNames, &message)
	return message
}

func (w Withdrawal) check(f *Faults) {
	strict.OneOf(f, "reportedBy", w.ReportedBy, []Party{PartyCustomer, PartyOperator})
	strict.Text(f, "note", w.Note, MaxText)
}

func (r Response) check(f *Faults) {
	strict.RequiredText(f, "message", r.Message, MaxText)
	strict.OneOf(f, "reportedBy", r.ReportedBy, []Party{PartyMerchant, PartyCustomer, PartyOperator})
}

func (a LossAcceptance) check(f *Faults) {
	strict.OneOf(f, "reportedBy", a.ReportedBy, []Party{PartyMerchant, PartyOperator})
	strict.Text(f, "note", a.Note, MaxText)
}

func (s Statement) check(f *Faults) {
	strict.RequiredText(f, "statement", s.Statement, MaxText)
	checkFiles(f, "files", s.Files)
}

func (e Evidence) check(f *Faults) {
	checkTextOrFiles(f, "", e.Text, e.Files)
}

func (r Ruling) check(f *Faults) {
	strict.OneOf(f, "stage", r.Stage, Stages)
	if r.Stage == StageJustification {
		if r.Justified == nil {
			f.AddOnce("justified", "is required with stage %s: true or false", StageJustification)
		}
		if r.InFavourOf != "" {
			f.AddOnce("inFavourOf", "must be left out with stage %s", StageJustification)
		}
	}
	if r.Stage == StageDecision {
		strict.OneOf(f, "inFavourOf", r.InFavourOf, []Party{PartyMerchant, PartyCustomer})
		if r.Justified != nil {
			f.AddOnce("justified", "must be left out with stage %s", StageDecision)
		}
	}
	strict.Line(f, "ruledBy", r.RuledBy, MaxLine)
	strict.RequiredText(f, "rationale", r.Rationale, MaxText)
}

// Validate checks a ruling that an arbiter gave on a stage, as an update's would be. It returns a Refusal with
// CodeInvalidMessage.
func (r Ruling) Validate(stage Stage) error {
	var faults Faults
	r.check(&faults)
	if r.Stage != stage {
		faults.AddOnce("stage", "is %q, but the question was the %s", r.Stage, stage)
	}
	return RefuseFaults(CodeInvalidMessage, faults, "this is not a valid ruling")
}

func (m DeadlineMove) check(f *Faults) {
	if m.To.IsZero() {
		f.AddOnce("to", "is required, in RFC 3339 format (2026-12-21T00:00:00+01:00)")
	}
	strict.RequiredText(f, "reason", m.Reason, MaxText)
	strict.Line(f, "movedBy", m.MovedBy, MaxLine)
}

func (r Retry) check(f *Faults) {
	if r.Recipient != "" {
		strict.OneOf(f, "recipient", r.Recipient, []Party{PartyMerchant, PartyCustomer})
	}
	if r.Email != "" {
		strict.Email(f, "email", r.Email)
	}
	strict.Line(f, "requestedBy", r.RequestedBy, MaxLine)
}

func (b Bounce) check(f *Faults) {
	strict.OneOf(f, "recipient", b.Recipient, []Party{PartyMerchant, PartyCustomer})
	if b.Recipient == PartyMerchant || b.Recipient == PartyCustomer {
		strict.OneOf(f, "occasion", b.Occasion.Original(), bouncing(b.Recipient))
	}
	if b.Number < 1 || int64(b.Number) > strict.MaxInteger {
		f.AddOnce("number", "must be the number of the message, 1 or more")
	}
	strict.RequiredText(f, "reason", b.Reason, MaxText)
	strict.Line(f, "reportedBy", b.ReportedBy, MaxLine)
}

// bouncing lists the occasions of the messages to a party while a dispute is undecided.
func bouncing(to Party) (occasions []Occasion) {
	for _, occasion := range Occasions {
		if slices.Contains(occasion.Recipients(), to) && occasion != OccasionClosed && !occasion.IsCopy() {
			occasions = append(occasions, occasion)
		}
	}
	return occasions
}

func (a Acknowledgement) check(f *Faults) {
	strict.OneOf(f, "cause", a.Cause, Causes)
	strict.Line(f, "acknowledgedBy", a.AcknowledgedBy, MaxLine)
	strict.Text(f, "note", a.Note, MaxText)
}
