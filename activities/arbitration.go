package activities

import (
	"context"

	"github.com/streitfall/streitfall/dispute"
)

// Arbiter judges disputes.
type Arbiter interface {
	// Judge rules, or returns nil: then the desk is asked.
	Judge(ctx context.Context, in Case) (*dispute.Ruling, error)
}

// Case is what the arbiter judges.
type Case struct {
	Dispute dispute.Dispute `json:"dispute"`
	// Stage is what has to be judged.
	Stage dispute.Stage `json:"stage"`
	// Statement is the customer's, Evidence everything that the merchant has put forward.
	Statement string             `json:"statement"`
	Evidence  []dispute.Evidence `json:"evidence,omitempty"`
	// Referral tells the desk that the case is referred to it, Request asks the merchant for information when the
	// complaint is justified. The one that follows from the answer is tried in the same step.
	Referral *Notification `json:"referral,omitempty"`
	Request  *Notification `json:"request,omitempty"`
}

// Judgement is the arbiter's answer.
type Judgement struct {
	// Ruling is nil when the case is referred to the desk.
	Ruling *dispute.Ruling `json:"ruling,omitempty"`
	// Told is what became of the message that followed; nil when none was tried.
	Told *Told `json:"told,omitempty"`
}

// Arbitration asks the arbiter.
type Arbitration struct {
	arbiter       Arbiter
	notifications *Notifications
}

// NewArbitration makes the activity on an arbiter and the messages that follow from its answers.
func NewArbitration(arbiter Arbiter, notifications *Notifications) *Arbitration {
	return &Arbitration{arbiter: arbiter, notifications: notifications}
}

// AskArbiter lets the arbiter judge a case or refer it to the desk. What follows is told once; trouble of the message is
// none of the judgement: Notify goes on with it.
func (a *Arbitration) AskArbiter(ctx context.Context, in Case) (Judgement, error) {
	ruling, err := a.arbiter.Judge(ctx, in)
	if err != nil {
		return Judgement{}, retryable(err)
	}
	judgement := Judgement{Ruling: ruling}
	if next := in.Next(ruling); next != nil {
		judgement.Told = &a.notifications.try(ctx, *next)[0]
	}
	return judgement, nil
}

// Next is the message that follows from an answer to the case; nil when none does.
func (c Case) Next(ruling *dispute.Ruling) *Notification {
	switch {
	case ruling == nil:
		return c.Referral
	case ruling.Justified != nil && *ruling.Justified:
		return c.Request
	default:
		return nil
	}
}
