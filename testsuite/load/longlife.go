package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// replays is how often a history is replayed; the result is the median.
const replays = 9

// longLifeOn plays a dispute in which everything happens as often as the process allows, and replays it.
func longLifeOn(ctx context.Context, s *stage, tick func()) (result, error) {
	life := newLife(s)
	if _, err := life.lane.ledger.Import(ctx, parties.Import([]parties.Case{life.Case})); err != nil {
		return nil, err
	}
	for _, chapter := range chapters {
		if err := chapter.live(life, ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", chapter.name, err)
		}
		tick()
	}
	item := &item{Case: life.Case, path: arbitration}
	if err := life.lane.history(ctx, item); err != nil {
		return nil, err
	}
	history, err := life.lane.read(ctx, item.Dispute.ID)
	if err != nil {
		return nil, err
	}
	took, err := replayTime(history)
	return lifeReport{
		Events: item.events, Bytes: item.bytes, Replay: milliseconds(took), Messages: life.said,
	}, err
}

// read reads the whole history of a dispute.
func (l *lane) read(ctx context.Context, id string) (*historypb.History, error) {
	history := &historypb.History{}
	events := l.client.GetWorkflowHistory(ctx, workflows.WorkflowID(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, err
		}
		history.Events = append(history.Events, event)
	}
	return history, nil
}

// replayTime is how long a worker needs for a history that it has not in memory.
func replayTime(history *historypb.History) (time.Duration, error) {
	start := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	options := worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: start.WorkflowId, RunID: start.OriginalExecutionRunId},
	}
	quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	var times []time.Duration
	for range replays {
		replayer := worker.NewWorkflowReplayer()
		replayer.RegisterWorkflowWithOptions(workflows.Dispute, workflow.RegisterOptions{Name: workflows.WorkflowType})
		began := time.Now()
		if err := replayer.ReplayWorkflowHistoryWithOptions(quiet, history, options); err != nil {
			return 0, err
		}
		times = append(times, time.Since(began))
	}
	return quantile(times, 0.5), nil
}

// life is a dispute in which everything happens.
type life struct {
	parties.Case
	lane  *lane
	stage *stage
	// said counts the messages that it has taken, by name.
	said map[string]int
}

func newLife(s *stage) *life {
	l := &life{Case: parties.NewCase("longlife-1", 0, parties.Path{}), lane: s.lanes[ours], stage: s, said: map[string]int{}}
	l.Dispute.Reason = dispute.ReasonUnauthorizedPurchase // the rules leave it to the desk
	// The reminders fall due a while after the opening.
	l.Dispute.OpenedAt = time.Now().Add(6*beat - window)
	return l
}

// until waits until the dispute has come so far.
func (l *life) until(ctx context.Context, done func(dispute.View) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience(1))
	defer cancel()
	for {
		view, err := l.lane.disputes.Status(ctx, l.Dispute.ID)
		if err == nil && done(view) {
			return nil
		}
		if pause(ctx, 10*time.Millisecond) != nil {
			return errors.Join(fmt.Errorf("it waits for %q: %w", view.WaitingFor, ctx.Err()), err)
		}
	}
}

func waiting(wait dispute.Wait) func(dispute.View) bool {
	return func(view dispute.View) bool { return view.WaitingFor == wait }
}

// say says something as often as it is accepted, once with each call.
func (l *life) say(name string, times int, say func(n int) error) error {
	for n := range times {
		if err := say(n); err != nil {
			return fmt.Errorf("%s, number %d: %w", name, n+1, err)
		}
		l.said[name]++
	}
	return nil
}

// longText is as long as a text may be.
var longText = strings.Repeat("Das Paket kam nie an. ", 5000)[:dispute.MaxText]
