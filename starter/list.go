package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// filter is what list can be narrowed by.
type filter struct {
	state      string
	waitingFor string
	merchant   string
	attention  bool
	// running leaves out what has ended.
	running bool
}

// listed is one dispute of a list, as the search attributes tell it.
type listed struct {
	ID         string     `json:"id"`
	State      string     `json:"state"`
	WaitingFor string     `json:"waitingFor"`
	Deadline   *time.Time `json:"deadline"`
	Outcome    string     `json:"outcome"`
	Reason     string     `json:"reason"`
	MerchantID string     `json:"merchantId"`
	Attention  []string   `json:"attention"`
}

func (a *app) list() *cobra.Command {
	var by filter
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List disputes by what they wait for, the next deadline first",
		Example: "  starter list --attention\n  starter list --state ARBITRATION_PENDING --waiting-for decision",
		Args: func(cmd *cobra.Command, args []string) error {
			if err := known("state", by.state, dispute.States); err != nil {
				return err
			}
			if err := known("waiting-for", by.waitingFor, dispute.Waits); err != nil {
				return err
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			temporal, err := a.connect(ctx)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(ctx, answerTime)
			defer cancel()
			disputes, err := find(ctx, temporal, by)
			if err != nil {
				return fmt.Errorf("the disputes cannot be listed: %w", err)
			}
			if asJSON {
				return a.printJSON(disputes)
			}
			return a.printList(disputes)
		}),
	}
	by.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// flags binds the flags of a filter.
func (f *filter) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.state, "state", "", choices(dispute.States))
	cmd.Flags().StringVar(&f.waitingFor, "waiting-for", "", choices(dispute.Waits))
	cmd.Flags().StringVar(&f.merchant, "merchant", "", "the merchant's id")
	cmd.Flags().BoolVar(&f.attention, "attention", false, "only disputes that need a person")
	complete(cmd, "state", words(dispute.States))
	complete(cmd, "waiting-for", words(dispute.Waits))
}

func known[T ~string](flag, value string, allowed []T) error {
	if value == "" || slices.Contains(words(allowed), value) {
		return nil
	}
	return fmt.Errorf("--%s %q is unknown; allowed are %s", flag, value, strings.Join(words(allowed), ", "))
}

// quoted is a text within the quotation marks of a query.
var quoted = strings.NewReplacer("'", "''", `\`, `\\`)

// query is the filter in the language of Temporal's visibility.
func (f filter) query() string {
	// A run that failed was refused: it never was a dispute.
	terms := []string{"WorkflowType = '" + workflows.WorkflowType + "'", "ExecutionStatus != 'Failed'"}
	if f.running {
		terms = append(terms, "ExecutionStatus = 'Running'")
	}
	equal := func(key temporal.SearchAttributeKey, value string) {
		if value != "" {
			terms = append(terms, fmt.Sprintf("%s = '%s'", key.GetName(), quoted.Replace(value)))
		}
	}
	equal(workflows.AttributeState, f.state)
	equal(workflows.AttributeWaitingFor, f.waitingFor)
	equal(workflows.AttributeMerchant, f.merchant)
	if f.attention {
		terms = append(terms, workflows.AttributeAttention.GetName()+" IS NOT NULL")
	}
	return strings.Join(terms, " AND ")
}

func find(ctx context.Context, temporal client.Client, by filter) ([]listed, error) {
	disputes := []listed{}
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: by.query(), PageSize: 1000}
	for {
		page, err := temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, err
		}
		for _, run := range page.GetExecutions() {
			old, err := takenOver(ctx, temporal, run)
			if err != nil {
				return nil, err
			}
			if !old {
				disputes = append(disputes, listedOf(run))
			}
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			break
		}
	}
	slices.SortStableFunc(disputes, func(a, b listed) int {
		return cmp.Or(byDeadline(a.Deadline, b.Deadline), cmp.Compare(a.ID, b.ID))
	})
	return disputes, nil
}

// takenOver tells whether an operator has terminated the run and a newer one goes on with its dispute. The
// newer one need not be in the list: the filter may have left it out.
func takenOver(ctx context.Context, temporal client.Client, run *workflowpb.WorkflowExecutionInfo) (bool, error) {
	if run.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED {
		return false, nil
	}
	latest, err := temporal.DescribeWorkflow(ctx, run.GetExecution().GetWorkflowId(), "")
	if err != nil {
		return false, err
	}
	return latest.WorkflowExecution.RunID != run.GetExecution().GetRunId(), nil
}

// byDeadline puts the next deadline first and disputes without one last.
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

func listedOf(run *workflowpb.WorkflowExecutionInfo) listed {
	fields := run.GetSearchAttributes().GetIndexedFields()
	l := listed{ID: workflows.DisputeID(run.GetExecution().GetWorkflowId()), Attention: []string{}}
	read := func(key temporal.SearchAttributeKey, target any) {
		if payload, ok := fields[key.GetName()]; ok {
			_ = converter.GetDefaultDataConverter().FromPayload(payload, target) // the server keeps the type
		}
	}
	read(workflows.AttributeState, &l.State)
	read(workflows.AttributeWaitingFor, &l.WaitingFor)
	read(workflows.AttributeOutcome, &l.Outcome)
	read(workflows.AttributeReason, &l.Reason)
	read(workflows.AttributeMerchant, &l.MerchantID)
	read(workflows.AttributeDeadline, &l.Deadline)
	read(workflows.AttributeAttention, &l.Attention)
	return l
}

// printList prints a table that fits a screen. With long ids it goes without the states: what a dispute waits
// for says nearly as much.
func (a *app) printList(disputes []listed) error {
	text, err := tableOf(disputes, true)
	if err == nil && widest(text) > columns {
		text, err = tableOf(disputes, false)
	}
	a.printf("%s", text)
	return err
}

func tableOf(disputes []listed, withState bool) (string, error) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(id, state, next, deadline, attention string) {
		if withState {
			id += "\t" + state
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", id, next, deadline, attention)
	}
	row("DISPUTE", "STATE", "WAITING FOR", "DEADLINE", "ATTENTION")
	for _, d := range disputes {
		deadline := ""
		if d.Deadline != nil {
			deadline = d.Deadline.UTC().Format("2006-01-02 15:04Z")
		}
		row(d.ID, d.State, d.next(), deadline, d.cause())
	}
	err := table.Flush()
	return text.String(), err
}

// next is what happens next or, when nothing does, how it ended.
func (l listed) next() string {
	if l.WaitingFor == "" {
		return l.Outcome
	}
	return l.WaitingFor
}

// cause is the first cause of attention, and how many more there are.
func (l listed) cause() string {
	if len(l.Attention) > 1 {
		return fmt.Sprintf("%s +%d", l.Attention[0], len(l.Attention)-1)
	}
	return strings.Join(l.Attention, "")
}
