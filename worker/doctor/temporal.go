package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// afterTemporal are the checks that need a connection to Temporal.
var afterTemporal = []Name{CheckNamespace, CheckSearchAttributes, CheckClock, CheckWorkers}

func (e *examination) examineTemporal(ctx context.Context) {
	if e.options.HostPort == "" {
		e.skip("the connection to Temporal is not configured", append([]Name{CheckTemporal}, afterTemporal...)...)
		return
	}
	e.options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	temporal, err := assembly.Dial(ctx, e.config.PayloadKeys.Client(e.options))
	if err != nil {
		e.wrong(CheckTemporal, err,
			"TEMPORAL_ADDRESS is host:port of the frontend; compare TEMPORAL_TLS…, TEMPORAL_API_KEY and the profile with what it expects")
		e.skip("Temporal cannot be reached", afterTemporal...)
		return
	}
	e.temporal = temporal
	info, err := temporal.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		e.wrong(CheckTemporal, err, "see the log of the server")
		e.skip("Temporal does not answer", afterTemporal...)
		return
	}
	e.ok(CheckTemporal, "%s, server %s", e.options.HostPort, info.GetServerVersion())
	if !e.examineNamespace(ctx) {
		e.skip("the namespace cannot be read", afterTemporal[1:]...)
		return
	}
	if err := assembly.CheckSearchAttributes(ctx, temporal, e.options.Namespace); err != nil {
		e.wrong(CheckSearchAttributes, err, "without them no dispute starts and no list finds one")
	} else {
		e.ok(CheckSearchAttributes, "all %d are registered", len(workflows.SearchAttributes))
	}
	e.examineClock(ctx)
	e.examineWorkers(ctx)
}

func (e *examination) examineNamespace(ctx context.Context) bool {
	namespace, err := assembly.NamespaceOf(ctx, e.temporal, e.options.Namespace)
	if err != nil {
		e.wrong(CheckNamespace, err,
			"correct TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace "+e.options.Namespace)
		return false
	}
	e.namespace = namespace
	e.ok(CheckNamespace, "%s", namespace)
	return true
}

// maxLag is how far clocks may be apart. Steps fail when a worker is a minute behind, and receivers refuse webhooks that are
// signed five minutes ago or ahead.
const maxLag = 10 * time.Second

// examineClock compares this machine's clock with Temporal's. No call returns Temporal's time, but it keeps the instant at
// which somebody has polled a task queue: so this polls one that nobody uses.
func (e *examination) examineClock(ctx context.Context) {
	lag, err := e.measureLag(ctx)
	switch {
	case err != nil:
		e.skip("Temporal does not say its time: "+err.Error(), CheckClock)
	case lag.Abs() > maxLag:
		e.wrong(CheckClock, fmt.Errorf("the clock of this machine is %s Temporal's", apart(lag)), "synchronise the clocks of all machines (NTP)")
	default:
		e.ok(CheckClock, "within %s of Temporal's", max(lag.Abs().Round(time.Second), time.Second))
	}
	e.lag = lag
}

func apart(lag time.Duration) string {
	if lag < 0 {
		return fmt.Sprintf("%s ahead of", -lag.Round(time.Second))
	}
	return fmt.Sprintf("%s behind", lag.Round(time.Second))
}

// measureLag returns how much this clock is behind Temporal's, at least: 0 where Temporal's instant lies between the poll and
// its sight.
func (e *examination) measureLag(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout/3)
	defer cancel()
	queue := &taskqueuepb.TaskQueue{Name: "streitfall-doctor"}
	identity := fmt.Sprintf("doctor-%d", e.Now().UnixNano())
	before, polled := e.Now(), make(chan error, 1)
	go func() {
		_, err := e.temporal.WorkflowService().PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
			Namespace: e.options.Namespace, TaskQueue: queue, Identity: identity,
		})
		polled <- err
	}()
	for {
		pollers, err := e.pollers(ctx, queue.GetName(), enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		after := e.Now()
		if err != nil {
			return 0, err
		}
		if i := slices.IndexFunc(pollers.GetPollers(), func(p *taskqueuepb.PollerInfo) bool { return p.GetIdentity() == identity }); i >= 0 {
			at := pollers.GetPollers()[i].GetLastAccessTime().AsTime()
			return max(at.Sub(after), min(at.Sub(before), 0)), nil
		}
		select {
		case err := <-polled:
			return 0, cmp.Or(err, errors.New("the poll was answered"))
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (e *examination) pollers(
	ctx context.Context, queue string, of enumspb.TaskQueueType,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	return e.temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: e.options.Namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: queue}, TaskQueueType: of,
	})
}

// pollAge is how long ago a worker has polled at most: a poll takes a minute, and Temporal remembers it for five.
const pollAge = 2 * time.Minute

func (e *examination) examineWorkers(ctx context.Context) {
	for _, of := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
		queue, err := e.pollers(ctx, workflows.TaskQueue, of)
		if err != nil {
			e.wrong(CheckWorkers, err, "see the log of the server")
			return
		}
		alive := slices.DeleteFunc(queue.GetPollers(), func(p *taskqueuepb.PollerInfo) bool {
			return e.Now().Add(e.lag).Sub(p.GetLastAccessTime().AsTime()) > pollAge
		})
		if len(alive) == 0 {
			e.wrong(CheckWorkers, fmt.Errorf("no worker takes tasks from %q in namespace %q", workflows.TaskQueue, e.options.Namespace),
				"start workers there; worker health and their log say why one is not ready")
			return
		}
		if help, fault := unversioned(queue, alive); fault != nil {
			e.wrong(CheckWorkers, fault, help)
			return
		}
		if of == enumspb.TASK_QUEUE_TYPE_ACTIVITY {
			e.ok(CheckWorkers, "%s", count(alive))
		}
	}
}

// unversioned returns why pollers get no tasks: none is of the version that is current.
func unversioned(queue *workflowservice.DescribeTaskQueueResponse, alive []*taskqueuepb.PollerInfo) (help string, fault error) {
	current := queue.GetVersioningInfo().GetCurrentDeploymentVersion()
	var builds []string
	for _, p := range alive {
		build := ""
		if options := p.GetDeploymentOptions(); options.GetWorkerVersioningMode() == enumspb.WORKER_VERSIONING_MODE_VERSIONED {
			build = options.GetDeploymentName() + "." + options.GetBuildId()
		}
		if build == "" && current == nil || current != nil && build == current.GetDeploymentName()+"."+current.GetBuildId() {
			return "", nil
		}
		if !slices.Contains(builds, build) {
			builds = append(builds, build)
		}
	}
	if current == nil {
		return "temporal worker deployment set-current-version --deployment-name NAME --build-id BUILD",
			fmt.Errorf("the workers are of the versions %s, and none is current: they get no tasks", strings.Join(builds, ", "))
	}
	return "start workers of that version, or make that of the running ones current: temporal worker deployment set-current-version",
		fmt.Errorf("version %s.%s is current, and no worker of it runs", current.GetDeploymentName(), current.GetBuildId())
}

// count describes workers: "2 of version 2026-11-25.1".
func count(alive []*taskqueuepb.PollerInfo) string {
	versions := map[string]int{}
	for _, p := range alive {
		version := "without a version"
		if options := p.GetDeploymentOptions(); options.GetWorkerVersioningMode() == enumspb.WORKER_VERSIONING_MODE_VERSIONED {
			version = "of version " + options.GetDeploymentName() + "." + options.GetBuildId()
		}
		versions[version]++
	}
	var words []string
	for version, number := range versions {
		words = append(words, fmt.Sprintf("%d %s", number, version))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
