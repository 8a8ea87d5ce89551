package main

import (
	"context"
	"errors"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/workflows"
)

// opened returns the dispute that a run was opened with. It reads the first event of the history, which needs no worker.
func (a *app) opened(ctx context.Context, run *commonpb.WorkflowExecution) (dispute.Dispute, error) {
	page, err := a.temporal.WorkflowService().GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: a.namespace, Execution: run, MaximumPageSize: 1,
	})
	if err != nil {
		return dispute.Dispute{}, err
	}
	var d dispute.Dispute
	for _, event := range page.GetHistory().GetEvents() {
		for _, argument := range event.GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads() {
			err := a.converter.FromPayload(argument, &d)
			return d.WithDefaults(), err
		}
	}
	return d, errors.New("the history does not begin with a dispute")
}

// newDeadline is the value of move-deadline --to: an instant, or a day whose end is the deadline.
type newDeadline struct {
	at    time.Time
	isDay bool
}

// parse reads a date or an RFC 3339 instant.
func (n *newDeadline) parse(value string) (err error) {
	if n.at, err = time.Parse(time.RFC3339, value); err == nil {
		n.isDay = false
		return nil
	}
	if n.at, err = time.Parse(time.DateOnly, value); err == nil {
		n.isDay = true
		return nil
	}
	return errors.New("write a date such as 2026-12-21, whose end is the deadline, or an instant such as 2026-12-21T12:00:00+01:00")
}

// in returns the instant. A day ends at midnight in the zone of the dispute's calendar.
func (n *newDeadline) in(zone *time.Location) time.Time {
	if !n.isDay {
		return n.at
	}
	year, month, day := n.at.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, zone)
}

// resolve returns the instant for a dispute.
func (a *app) resolve(ctx context.Context, id string, n newDeadline) (time.Time, error) {
	if !n.isDay {
		return n.at, nil
	}
	temporal, err := a.connect(ctx)
	if err != nil {
		return time.Time{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	run, err := temporal.DescribeWorkflow(ctx, workflows.WorkflowID(id), "")
	if _, unknown := errors.AsType[*serviceerror.NotFound](err); unknown {
		return time.Time{}, dispute.Refuse(dispute.CodeUnknownDispute, "Temporal knows no dispute %q", id)
	}
	if err != nil {
		return time.Time{}, err
	}
	d, err := a.opened(ctx, &commonpb.WorkflowExecution{WorkflowId: run.WorkflowExecution.ID, RunId: run.WorkflowExecution.RunID})
	if err != nil {
		return time.Time{}, err
	}
	cal, err := calendar.Load(d.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	return n.in(cal.Zone()), nil
}

// utcOffset is the layout of a zone: "UTC+01:00".
const utcOffset = "UTC-07:00"

// until returns a deadline in words, with its zone: "the end of Monday, 21 December 2026 (UTC+01:00)".
func until(deadline time.Time) string {
	return dispute.Until(deadline) + " (" + deadline.Format(utcOffset) + ")"
}

// lastDay returns a deadline for a table: its last day, or its time if the day does not count as a whole.
func lastDay(deadline time.Time) string {
	if day, whole := dispute.LastDay(deadline); whole {
		return day.Format(time.DateOnly) + " " + deadline.Format(utcOffset)
	}
	return deadline.Format("2006-01-02 15:04 " + utcOffset)
}
