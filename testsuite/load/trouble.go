package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
)

// troubles are what went wrong in each mode, and was mended by trying again. They count from the start, the warm-up
// included.
type troubles map[mode]trouble

// trouble is what went wrong in one mode.
type trouble struct {
	// RepeatedOpenings are calls that Temporal did not answer with a dispute or a refusal.
	RepeatedOpenings int `json:"repeatedOpenings"`
	// FailedTasks are workflow tasks that the worker reported as failed, UnansweredTasks those whose end Temporal did
	// not take, mostly because they had lasted too long.
	FailedTasks     int `json:"failedWorkflowTasks"`
	UnansweredTasks int `json:"unansweredWorkflowTasks"`
	// FailedMessages are attempts to send one that were tried again.
	FailedMessages int `json:"failedMessages"`
	// Said counts the warnings and errors of the worker.
	Said int `json:"warnings"`
	// First are the first reasons of openings that were repeated, and the first of what the worker said.
	First []string `json:"first"`
}

// firstLines is how many lines are kept of each kind.
const firstLines = 5

// trouble finds out what went wrong so far, as far as it can.
func (s *stage) trouble(ctx context.Context) troubles {
	all := troubles{}
	for m, l := range s.lanes {
		if l == nil {
			continue
		}
		t := trouble{}
		t.RepeatedOpenings, t.First = l.repeats.told()
		if counted, err := l.metrics(ctx); err == nil {
			t.count(counted)
		} else {
			t.First = append(t.First, "the worker tells no metrics: "+err.Error())
		}
		log, err := os.ReadFile(l.log)
		if err != nil {
			t.First = append(t.First, err.Error())
		}
		t.hear(string(log))
		all[m] = t
	}
	return all
}

// count takes the numbers of the SDK.
func (t *trouble) count(counted metrics) {
	t.FailedTasks = int(counted.sum("temporal_workflow_task_execution_failed_total", nil))
	t.FailedMessages = int(counted.sum("streitfall_messages_total", map[string]string{"result": "failed"}))
	t.UnansweredTasks = int(counted.sum("temporal_request_failure_total", map[string]string{"operation": "RespondWorkflowTaskCompleted"}))
}

// hear takes what the worker has said, in a line each.
func (t *trouble) hear(log string) {
	for line := range strings.Lines(log) {
		if t.Said++; t.Said <= firstLines {
			t.First = append(t.First, strings.TrimSpace(line))
		}
	}
}

// lineLength is how much of a line is printed: with a stack, one is very long.
const lineLength = 400

func (t troubles) print(out io.Writer) {
	fmt.Fprintln(out)
	for _, m := range modes {
		met, there := t[m]
		if !there {
			continue
		}
		fmt.Fprintf(out, "%s: %d openings repeated, %d workflow tasks failed, %d not taken, %d messages failed; %d warnings\n",
			m, met.RepeatedOpenings, met.FailedTasks, met.UnansweredTasks, met.FailedMessages, met.Said)
		for _, line := range met.First {
			if len(line) > lineLength {
				line = strings.TrimRightFunc(line[:lineLength], func(r rune) bool { return r == utf8.RuneError }) + " …"
			}
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
}

// repeats count the openings of a lane that were tried again.
type repeats struct {
	mu      sync.Mutex // guards what follows
	count   int
	reasons []string
}

func (r *repeats) add(disputeID string, reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count++; r.count <= firstLines {
		r.reasons = append(r.reasons, fmt.Sprintf("open %s: %v", disputeID, reason))
	}
}

func (r *repeats) told() (count int, reasons []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count, r.reasons
}
