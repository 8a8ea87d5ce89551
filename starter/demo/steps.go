package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// step is one thing that a party does. It waits until the dispute is ready for it.
type step func(ctx context.Context, a actor) error

// actor drives one dispute through the same client that a backend service uses.
type actor struct {
	disputes *workflows.Client
	id       string
	// request makes a step that is repeated take effect once.
	request workflows.UpdateOption
}

// blink is how long a period of the demo lasts once an operator has moved its deadline.
const blink = 2 * time.Second

// poll is how often the demo looks at its disputes.
const poll = 150 * time.Millisecond

// attempt bounds one call: the worker may be dead in the middle of it.
const attempt = 5 * time.Second

// insist makes a call until it is answered.
func insist(ctx context.Context, call func(context.Context) error) error {
	for {
		bounded, cancel := context.WithTimeout(ctx, attempt)
		err := call(bounded)
		cancel()
		if err == nil || dispute.CodeOf(err) != "" {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(poll):
		}
	}
}

// errNotThere asks insist to look again.
var errNotThere = errors.New("it is not there yet")

// reaches waits until the dispute is where done wants it.
func (a actor) reaches(ctx context.Context, what string, done func(dispute.View) bool) (view dispute.View, err error) {
	closed := false
	err = insist(ctx, func(ctx context.Context) error {
		seen, err := a.disputes.Status(ctx, a.id)
		if err != nil {
			return err
		}
		view = seen
		closed = over(view) && !done(view)
		if closed || done(view) {
			return nil
		}
		return errNotThere
	})
	switch {
	case closed:
		return view, fmt.Errorf("it is closed (%s) before %s", view.ClosingReason, what)
	case err != nil:
		return view, fmt.Errorf("it still waits for %s, not for %s: %w", view.WaitingFor, what, err)
	}
	return view, nil
}

// over tells that a dispute has ended, its last messages included.
func over(view dispute.View) bool {
	return view.State == dispute.StateClosed && view.WaitingFor == ""
}

func (a actor) waitsFor(ctx context.Context, wait dispute.Wait) error {
	_, err := a.reaches(ctx, string(wait), func(view dispute.View) bool { return view.WaitingFor == wait })
	return err
}

// when makes a step out of a message and the wait that it belongs to.
func when(wait dispute.Wait, send func(ctx context.Context, a actor) error) step {
	return func(ctx context.Context, a actor) error {
		if err := a.waitsFor(ctx, wait); err != nil {
			return err
		}
		return insist(ctx, func(ctx context.Context) error { return send(ctx, a) })
	}
}

func respond(message string) step {
	return when(dispute.WaitAgreement, func(ctx context.Context, a actor) error {
		_, err := a.disputes.Respond(ctx, a.id, dispute.Response{Message: message, ReportedBy: dispute.PartyMerchant}, a.request)
		return err
	})
}

func agree(agreement dispute.Agreement) step {
	return when(dispute.WaitAgreement, func(ctx context.Context, a actor) error {
		return a.disputes.Agree(ctx, a.id, agreement)
	})
}

func withdraw(note string) step {
	return when(dispute.WaitAgreement, func(ctx context.Context, a actor) error {
		return a.disputes.Withdraw(ctx, a.id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: note})
	})
}

func acceptLoss(note string) step {
	return when(dispute.WaitAgreement, func(ctx context.Context, a actor) error {
		_, err := a.disputes.AcceptLoss(ctx, a.id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: note}, a.request)
		return err
	})
}

func cancel() step {
	return when(dispute.WaitAgreement, func(ctx context.Context, a actor) error {
		return a.disputes.Cancel(ctx, a.id)
	})
}

// periodPasses lets time pass the only way there is: an operator moves the deadline close.
func periodPasses(wait dispute.Wait) step {
	return when(wait, func(ctx context.Context, a actor) error {
		_, err := a.disputes.MoveDeadline(ctx, a.id, dispute.DeadlineMove{
			To: time.Now().Add(blink), Reason: "The demo does not wait for weeks.", MovedBy: "demo",
		}, a.request)
		if dispute.CodeOf(err) == dispute.CodeInvalidMessage {
			return errNotThere // the worker was away for so long that the instant is past: another one
		}
		return err
	})
}

func state(statement string) step {
	return when(dispute.WaitStatement, func(ctx context.Context, a actor) error {
		_, err := a.disputes.StateReason(ctx, a.id, dispute.Statement{Statement: statement}, a.request)
		return err
	})
}

func judge(justified bool, rationale string) step {
	return when(dispute.WaitJustification, func(ctx context.Context, a actor) error {
		_, err := a.disputes.Rule(ctx, a.id, dispute.Ruling{
			Stage: dispute.StageJustification, Justified: &justified, RuledBy: "desk-anna", Rationale: rationale,
		}, a.request)
		return err
	})
}

func submit(text string) step {
	return when(dispute.WaitEvidence, func(ctx context.Context, a actor) error {
		_, err := a.disputes.SubmitEvidence(ctx, a.id, dispute.Evidence{Text: text, Files: []dispute.EvidenceFile{{
			Kind: "proof_of_delivery", Name: a.id + ".pdf", Size: 48213,
			SHA256: strings.Repeat("0123456789abcdef", 4), Location: "https://files.example/" + a.id + ".pdf",
		}}}, a.request)
		return err
	})
}

func decide(inFavourOf dispute.Party, rationale string) step {
	return when(dispute.WaitDecision, func(ctx context.Context, a actor) error {
		_, err := a.disputes.Rule(ctx, a.id, dispute.Ruling{
			Stage: dispute.StageDecision, InFavourOf: inFavourOf, RuledBy: "desk-anna", Rationale: rationale,
		}, a.request)
		return err
	})
}
