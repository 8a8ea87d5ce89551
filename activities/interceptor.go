package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// Refusals returns the interceptor that turns every *dispute.Error, however deep it is wrapped, into a
// final application error of its code. Left to the SDK, a wrapped one would be retried without end. A
// *Later sets the delay of the next attempt.
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

// ApplicationError gives a refusal the form in which it travels through Temporal: its code as type, its
// sentence with all faults as message, the faults as details, never retried and not an alarm. Trouble that
// passes later than usual has no type and its own delay. Other errors stay as they are.
func ApplicationError(err error) error {
	refusal, ok := errors.AsType[*dispute.Error](err)
	if !ok {
		return delayed(err)
	}
	return temporal.NewApplicationErrorWithOptions(refusal.Error(), string(refusal.Code), temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Category:     temporal.ApplicationErrorCategoryBenign,
		Details:      []any{refusal.Faults},
	})
}

// delayed lets an error that says when to ask again say it to Temporal.
func delayed(err error) error {
	later, ok := errors.AsType[*Later](err)
	if !ok {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(err.Error(), "", temporal.ApplicationErrorOptions{NextRetryDelay: later.After})
}
