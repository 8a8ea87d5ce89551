package crash_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// What the environment of a worker says beside its configuration.
const (
	// envQueue is the task queue of one test.
	envQueue = "CRASH_TEST_QUEUE"
	// envPoint is where the worker dies, the first time that it comes there.
	envPoint = "CRASH_TEST_POINT"
	// envMark names the file that says that it has died.
	envMark = "CRASH_TEST_MARK"
	// envTrace names a file that takes the steps as they are done.
	envTrace = "CRASH_TEST_TRACE"
	// envPortalAway names a file during whose life the portal fails.
	envPortalAway = "CRASH_TEST_PORTAL_AWAY"
)

// pass goes by a point, and dies there if it is the one.
func pass(point string) {
	if point != os.Getenv(envPoint) {
		return
	}
	if mark, err := os.OpenFile(os.Getenv(envMark), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = mark.Close()
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		select {} // the signal may take a moment, in which nothing may go on
	}
}

// step does what changes the world, between two points.
func step(name string, do func() error) error {
	pass("before " + name)
	if err := do(); err != nil {
		return err
	}
	if trace, err := os.OpenFile(os.Getenv(envTrace), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		_, _ = fmt.Fprintln(trace, name)
		_ = trace.Close()
	}
	pass("after " + name)
	return nil
}

// detour puts the points around all that changes the world.
func detour(s *assembly.Systems) {
	s.Ledger, s.Receipts = books{s.Ledger}, outbox{s.Receipts}
	s.Portal, s.Email = channel{s.Portal, os.Getenv(envPortalAway)}, channel{s.Email, ""}
}

type books struct{ activities.Ledger }

func (b books) Pause(ctx context.Context, in activities.Pause) (paused activities.Paused, err error) {
	err = step("pause", func() error {
		paused, err = b.Ledger.Pause(ctx, in)
		return err
	})
	return paused, err
}

func (b books) Settle(ctx context.Context, in activities.Settle) (settled activities.Settled, err error) {
	err = step("settle", func() error {
		settled, err = b.Ledger.Settle(ctx, in)
		return err
	})
	return settled, err
}

type outbox struct{ activities.ReceiptStore }

func (o outbox) Save(ctx context.Context, receipts ...dispute.Receipt) (standing []dispute.Receipt, err error) {
	record := func() error {
		standing, err = o.ReceiptStore.Save(ctx, receipts...)
		return err
	}
	for _, receipt := range receipts {
		inner := record
		record = func() error { return step("record "+short(receipt.Key), inner) }
	}
	err = record()
	return standing, err
}

type channel struct {
	activities.Channel
	away string
}

func (c channel) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	if _, err := os.Stat(c.away); err == nil {
		return "", errors.New("the portal is away")
	}
	err = step("send "+short(notice.Key), func() error {
		answer, err = c.Channel.Send(ctx, notice)
		return err
	})
	return answer, err
}

// short is a message without its dispute: "opened/1/merchant".
func short(key dispute.NoticeKey) string {
	return strings.TrimPrefix(key.String(), key.DisputeID+"/")
}

// dial makes calls to Temporal those of one test: with a queue of its own, so that no other worker takes its tasks,
// and with short waits for workers that have died. In life a workflow task is given up after 10 s, a worker's own
// queue after 5 s, and a step after 10 or 30 s.
func dial(queue string) []grpc.DialOption {
	var tasks atomic.Int64
	return []grpc.DialOption{grpc.WithChainUnaryInterceptor(
		func(ctx context.Context, method string, request, reply any, c *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
			task := int64(0)
			switch r := request.(type) {
			case *workflowservice.ExecuteMultiOperationRequest:
				start := r.GetOperations()[0].GetStartWorkflow()
				start.WorkflowTaskTimeout = durationpb.New(time.Second)
				rename(start.GetTaskQueue(), queue)
			case *workflowservice.StartWorkflowExecutionRequest:
				r.WorkflowTaskTimeout = durationpb.New(time.Second)
				rename(r.GetTaskQueue(), queue)
			case *workflowservice.PollWorkflowTaskQueueRequest:
				rename(r.GetTaskQueue(), queue)
			case *workflowservice.PollActivityTaskQueueRequest:
				rename(r.GetTaskQueue(), queue)
			case *workflowservice.RespondWorkflowTaskCompletedRequest:
				r.GetStickyAttributes().ScheduleToStartTimeout = durationpb.New(500 * time.Millisecond)
				hasten(r.GetCommands())
				task = tasks.Add(1)
			}
			pass(fmt.Sprint("before task ", task))
			err := invoke(ctx, method, request, reply, c, options...)
			pass(fmt.Sprint("after task ", task))
			return err
		})}
}

func hasten(commands []*commandpb.Command) {
	for _, command := range commands {
		if step := command.GetScheduleActivityTaskCommandAttributes(); step != nil {
			step.StartToCloseTimeout = durationpb.New(3 * time.Second)
		}
	}
}

func rename(queue *taskqueuepb.TaskQueue, name string) {
	if queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
		queue.NormalName = name
		return
	}
	queue.Name = name
}
