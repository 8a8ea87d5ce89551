package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/workflows"
)

// standing is where a dispute stands, with the steps that are being retried.
type standing struct {
	dispute.View
	Retried []retried `json:"retried,omitempty"`
	// Stopped is how its run was stopped; nil while it runs and after its end.
	Stopped *workflows.Stop `json:"stopped,omitempty"`
}

// stopped returns the view without what will not happen because its run was stopped.
func (s standing) stopped(by *workflows.Stop) standing {
	if by != nil {
		s.Stopped, s.WaitingFor, s.Deadline, s.PendingDeadline, s.AtDeadline = by, "", nil, nil, ""
	}
	return s
}

// retried is a step of a dispute that has not succeeded yet and is tried again.
type retried struct {
	Step     string `json:"step"`
	Attempts int32  `json:"attempts"`
	// Error is the error of the last attempt; empty while it is not known.
	Error string `json:"error,omitzero"`
	// Next is when the next attempt is due; zero while one is under way.
	Next time.Time `json:"next,omitzero"`
}

// steps are the activities in words.
var steps = map[string]string{
	"PauseInvoice":  "pause the invoice",
	"SettleInvoice": "settle the invoice",
	"Notify":        "send a message",
	"PlanDeadline":  "plan the moved deadline",
	"AskArbiter":    "ask the arbiter",
}

// retried returns the steps of a dispute that are being retried.
func (a *app) retried(ctx context.Context, id string) ([]retried, error) {
	run, err := a.temporal.DescribeWorkflow(ctx, workflows.WorkflowID(id), "")
	if err != nil {
		return nil, err
	}
	var all []retried
	for _, pending := range run.RawResponse.GetPendingActivities() {
		if step := a.retriedStep(pending); pending.GetLastFailure() != nil || pending.GetAttempt() > 1 {
			all = append(all, step)
		}
	}
	return all, nil
}

func (a *app) retriedStep(pending *workflowpb.PendingActivityInfo) retried {
	name := pending.GetActivityType().GetName()
	step := retried{Step: name, Attempts: pending.GetAttempt()}
	if words, known := steps[name]; known {
		step.Step = words
	}
	if failure := pending.GetLastFailure(); failure != nil {
		err := a.failures.FailureToError(failure)
		step.Error = err.Error()
		if failed, ok := errors.AsType[*temporal.ApplicationError](err); ok {
			step.Error = failed.Message() // without the type of the error in Go
		}
	}
	if pending.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED {
		step.Next = cmp.Or(pending.GetNextAttemptScheduleTime(), pending.GetScheduledTime()).AsTime()
		step.Attempts-- // the attempt that is scheduled has not begun
	}
	return step
}

// String describes the step: "send a message, 3 attempts, next at 09:15:00Z: dial tcp …".
func (r retried) String() string {
	text := fmt.Sprintf("%s, %d attempts", r.Step, r.Attempts)
	if r.Attempts == 1 {
		text = r.Step + ", 1 attempt"
	}
	if r.Next.IsZero() {
		text += ", trying now"
	} else {
		text += ", next at " + r.Next.UTC().Format("2006-01-02 15:04:05Z")
	}
	if r.Error != "" {
		text += ": " + excerpt(plain.Line(r.Error))
	}
	return text
}

// remedies returns, for a cause of attention, what helps.
func remedies(view dispute.View, cause dispute.Cause) string {
	acknowledge := fmt.Sprintf("starter acknowledge %s --cause %s --acknowledged-by NAME", view.ID, cause)
	retry := fmt.Sprintf("starter retry-notification %s --email ADDRESS --requested-by NAME", view.ID)
	switch cause {
	case dispute.CauseUnreachable:
		return retry
	case dispute.CauseMessageFailed:
		if view.WaitingFor == dispute.WaitClosingMessages {
			return retry
		}
		return acknowledge + ", once the party knows"
	case dispute.CauseMessageIgnored:
		return acknowledge + ", once its sender knows"
	case dispute.CauseDeskOverdue:
		return fmt.Sprintf("starter rule %s --stage %s …: the desk rules", view.ID, view.WaitingFor)
	case dispute.CauseStalled:
		return "fix what the step that is being retried fails on; it goes on by itself"
	default:
		return ""
	}
}

// parallelReads is how many disputes Temporal is asked about at the same time.
const parallelReads = 16

// addRetried adds the steps that are being retried. A dispute whose steps cannot be read is listed without them.
func (a *app) addRetried(ctx context.Context, disputes []listed) {
	var group errgroup.Group
	group.SetLimit(parallelReads)
	for i := range disputes {
		group.Go(func() error {
			if steps, err := a.retried(ctx, disputes[i].ID); err == nil {
				disputes[i].Retried = steps
			}
			return nil
		})
	}
	_ = group.Wait()
}
