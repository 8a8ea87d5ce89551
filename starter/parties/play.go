package parties

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// Driver drives disputes through the same client that a backend service uses.
type Driver struct {
	Temporal client.Client
	// Poll is how soon a party looks again whether it is its turn, or says again what was not heard. It becomes ten
	// times as patient, so that many who wait do not keep Temporal from what they wait for.
	Poll time.Duration
	// Blink is how long a period lasts once its deadline has been moved close.
	Blink time.Duration
}

// Ending is how a dispute has to have ended, by what its parties said and were told.
type Ending struct {
	Case Case
	// Reasons are the closing reasons that are right, nearly always one.
	Reasons []dispute.ClosingReason
	// Refund is what the parties have agreed on, if they have.
	Refund dispute.Money
	// Reacted tells that the dispute has accepted a reaction of the merchant.
	Reacted bool
	// Must and May count the messages that have to be sent, and those that can be, by name.
	Must, May map[string]int
	// Stall is the longest time that one step took, and Stalled what it waited for; "" is the end.
	Stall   time.Duration
	Stalled dispute.Wait
}

// actor is all parties of one dispute.
type actor struct {
	Driver
	disputes *workflows.Client
	id       string
	ending   *Ending
	// deadline is where the running one has been moved to.
	deadline time.Time
}

// errOver ends a script early: the dispute has nothing more to wait for.
var errOver = errors.New("the dispute is over")

// Play opens a dispute, says what its parties have to say and waits for its end. An error means that ctx was over
// before it, or that a message was refused that should not have been.
func (d Driver) Play(ctx context.Context, c Case) (Ending, error) {
	ending := Ending{
		Case: c, Reasons: []dispute.ClosingReason{c.Path.ends}, Must: c.messages(), May: map[string]int{},
		Refund: dispute.Money{Amount: agreedRefund, Currency: c.Dispute.DisputedAmount.Currency},
	}
	a := &actor{Driver: d, disputes: workflows.NewClient(d.Temporal), id: c.Dispute.ID, ending: &ending}
	err := a.play(ctx, c)
	if errors.Is(err, errOver) {
		err = a.timed("", func() error { return a.await(ctx, "") })
	}
	if err != nil && !errors.Is(err, errOver) {
		return ending, fmt.Errorf("dispute %s (%s): %w", c.Dispute.ID, c.Path.Name, err)
	}
	return ending, nil
}

func (a *actor) play(ctx context.Context, c Case) error {
	c.Dispute.OpenedAt = time.Now().UTC().Truncate(time.Millisecond)
	err := a.timed(dispute.WaitPause, func() error {
		return a.insist(ctx, false, func(ctx context.Context) error {
			_, err := a.disputes.Open(ctx, c.Dispute)
			return err
		})
	})
	if err != nil {
		return err
	}
	for i, step := range c.Path.script {
		request := workflows.WithUpdateID(fmt.Sprintf("%s-%d", a.id, i))
		if err := a.timed(step.wait, func() error { return a.take(ctx, step, request) }); err != nil {
			return err
		}
	}
	return errOver
}

func (a *actor) take(ctx context.Context, step step, request workflows.UpdateOption) error {
	if !step.atOnce {
		if err := a.await(ctx, step.wait); err != nil {
			return err
		}
	}
	for _, message := range step.causes {
		a.ending.Must[message]++
	}
	return a.insist(ctx, !step.atOnce, func(ctx context.Context) error { return step.say(ctx, a, request) })
}

// timed remembers the step that took longest.
func (a *actor) timed(wait dispute.Wait, take func() error) error {
	began := time.Now()
	err := take()
	if took := time.Since(began); took > a.ending.Stall {
		a.ending.Stall, a.ending.Stalled = took, wait
	}
	return err
}

// attempt bounds one call: Temporal may be away in the middle of it.
const attempt = 10 * time.Second

// insist makes a call until it is answered. That the dispute does not take a message yet is no answer where the
// message is sure to be its next.
func (a *actor) insist(ctx context.Context, sure bool, call func(context.Context) error) error {
	for patience := a.Poll; ; patience = a.more(patience) {
		bounded, cancel := context.WithTimeout(ctx, attempt)
		err := call(bounded)
		cancel()
		switch code := dispute.CodeOf(err); {
		case code == dispute.CodeDisputeClosed:
			return errOver
		case code == dispute.CodeNotAccepted && sure: // then again
		case err == nil, errors.Is(err, errOver), code != "":
			return err
		}
		if pause(ctx, patience) != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

func (a *actor) more(patience time.Duration) time.Duration { return min(patience*3/2, 10*a.Poll) }

// await waits until the dispute waits for something, or until it is over. It asks Temporal alone: the workers may
// all be dead.
func (a *actor) await(ctx context.Context, wait dispute.Wait) error {
	for patience := a.Poll; ; patience = a.more(patience) {
		last, err := a.Temporal.DescribeWorkflow(ctx, workflows.WorkflowID(a.id), "")
		if err == nil {
			now, _ := last.TypedSearchAttributes.GetKeyword(workflows.AttributeWaitingFor)
			if last.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				return errOver
			}
			if wait != "" && dispute.Wait(now) == wait {
				return nil
			}
		}
		if pause(ctx, patience) != nil {
			return errors.Join(fmt.Errorf("it waits for something else than %q: %w", wait, ctx.Err()), err)
		}
	}
}

// pause waits, and fails when ctx is over.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
