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
	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
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
	// DisputedAmount is null if the payloads cannot be decrypted.
	DisputedAmount *dispute.Money `json:"disputedAmount"`
	// Stopped is "terminated" or "timed out" if the run was stopped: then the dispute waits for nothing but another run.
	Stopped string `json:"stopped,omitzero"`
	// Retried has, in a list of what needs a person, the steps that are being retried.
	Retried []retried `json:"retried,omitempty"`

	run *commonpb.WorkflowExecution
}

func (a *app) list() *cobra.Command {
	var by filter
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List disputes, the next deadline first",
		Long: `Lists disputes, the next deadline first. A deadline is its last day, in the time zone of the dispute's
calendar. A table that would be too wide goes without states, merchants or amounts; --json has all,
with deadlines as instants.`,
		Example: "  starter list --open\n  starter list --attention\n  starter list --state ARBITRATION_PENDING --waiting-for decision",
		Args: func(cmd *cobra.Command, args []string) error {
			return cmp.Or(known("state", by.state, dispute.States), known("waiting-for", by.waitingFor, dispute.Waits), cobra.NoArgs(cmd, args))
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
			a.describe(ctx, disputes)
			if by.attention {
				a.addRetried(ctx, disputes)
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
	l := listed{ID: workflows.DisputeID(run.GetExecution().GetWorkflowId()), Attention: []string{}, run: run.GetExecution()}
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
	if how, stopped := workflows.StoppedBy[run.GetStatus()]; stopped {
		l.Stopped, l.WaitingFor, l.Deadline = how, "", nil
	}
	return l
}

// parallelReads is how many histories are read at the same time.
const parallelReads = 16

// describe adds to listed disputes what their search attributes do not have. A dispute whose payloads cannot be read
// stays without it.
func (a *app) describe(ctx context.Context, disputes []listed) {
	var group errgroup.Group
	group.SetLimit(parallelReads)
	for i := range disputes {
		group.Go(func() error {
			d, err := a.opened(ctx, disputes[i].run)
			if err != nil {
				return nil //nolint:nilerr // the list shows the dispute without its amount
			}
			disputes[i].DisputedAmount = &d.DisputedAmount
			if deadline := disputes[i].Deadline; deadline != nil {
				if cal, err := calendar.Load(d.Calendar); err == nil {
					*deadline = deadline.In(cal.Zone())
				}
			}
			return nil
		})
	}
	_ = group.Wait()
}

// addRetried adds the steps that are being retried. A dispute whose steps cannot be read is listed without them.
func (a *app) addRetried(ctx context.Context, disputes []listed) {
	var group errgroup.Group
	group.SetLimit(parallelReads)
	for i := range disputes {
		group.Go(func() error {
			if steps, err := a.retried(ctx, disputes[i].ID); err == nil {
				disputes[i].Retried = steps
			}
			return nil
		})
	}
	_ = group.Wait()
}

func known[T ~string](flag, value string, allowed []T) error {
	if value == "" || slices.Contains(words(allowed), value) {
		return nil
	}
	return fmt.Errorf("--%s %q is unknown; allowed are %s", flag, value, strings.Join(words(allowed), ", "))
}

// column is a column of a list.
type column struct {
	header string
	value  func(listed) string
}

// columns are all columns of a list.
var columns = []column{
	{"DISPUTE", func(l listed) string { return l.ID }},
	{"AMOUNT", func(l listed) string {
		if l.DisputedAmount == nil {
			return ""
		}
		return l.DisputedAmount.String()
	}},
	{"MERCHANT", func(l listed) string { return l.MerchantID }},
	{"STATE", func(l listed) string { return l.State }},
	{"WAITING FOR", func(l listed) string { return cmp.Or(l.WaitingFor, l.Stopped) }},
	{"DEADLINE", func(l listed) string {
		if l.Deadline == nil {
			return ""
		}
		return lastDay(*l.Deadline)
	}},
	{"OUTCOME", func(l listed) string { return l.Outcome }},
	{"ATTENTION", listed.cause},
}

// dispensable are the columns that a list goes without, in this order, until it fits a terminal. What a dispute waits
// for says nearly as much as its state.
var dispensable = []string{"STATE", "MERCHANT", "AMOUNT", "OUTCOME"}

// printList prints a table that fits a terminal, without columns that are empty.
func (a *app) printList(disputes []listed) error {
	if len(disputes) == 0 {
		a.printf("No disputes found.\n")
		return nil
	}
	used := slices.DeleteFunc(slices.Clone(columns), func(c column) bool {
		return !slices.ContainsFunc(disputes, func(l listed) bool { return c.value(l) != "" })
	})
	text, err := tableOf(disputes, used)
	for _, header := range dispensable {
		if err != nil || widest(text) <= terminal.Columns {
			break
		}
		used = slices.DeleteFunc(used, func(c column) bool { return c.header == header })
		text, err = tableOf(disputes, used)
	}
	a.printf("%s", text)
	for _, d := range disputes {
		for _, step := range d.Retried {
			a.printf("\n%s is retrying:\n", d.ID)
			for _, line := range terminal.Wrap(step.String(), terminal.Columns-2) {
				a.printf("  %s\n", line)
			}
		}
	}
	return err
}

func tableOf(disputes []listed, columns []column) (string, error) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(cell func(column) string) {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(c)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	row(func(c column) string { return c.header })
	for _, d := range disputes {
		row(func(c column) string { return c.value(d) })
	}
	err := table.Flush()
	return text.String(), err
}

// next returns what happens next, or how the dispute ended.
func (l listed) next() string {
	return cmp.Or(l.WaitingFor, l.Outcome)
}

// cause returns the first cause of attention and the number of the others.
func (l listed) cause() string {
	if len(l.Attention) > 1 {
		return fmt.Sprintf("%s +%d", l.Attention[0], len(l.Attention)-1)
	}
	return strings.Join(l.Attention, "")
}
