package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/workflows"
)

// listed is a dispute of a list, as its search attributes describe it.
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
			ctx, cancel := context.WithTimeout(ctx, answerTimeout)
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

func known[T ~string](flag, value string, allowed []T) error {
	if value == "" || slices.Contains(words(allowed), value) {
		return nil
	}
	return fmt.Errorf("--%s %q is unknown; allowed are %s", flag, value, strings.Join(words(allowed), ", "))
}

// printList prints a table that fits a screen. With long ids it goes without the states: what a dispute waits
// for says nearly as much.
func (a *app) printList(disputes []listed) error {
	text, err := tableOf(disputes, true)
	if err == nil && widest(text) > terminal.Columns {
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
