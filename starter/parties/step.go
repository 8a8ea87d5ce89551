package parties

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// step is one message that a party sends when the dispute waits for it.
type step struct {
	wait dispute.Wait
	send func(ctx context.Context, a *actor, request workflows.UpdateOption) error
	// causes are the messages that the dispute sends in answer, or on the way to the next step.
	causes []string
	// immediate is true if the step follows the one before without a look at what the dispute waits for.
	immediate bool
}

var (
	movedForMerchant = Message(dispute.OccasionDeadlineMoved, dispute.PartyMerchant)
	movedForCustomer = Message(dispute.OccasionDeadlineMoved, dispute.PartyCustomer)
	stepsIn          = Message(dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant)
	reasonAsked      = Message(dispute.OccasionReasonAsked, dispute.PartyCustomer)
	rulingAsked      = Message(dispute.OccasionRulingAsked, dispute.PartyDesk)
	informationAsked = Message(dispute.OccasionInformationRequested, dispute.PartyMerchant)
)

func respond(message string) step {
	return step{
		wait: dispute.WaitAgreement, causes: []string{toldCustomer},
		send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
			_, err := a.disputes.Respond(ctx, a.id, dispute.Response{Message: message, ReportedBy: dispute.PartyMerchant}, request)
			return a.spoken(dispute.ClosedMerchantSilent, err)
		},
	}
}

// spoken records that the dispute has accepted what a party said, so that it must not end for the silence of that party.
func (a *actor) spoken(silence dispute.ClosingReason, err error) error {
	if err == nil {
		a.ending.Spoken = append(a.ending.Spoken, silence)
	}
	return err
}

// agree reports an agreement on agreedRefund, of both parties.
func agree(note string) step {
	return step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
		return a.disputes.Agree(ctx, a.id, dispute.Agreement{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: agreedRefund, Currency: "EUR"},
			ReportedBy: dispute.PartyOperator, Note: note,
		})
	}}
}

func withdraw(note string) step {
	return step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
		return a.disputes.Withdraw(ctx, a.id, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: note})
	}}
}

func acceptLoss(note string) step {
	return step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.AcceptLoss(ctx, a.id, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: note}, request)
		return err
	}}
}

var cancel = step{wait: dispute.WaitAgreement, send: func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
	return a.disputes.Cancel(ctx, a.id)
}}

func state(statement string) step {
	return step{
		wait: dispute.WaitStatement, causes: []string{stepsIn, reasonAsked, rulingAsked},
		send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
			_, err := a.disputes.StateReason(ctx, a.id, dispute.Statement{Statement: statement}, request)
			return a.spoken(dispute.ClosedNotSubstantiated, err)
		},
	}
}

func judge(justified bool, rationale string) step {
	return rule(dispute.WaitJustification, dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified, Rationale: rationale})
}

func decide(inFavourOf dispute.Party, rationale string) step {
	return rule(dispute.WaitDecision, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: inFavourOf, Rationale: rationale})
}

func rule(wait dispute.Wait, ruling dispute.Ruling) step {
	ruling.RuledBy = "anna"
	return step{wait: wait, send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
		_, err := a.disputes.Rule(ctx, a.id, ruling, request)
		return err
	}}
}

// submit answers the request for information with a text and one file of a kind.
func submit(text, kind string) step {
	return step{
		wait: dispute.WaitEvidence, causes: []string{informationAsked, rulingAsked},
		send: func(ctx context.Context, a *actor, request workflows.UpdateOption) error {
			_, err := a.disputes.SubmitEvidence(ctx, a.id, dispute.Evidence{Text: text, Files: []dispute.File{{
				Kind: kind, Name: a.id + ".pdf", Size: 48213,
				SHA256: strings.Repeat("0123456789abcdef", 4), Location: "https://files.example/" + a.id + ".pdf",
			}}}, request)
			return a.spoken(dispute.ClosedNoInformation, err)
		},
	}
}

