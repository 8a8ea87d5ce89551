package workflows

import (
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// unwrap returns the ApplicationError inside an ActivityError, so that clients of the dispute in any language find a
// refusal in the same place, whether the step was a local or a regular activity. If ctx is cancelled, every error but a
// refusal is ctx.Err().
func unwrap(ctx workflow.Context, err error) error {
	if err != nil && ctx.Err() != nil && !isRefusal(err) {
		return ctx.Err()
	}
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return refusal
	}
	return err
}

// isRefusal reports whether an activity has refused for good.
func isRefusal(err error) bool {
	refusal, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && refusal.NonRetryable()
}

// retryAfter returns the delay that the other side has asked for before the next attempt.
func retryAfter(err error) time.Duration {
	if asked, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return asked.NextRetryDelay()
	}
	return 0
}

// reason returns the message of a refusal that came through Temporal.
func reason(err error) string {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return refusal.Message()
	}
	return err.Error()
}

// codeOf returns the code of a refusal that came through Temporal.
func codeOf(err error) dispute.Code {
	if refusal, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return dispute.Code(refusal.Type())
	}
	return dispute.CodeOf(err)
}

// refusal converts a failure that came through Temporal back to the *dispute.Refusal that it was.
func refusal(err error) error {
	failure, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || !slices.Contains(dispute.Codes, dispute.Code(failure.Type())) {
		return err
	}
	back := &dispute.Refusal{Code: dispute.Code(failure.Type()), Message: failure.Message()}
	if failure.HasDetails() {
		_ = failure.Details(&back.Faults) // details of another version: the message says it all
	}
	back.Message = strings.TrimSuffix(back.Message, ": "+back.Faults.String())
	return back
}
