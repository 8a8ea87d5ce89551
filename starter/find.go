package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// queryable reports whether the list filters of Temporal find a text. They miss some texts with quotation marks or
// backslashes, even escaped ones; find compares such a merchant itself.
func queryable(text string) bool {
	return !strings.ContainsAny(text, "'\"\\")
}

// quoted is a text within the quotation marks of a query.
var quoted = strings.NewReplacer("'", "''", `\`, `\\`)

// query returns the filter as a list filter of Temporal.
func (f filter) query() string {
	// A failed run is an opening that the ledger has refused, and no dispute.
	terms := []string{"WorkflowType = '" + workflows.WorkflowType + "'", "ExecutionStatus != 'Failed'"}
	if f.running {
		terms = append(terms, "ExecutionStatus = 'Running'")
	}
	if f.stopped {
		terms = append(terms, "ExecutionStatus IN ('Terminated', 'TimedOut')")
	}
	equal := func(key temporal.SearchAttributeKey, value string) {
		if value != "" {
			terms = append(terms, fmt.Sprintf("%s = '%s'", key.GetName(), quoted.Replace(value)))
		}
	}
	equal(workflows.AttributeState, f.state)
	equal(workflows.AttributeWaitingFor, f.waitingFor)
	if queryable(f.merchant) {
		equal(workflows.AttributeMerchant, f.merchant)
	}
	if f.attention {
		terms = append(terms, workflows.AttributeAttention.GetName()+" IS NOT NULL")
	}
	return strings.Join(terms, " AND ")
}

// find returns the disputes that a filter selects, the next deadline first.
func find(ctx context.Context, temporal client.Client, by filter) ([]listed, error) {
	found, err := runs(ctx, temporal, by.query())
	if err != nil {
		return nil, err
	}
	newest, err := newestRuns(ctx, temporal, found)
	if err != nil {
		return nil, err
	}
	disputes := []listed{}
	for _, run := range found {
		l := listedOf(run)
		if by.merchant != "" && l.MerchantID != by.merchant || by.waitingFor != "" && l.Stopped != "" {
			continue
		}
		if running(run) || newest[run.GetExecution().GetWorkflowId()].GetExecution().GetRunId() == run.GetExecution().GetRunId() {
			disputes = append(disputes, l)
		}
	}
	slices.SortStableFunc(disputes, func(a, b listed) int {
		return cmp.Or(byDeadline(a.Deadline, b.Deadline), cmp.Compare(a.ID, b.ID))
	})
	return disputes, nil
}

// runs returns the runs that a query finds.
func runs(ctx context.Context, temporal client.Client, query string) (found []*workflowpb.WorkflowExecutionInfo, err error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 1000}
	for {
		page, err := temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, err
		}
		found = append(found, page.GetExecutions()...)
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return found, nil
		}
	}
}

// newestRuns returns, by workflow id, the newest run of each workflow that has an ended run in found. After a reset, or
// a termination and a new opening, a newer run continues the dispute, and the filter may have left that run out of found.
func newestRuns(ctx context.Context, temporal client.Client, found []*workflowpb.WorkflowExecutionInfo) (map[string]*workflowpb.WorkflowExecutionInfo, error) {
	var ids []string
	for _, run := range found {
		if !running(run) {
			ids = append(ids, "'"+quoted.Replace(run.GetExecution().GetWorkflowId())+"'")
		}
	}
	newest := map[string]*workflowpb.WorkflowExecutionInfo{}
	for some := range slices.Chunk(ids, 500) { // few enough for one query
		all, err := runs(ctx, temporal, filter{}.query()+" AND WorkflowId IN ("+strings.Join(some, ", ")+")")
		if err != nil {
			return nil, err
		}
		for _, run := range all {
			id := run.GetExecution().GetWorkflowId()
			if before, known := newest[id]; !known || newer(run, before) {
				newest[id] = run
			}
		}
	}
	return newest, nil
}

// newer reports whether run came after other. Runs of one workflow never overlap.
func newer(run, other *workflowpb.WorkflowExecutionInfo) bool {
	return running(run) || !running(other) && run.GetCloseTime().AsTime().After(other.GetCloseTime().AsTime())
}

func running(run *workflowpb.WorkflowExecutionInfo) bool {
	return run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// byDeadline compares deadlines: the earliest comes first, and none comes last.
func byDeadline(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}

// markStopped marks the disputes whose run was stopped: they wait for nothing but another run. Temporal alone knows; without
// it the list is complete all the same.
func (a *app) markStopped(ctx context.Context, disputes []listed, by filter) []listed {
	temporal, err := a.connect(ctx)
	var stopped []listed
	if err == nil {
		stopped, err = find(ctx, temporal, filter{merchant: by.merchant, stopped: true})
	}
	if err != nil {
		fmt.Fprintf(a.err, "runs that were stopped are not marked: %v\n", err)
		return disputes
	}
	how := map[string]string{}
	for _, run := range stopped {
		how[run.ID] = run.Stopped
	}
	for i, d := range disputes {
		if d.State != string(dispute.StateClosed) && how[d.ID] != "" {
			disputes[i].Stopped, disputes[i].WaitingFor, disputes[i].Deadline = how[d.ID], "", nil
		}
	}
	return slices.DeleteFunc(disputes, func(l listed) bool { return by.waitingFor != "" && l.Stopped != "" })
}
