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

// The environment variables of a worker beside its configuration.
const (
	// envQueue is the task queue of one test.
	envQueue = "CRASH_TEST_QUEUE"
	// envPoint is the point at which the worker dies, the first time that it reaches it.
	envPoint = "CRASH_TEST_POINT"
	// envDied is a file that exists once the worker has died.
	envDied = "CRASH_TEST_MARK"
	// envSteps is a file to which the worker appends the steps that it has done.
	envSteps = "CRASH_TEST_TRACE"
	// envPortalDown is a file; while it exists, the portal fails.
	envPortalDown = "CRASH_TEST_PORTAL_AWAY"
)

// pass passes a point, and kills the process if it is envPoint.
func pass(point string) {
	if point != os.Getenv(envPoint) {
		return
	}
	if died, err := os.OpenFile(os.Getenv(envDied), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = died.Close()
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		select {} // until the signal arrives
	}
}

// step performs a side effect between two points.
func step(name string, do func() error) error {
	pass("before " + name)
	if err := do(); err != nil {
		return err
	}
	if steps, err := os.OpenFile(os.Getenv(envSteps), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		_, _ = fmt.Fprintln(steps, name)
		_ = steps.Close()
	}
	pass("after " + name)
	return nil
}

// decorate surrounds all side effects with points.
func decorate(s *assembly.Systems) {
	s.Ledger, s.Receipts, s.Archive = books{s.Ledger}, outbox{s.Receipts}, archive{s.Archive}
	s.Portal, s.Email = channel{s.Portal, os.Getenv(envPortalDown)}, channel{s.Email, ""}
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

func (o outbox) Save(ctx context.Context, receipt dispute.Receipt) (recorded dispute.Receipt, err error) {
	err = step("record "+short(receipt.Key), func() error {
		recorded, err = o.ReceiptStore.Save(ctx, receipt)
		return err
	})
	return recorded, err
}

type archive struct{ activities.CaseArchive }

func (a archive) ArchiveCase(ctx context.Context, in activities.ArchivedCase) error {
	return step("archive", func() error { return a.CaseArchive.ArchiveCase(ctx, in) })
}

type channel struct {
	activities.Channel
	down string
}

func (c channel) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	if _, err := os.Stat(c.down); err == nil {
		return "", errors.New("the portal is down")
	}
	err = step("send "+short(notice.Key), func() error {
		answer, err = c.Channel.Send(ctx, notice)
		return err
	})
	return answer, err
}

// short returns the key of a message without its dispute: "opened/1/merchant".
func short(key dispute.NoticeKey) string {
	return strings.TrimPrefix(key.String(), key.DisputeID+"/")
}

// dial returns options for a connection to Temporal that uses a task queue of one test's own, so that no other worker
// takes its tasks, and short timeouts for workers that have died. In production, a workflow task times out after 10 s, a
// worker's sticky queue after 5 s, and an activity after 10 or 30 s.
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
				shortenTimeouts(r.GetCommands())
				task = tasks.Add(1)
			}
			pass(fmt.Sprint("before task ", task))
			err := invoke(ctx, method, request, reply, c, options...)
			pass(fmt.Sprint("after task ", task))
			return err
		})}
}

func shortenTimeouts(commands []*commandpb.Command) {
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
