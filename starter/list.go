package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/workflows"
)

// listed is a dispute of a list.
type listed struct {
	ID         string     `json:"id"`
	State      string     `json:"state"`
	WaitingFor string     `json:"waitingFor"`
	Deadline   *time.Time `json:"deadline"`
	Outcome    string     `json:"outcome"`
	Reason     string     `json:"reason"`
	MerchantID string     `json:"merchantId"`
	CustomerID string     `json:"customerId"`
	OrderID    string     `json:"orderId"`
	InvoiceID  string     `json:"invoiceId"`
	// Attention is left out of lists that do not know it: Temporal does, the ledger does not.
	Attention []string `json:"attention,omitempty"`
	// DisputedAmount is null for a dispute whose invoice is not paused yet.
	DisputedAmount *dispute.Money `json:"disputedAmount"`
	// Stopped is "terminated" or "timed out" if the run was stopped: then the dispute waits for nothing but another run.
	Stopped string `json:"stopped,omitzero"`
	// Retried has, in a list of what needs a person, the steps that are being retried.
	Retried []retried `json:"retried,omitempty"`
}

func (a *app) list() *cobra.Command {
	var by filter
	var asJSON, counts bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List disputes, the next deadline first",
		Long: `Lists disputes, the next deadline first: where they stand by what people were told, closed ones for
ever (LEDGER_URL). What needs a person, and steps of our own (--waiting-for ` + "pause, retry-notification,\n" +
			`settlement, closing-messages), Temporal knows: there the list has the moment, and no closed dispute
that Temporal no longer retains.

A deadline is its last day, in the time zone of the dispute's calendar. A table that would be too wide
goes without states, merchants, orders or amounts; --json has all, with deadlines as instants, and all
disputes unless --limit is given.`,
		Example: "  starter list --open --merchant nordlicht\n  starter list --attention\n  starter list --search order-2000\n" +
			"  starter list --waiting-for agreement --due-before 2026-12-24\n  starter list --counts",
		Args: func(cmd *cobra.Command, args []string) error {
			return cmp.Or(known("state", by.state, dispute.States), known("waiting-for", by.waitingFor, dispute.Waits), by.check(counts), cobra.NoArgs(cmd, args))
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(ctx, answerTimeout)
			defer cancel()
			switch {
			case counts:
				return a.count(ctx, books, by, asJSON)
			case by.live():
				return a.listLive(ctx, books, by, asJSON)
			}
			return a.listCases(ctx, books, by, asJSON)
		}),
	}
	by.flags(cmd)
	by.listFlags(cmd)
	cmd.Flags().BoolVar(&counts, "counts", false, "count the disputes by what they wait for")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// The sizes of a table, and of what is read at once for JSON.
const (
	tableRows = 100
	pageRows  = 1000
)

// listCases lists disputes from the ledger.
func (a *app) listCases(ctx context.Context, books *ledger.Ledger, by filter, asJSON bool) error {
	limit := by.limit
	if limit == 0 && !asJSON {
		limit = tableRows
	}
	cases, more, err := readCases(ctx, books, by, limit)
	if err != nil {
		return err
	}
	disputes := make([]listed, len(cases))
	for i, c := range cases {
		disputes[i].describe(c)
	}
	disputes = a.markStopped(ctx, disputes, by)
	if asJSON {
		return a.printJSON(disputes)
	}
	if err := a.printList(disputes); err != nil || !more {
		return err
	}
	a.printf("\nThere are more: --after %s\n", keyText(cases[len(cases)-1].Key()))
	return nil
}

// readCases reads at most limit cases, all for 0, and reports whether there are more.
func readCases(ctx context.Context, books *ledger.Ledger, by filter, limit int) (cases []ledger.CaseSummary, more bool, err error) {
	for after := by.after; ; {
		size := pageRows
		if limit > 0 {
			size = min(size, limit+1-len(cases))
		}
		page, err := books.Cases(ctx, by.cases(), after, size)
		cases = append(cases, page...)
		switch {
		case err != nil:
			return nil, false, err
		case limit > 0 && len(cases) > limit:
			return cases[:limit], true, nil
		case len(page) < size:
			return cases, false, nil
		}
		after = page[size-1].Key()
	}
}

func (a *app) count(ctx context.Context, books *ledger.Ledger, by filter, asJSON bool) error {
	counts, err := books.CountCases(ctx, by.cases())
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(counts)
	}
	return a.printCounts(counts)
}

// listLive lists disputes from Temporal, as they stand at this moment.
func (a *app) listLive(ctx context.Context, books *ledger.Ledger, by filter, asJSON bool) error {
	disputes, err := a.findLive(ctx, books, by)
	if err != nil {
		return err
	}
	disputes = slices.DeleteFunc(disputes, func(l listed) bool { return !by.matches(l) })
	if by.attention {
		a.addRetried(ctx, disputes)
	}
	if asJSON {
		return a.printJSON(disputes)
	}
	return a.printList(disputes)
}

// findLive finds disputes in Temporal, as they stand at this moment, and adds what the ledger knows of them.
func (a *app) findLive(ctx context.Context, books *ledger.Ledger, by filter) ([]listed, error) {
	temporal, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	disputes, err := find(ctx, temporal, by)
	if err != nil {
		return nil, fmt.Errorf("the disputes cannot be listed: %w", err)
	}
	cases := map[string]ledger.CaseSummary{}
	for some := range slices.Chunk(disputes, pageRows/2) { // few enough parameters for one statement
		ids := make([]string, len(some))
		for i, d := range some {
			ids[i] = d.ID
		}
		page, err := books.Cases(ctx, ledger.CaseFilter{DisputeIDs: ids}, ledger.CaseKey{}, len(ids))
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			cases[c.DisputeID] = c
		}
	}
	for i := range disputes {
		if c, known := cases[disputes[i].ID]; known {
			disputes[i].complete(c)
		}
	}
	return disputes, nil
}

// describe sets all that the ledger knows of a dispute.
func (l *listed) describe(c ledger.CaseSummary) {
	l.ID, l.State, l.WaitingFor, l.Outcome = c.DisputeID, string(c.State), string(c.WaitingFor), string(c.Outcome)
	if !c.Deadline.IsZero() {
		l.Deadline = &c.Deadline
	}
	l.complete(c)
}

// complete adds to a dispute of Temporal's what its search attributes do not have.
func (l *listed) complete(c ledger.CaseSummary) {
	l.Reason, l.MerchantID, l.CustomerID, l.OrderID, l.InvoiceID = string(c.Reason), c.MerchantID, c.CustomerID, c.OrderID, c.InvoiceID
	l.DisputedAmount = &c.DisputedAmount
	if cal, err := calendar.Load(c.Calendar); err == nil && l.Deadline != nil {
		*l.Deadline = l.Deadline.In(cal.Zone())
	}
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
	if how, stopped := workflows.StoppedBy[run.GetStatus()]; stopped {
		l.Stopped, l.WaitingFor, l.Deadline = how, "", nil
	}
	return l
}

func known[T ~string](flag, value string, allowed []T) error {
	if value == "" || slices.Contains(words(allowed), value) {
		return nil
	}
	return fmt.Errorf("--%s %q is unknown; allowed are %s", flag, value, strings.Join(words(allowed), ", "))
}
