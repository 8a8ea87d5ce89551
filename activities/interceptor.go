package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
)

// Refusals returns the interceptor that turns every *dispute.Error, however deep it is wrapped, into a
// final application error of its code. Left to the SDK, a wrapped one would be retried without end.
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
// sentence as message, its faults as details, never retried and not an alarm. Other errors stay as they are.
func ApplicationError(err error) error {
	refusal, ok := errors.AsType[*dispute.Error](err)
	if !ok {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(refusal.Message, string(refusal.Code), temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Category:     temporal.ApplicationErrorCategoryBenign,
		Details:      []any{refusal.Faults},
	})
}
