package workflows

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// query asks the last run of a dispute. An answer by which that run was refused may hide another one: a dispute that was
// started again after its end was closed by the run before, and that run is asked.
func query[Answer any](ctx context.Context, c *Client, id, name string, refused func(Answer) bool) (found Answer, err error) {
	if err := possible(id); err != nil {
		return found, err
	}
	found, err = queryRun[Answer](ctx, c, id, "", name)
	if err == nil && refused(found) {
		var last *client.WorkflowExecutionDescription
		last, err = c.lastRun(ctx, id)
		if err == nil && last.Status != enumspb.WORKFLOW_EXECUTION_STATUS_FAILED {
			found, err = queryRun[Answer](ctx, c, id, last.WorkflowExecution.RunID, name)
		}
	}
	return found, c.missing(ctx, id, err)
}

func queryRun[Answer any](ctx context.Context, c *Client, id, runID, name string) (answer Answer, err error) {
	value, err := c.ask(ctx, id, runID, name)
	if err == nil {
		err = value.Get(&answer)
	}
	return answer, err
}

// askAgainAfter is how long a query may be without an answer before it is sent once more. Temporal before 1.32 hands a query to
// a worker first and notes who waits for the answer after that: an answer that comes in between is lost, and the query waits
// five seconds for its next chance. On two busy cores that was one query of a thousand.
const askAgainAfter = 500 * time.Millisecond

// ask sends a query, once more if the answer does not come, and returns the first answer. A query changes nothing.
func (c *Client) ask(ctx context.Context, id, runID, name string, args ...any) (converter.EncodedValue, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		value converter.EncodedValue
		err   error
	}
	answers := make(chan answer, 2)
	send := func() {
		value, err := c.temporal.QueryWorkflow(ctx, WorkflowID(id), runID, name, args...)
		answers <- answer{value, err}
	}
	go send()
	again := time.NewTimer(askAgainAfter)
	defer again.Stop()
	for {
		select {
		case first := <-answers:
			return first.value, first.err
		case <-again.C:
			go send()
		}
	}
}
