package workerprocess

import (
	"context"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
)

// StickyTimeout makes a worker one that is soon given up when it has died: in life the disputes that it had in memory
// wait for it for half a minute.
func StickyTimeout(length time.Duration) grpc.DialOption {
	return grpc.WithChainUnaryInterceptor(
		func(ctx context.Context, method string, request, reply any, c *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
			if task, ok := request.(*workflowservice.RespondWorkflowTaskCompletedRequest); ok {
				task.GetStickyAttributes().ScheduleToStartTimeout = durationpb.New(length)
			}
			return invoke(ctx, method, request, reply, c, options...)
		})
}
