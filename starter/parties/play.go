package parties

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// Driver drives disputes through the same client that a backend service uses.
type Driver struct {
	Temporal client.Client
	// Poll is the first interval at which a party asks Temporal again, or repeats a call that failed. The interval
	// grows to ten times that, so that many waiting parties do not slow Temporal down.
	Poll time.Duration
	// Blink is how long a period still lasts once its deadline has been moved.
	Blink time.Duration
	// Now is the clock of the parties and of the disputes; nil means time.Now.
	Now func() time.Time
	// Ledger takes the reports of money (see Report) that come in while the disputes run; nil means that there are none.
	Ledger *ledger.Ledger
	// Before, if set, is called before each step, once the dispute waits for it.
	Before func(ctx context.Context) error
}

// Ending is the end that a dispute must have, given what its parties sent and were answered.
type Ending struct {
	Case Case
	// Reasons are the closing reasons that are right, nearly always one.
	Reasons []dispute.ClosingReason
	// Refund is the agreed refund of a dispute that ends by agreement.
	Refund dispute.Money
	// Spoken are the closing reasons by silence that are wrong, because the dispute has accepted what the party said.
	Spoken []dispute.ClosingReason
	// Deadlines are those that the operator has set, in order.
	Deadlines []time.Time
	// Reports are the reports of money that the ledger has answered.
	Reports []Report
	// Must and May count the messages that have to be sent, and those that can be, by name.
	Must, May map[string]int
	// Stall is the longest time that one step took, and Stalled what it waited for, empty for the end.
	Stall   time.Duration
	Stalled dispute.Wait
}

// actor acts for all parties of one dispute.
type actor struct {
	Driver
	disputes *workflows.Client
	id       string
	ending   *Ending
	// deadline is the instant to which the running deadline has been moved; move is the one of a move that does not count
	// yet, and moves counts them.
	deadline, move time.Time
	moves          int
	// answering is the number of the proposal that is answered.
	answering int
	// tries counts the moves of one period's deadline.
	tries int
	// period and moved are the wait whose deadline was moved last, and the message that says so.
	period dispute.Wait
	moved  string
}

func (a *actor) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// errOver ends a script: the dispute has ended.
var errOver = errors.New("the dispute is over")

// Play opens a dispute, takes the steps of its path and waits until the dispute has ended. It fails when ctx ends
// before that, or when the dispute refuses a message that it should accept.
func (d Driver) Play(ctx context.Context, c Case) (Ending, error) {
	ending := Ending{
		Case: c, Reasons: []dispute.ClosingReason{c.Path.Ends}, Must: c.messages(), May: map[string]int{},
		Refund: dispute.Money{Amount: agreedRefund, Currency: c.Dispute.DisputedAmount.Currency},
	}
	a := &actor{Driver: d, disputes: workflows.NewClient(d.Temporal), id: c.Dispute.ID, ending: &ending}
	err := a.play(ctx, c)
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
	reported := make(chan error, 1)
	go func() { reported <- a.report(ctx) }()
	err = a.follow(ctx, c.Path.script)
	if errors.Is(err, errOver) {
		err = a.timed("", func() error { return a.await(ctx, "") })
	}
	if failed := <-reported; failed != nil {
		return failed
	}
	return err
}

// follow takes the steps of a script, and ends with errOver.
func (a *actor) follow(ctx context.Context, script []step) error {
	for i, step := range script {
		request := workflows.WithUpdateID(fmt.Sprintf("%s-%d", a.id, i))
		if err := a.timed(step.wait, func() error { return a.take(ctx, step, request) }); err != nil {
			return err
		}
	}
	return errOver
}

func (a *actor) take(ctx context.Context, step step, request workflows.UpdateOption) error {
	if !step.immediate {
		if err := a.await(ctx, step.wait); err != nil {
			return err
		}
	}
	if a.Before != nil {
		if err := a.Before(ctx); err != nil {
			return err
		}
	}
	for _, message := range step.causes {
		a.ending.Must[message]++
	}
	return a.insist(ctx, !step.immediate, func(ctx context.Context) error { return step.send(ctx, a, request) })
}

// timed records the step that took longest.
func (a *actor) timed(wait dispute.Wait, take func() error) error {
	began := time.Now()
	err := take()
	if took := time.Since(began); took > a.ending.Stall {
		a.ending.Stall, a.ending.Stalled = took, wait
	}
	return err
}

// callTimeout bounds one call: Temporal may go away while it runs.
const callTimeout = 10 * time.Second

// insist repeats a call until it is answered. With expected, a dispute that does not accept the message yet is asked
// again: it was seen waiting for that message.
func (a *actor) insist(ctx context.Context, expected bool, call func(context.Context) error) error {
	for interval := a.Poll; ; interval = a.longer(interval) {
		bounded, cancel := context.WithTimeout(ctx, callTimeout)
		err := call(bounded)
		cancel()
		switch code := dispute.CodeOf(err); {
		case code == dispute.CodeDisputeClosed:
			return errOver
		case code == dispute.CodeNotAccepted && expected: // ask again
		case err == nil, errors.Is(err, errOver), code != "":
			return err
		}
		if pause(ctx, interval) != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// longer returns the interval that follows another one.
func (a *actor) longer(interval time.Duration) time.Duration { return min(interval*3/2, 10*a.Poll) }

// await returns when the dispute waits for wait, and with errOver when the dispute has ended. It reads the search
// attributes, which Temporal answers without a worker.
func (a *actor) await(ctx context.Context, wait dispute.Wait) error {
	for interval := a.Poll; ; interval = a.longer(interval) {
		last, err := a.Temporal.DescribeWorkflow(ctx, workflows.WorkflowID(a.id), "")
		if err == nil {
			now, _ := last.TypedSearchAttributes.GetKeyword(workflows.AttributeWaitingFor)
			if last.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				return errOver
			}
			if wait != "" && dispute.Wait(now) == wait {
				return nil
			}
			if dispute.Wait(now) == a.period && a.now().After(a.deadline) {
				err = a.endAgain(ctx)
			}
		}
		if errors.Is(err, errOver) {
			return err
		}
		if pause(ctx, interval) != nil {
			return errors.Join(fmt.Errorf("the dispute does not wait for %q: %w", wait, ctx.Err()), err)
		}
	}
}

// pause waits, and returns ctx.Err() when ctx ends before that.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