var (
	windowPasses    = step{wait: dispute.WaitAgreement, send: endPeriod(dispute.WaitAgreement, movedForMerchant), causes: []string{movedForMerchant}}
	statementPasses = step{
		wait: dispute.WaitStatement, send: endPeriod(dispute.WaitStatement, movedForCustomer),
		causes: []string{stepsIn, reasonAsked, movedForCustomer},
	}
	evidencePasses = step{
		wait: dispute.WaitEvidence, send: endPeriod(dispute.WaitEvidence, movedForMerchant),
		causes: []string{informationAsked, movedForMerchant},
	}
)

// errTooLate makes insist move the deadline again: the new one was over before the dispute, or the party, knew it.
var errTooLate = errors.New("the new deadline was over before the party was informed")

// endPeriod lets a period pass: an operator moves its deadline to Driver.Blink from now. An earlier deadline counts once the
// party has been informed of it; while mails do not arrive, it passes before and has to be moved again, less early.
func endPeriod(wait dispute.Wait, moved string) func(context.Context, *actor, workflows.UpdateOption) error {
	return func(ctx context.Context, a *actor, _ workflows.UpdateOption) error {
		if a.period != wait {
			a.period, a.moved, a.deadline, a.tries = wait, moved, time.Time{}, 0
		}
		return a.endPeriod(ctx)
	}
}

func (a *actor) endPeriod(ctx context.Context) error {
	if a.move.IsZero() {
		a.move = a.now().Add(a.Blink << min(a.tries, 4))
		a.tries++
		a.moves++
		a.ending.Deadlines = append(a.ending.Deadlines, a.move)
	}
	_, err := a.disputes.MoveDeadline(ctx, a.id, dispute.DeadlineMove{To: a.move, Reason: "Nobody waits for weeks here.", MovedBy: "operator"},
		workflows.WithUpdateID(fmt.Sprintf("%s-move-%d", a.id, a.moves)))
	if err == nil {
		err = awaitDeadline(ctx, a.disputes, a.id, a.period, a.move, a.Poll)
	}
	if dispute.CodeOf(err) == dispute.CodeInvalidMessage || errors.Is(err, errTooLate) {
		a.move = time.Time{}
		a.ending.May[a.moved]++
		return errTooLate
	}
	if err == nil {
		a.deadline, a.move = a.move, time.Time{}
	}
	return err
}

// endAgain ends a period whose deadline an outage has moved.
func (a *actor) endAgain(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	view, err := a.disputes.Status(bounded, a.id)
	if err != nil || view.WaitingFor != a.period || view.Deadline == nil || !view.Deadline.After(a.now()) {
		return err
	}
	a.ending.May[a.moved]++
	err = a.insist(ctx, false, a.endPeriod)
	if dispute.CodeOf(err) == dispute.CodeNotAccepted { // the period is over
		a.move, err = time.Time{}, nil
	}
	return err
}

// awaitDeadline returns when a moved deadline counts or the wait is over, and with errTooLate when the new one has passed
// before it counted.
func awaitDeadline(ctx context.Context, disputes *workflows.Client, id string, wait dispute.Wait, to time.Time, poll time.Duration) error {
	for {
		view, err := disputes.Status(ctx, id)
		switch {
		case err != nil: // asked again
		case view.WaitingFor != wait, view.Deadline != nil && view.Deadline.Equal(to):
			return nil
		case view.PendingDeadline == nil:
			return errTooLate
		}
		if pause(ctx, poll) != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// EndPeriod lets the period of a dispute that waits for wait pass: it moves the deadline to the next second, or later until
// one counts. The move has the reason and the operator; its instant is set here.
func EndPeriod(ctx context.Context, disputes *workflows.Client, id string, wait dispute.Wait, move dispute.DeadlineMove) error {
	for blink := time.Second; ; blink *= 2 {
		move.To = time.Now().Add(blink)
		_, err := disputes.MoveDeadline(ctx, id, move)
		if err == nil {
			err = awaitDeadline(ctx, disputes, id, wait, move.To, blink/50)
		}
		if !errors.Is(err, errTooLate) && dispute.CodeOf(err) != dispute.CodeInvalidMessage {
			return err
		}
	}
}
