package activities

import (
	"context"

	"github.com/streitfall/streitfall/dispute"
)

// Arbiter judges cases by rules of the payment provider's own. It refuses nothing: every error is transient.
type Arbiter interface {
	// Judge returns a ruling, or nil to refer the case to the desk.
	Judge(ctx context.Context, in Case) (*dispute.Ruling, error)
}

// Case is what the arbiter judges.
type Case struct {
	Dispute dispute.Dispute `json:"dispute"`
	// Stage is what has to be judged.
	Stage dispute.Stage `json:"stage"`
	// Statement and StatementFiles are the customer's, beside the Complaint of the dispute; Evidence is everything that the
	// merchant has put forward.
	Statement      string             `json:"statement"`
	StatementFiles []dispute.File     `json:"statementFiles,omitempty"`
	Evidence       []dispute.Evidence `json:"evidence,omitempty"`
}

// Judgement is the arbiter's answer.
type Judgement struct {
	// Ruling is nil when the case is referred to the desk.
	Ruling *dispute.Ruling `json:"ruling,omitempty"`
}

// Arbitration asks the arbiter.
type Arbitration struct {
	arbiter Arbiter
}

// NewArbitration returns the activity on an arbiter.
func NewArbitration(arbiter Arbiter) *Arbitration {
	return &Arbitration{arbiter: arbiter}
}

// AskArbiter has the arbiter judge a case, or refer it to the desk. The ruling is validated like a person's; an invalid one
// is a transient error.
func (a *Arbitration) AskArbiter(ctx context.Context, in Case) (Judgement, error) {
	ruling, err := a.arbiter.Judge(ctx, in)
	if err == nil && ruling != nil {
		err = ruling.Validate(in.Stage)
	}
	if err != nil {
		return Judgement{}, retryable(err)
	}
	return Judgement{Ruling: ruling}, nil
}
