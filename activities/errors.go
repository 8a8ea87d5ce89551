package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// RetryAfterError is a transient error of which the other side has said when to ask again. It becomes the delay of the
// activity's next attempt.
type RetryAfterError struct {
	// After is the delay until the next attempt.
	After time.Duration
	// Err is the transient error.
	Err error
}

// Error returns the text of the transient error.
func (e *RetryAfterError) Error() string {
	return e.Err.Error()
}

// Unwrap returns the transient error.
func (e *RetryAfterError) Unwrap() error {
	return e.Err
}

// ConflictError is an idempotency conflict: a message was sent before under the same key and said something else.
type ConflictError struct {
	// Existing is the receipt of the earlier message, which stands.
	Existing dispute.Receipt
}

// Error returns the text of the refusal.
func (e *ConflictError) Error() string {
	return e.Unwrap().Error()
}

// Unwrap returns the refusal, of CodeMessageConflict.
func (e *ConflictError) Unwrap() error {
	return dispute.Refuse(dispute.CodeMessageConflict, "an earlier message under the key %s said something else, and stands", e.Existing.Key)
}

// Refusals returns the interceptor that passes errors of activities through ApplicationError. Without it the SDK
// would retry a wrapped *dispute.Refusal without end.
func Refusals() interceptor.WorkerInterceptor {
	return &refusals{}
}

type refusals struct {
	interceptor.WorkerInterceptorBase
}

func (*refusals) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	inbound := &refusalsInbound{}
	inbound.Next = next
	return inbound
}

type refusalsInbound struct {
	interceptor.ActivityInboundInterceptorBase
}

func (r *refusalsInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := r.Next.ExecuteActivity(ctx, in)
	return result, ApplicationError(err)
}

// ApplicationError converts a refusal to the form in which it travels through Temporal: its code is the type, its
// sentence with all faults the message, the faults are the details; it is not retryable and benign. A RetryAfterError
// becomes an untyped error with that NextRetryDelay. Other errors are returned as they are.
func ApplicationError(err error) error {
	refusal, ok := errors.AsType[*dispute.Refusal](err)
	if !ok {
		return delayed(err)
	}
	return temporal.NewApplicationErrorWithOptions(refusal.Error(), string(refusal.Code), temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Category:     temporal.ApplicationErrorCategoryBenign,
		Details:      []any{refusal.Faults},
	})
}

// delayed converts a RetryAfterError.
func delayed(err error) error {
	later, ok := errors.AsType[*RetryAfterError](err)
	if !ok {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(err.Error(), "", temporal.ApplicationErrorOptions{NextRetryDelay: later.After})
}

// retryable returns err without its code, so that Temporal retries it: nothing is decided on a failure of our own, and
// what cannot be done now is retried until an operator, or a new build, has fixed it.
func retryable(err error) error {
	if dispute.CodeOf(err) == "" {
		return err
	}
	return errors.New(err.Error())
}
