package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/workflows"
)

// reconciliationID is the id of the schedule and the prefix of the ids of its workflows.
const reconciliationID = "ledger-reconciliation"

// scheduleReconciliation creates, changes or removes the schedule of reports.
func (a *app) scheduleReconciliation(ctx context.Context, cron string) error {
	reports, err := a.connect(ctx)
	if err != nil {
		return err
	}
	if cron == "off" {
		return a.unschedule(ctx, reports)
	}
	spec := client.ScheduleSpec{CronExpressions: []string{cron}}
	_, err = reports.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: reconciliationID, Spec: spec, CatchupWindow: time.Hour,
		Note: "Reports disputes that are open in the ledger without a running workflow. Applies nothing.",
		Action: &client.ScheduleWorkflowAction{
			ID: reconciliationID, Workflow: workflows.ReconciliationType, TaskQueue: workflows.TaskQueue,
			StaticSummary: "Disputes without a running workflow",
		},
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		err = reports.ScheduleClient().GetHandle(ctx, reconciliationID).Update(ctx, client.ScheduleUpdateOptions{
			DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
				in.Description.Schedule.Spec = &spec
				return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
			},
		})
	}
	if err != nil {
		return fmt.Errorf("the schedule %s cannot be created: %w", reconciliationID, err)
	}
	a.printf("scheduled: %s reports at %q (UTC) and applies nothing\n", reconciliationID, cron)
	return nil
}

func (a *app) unschedule(ctx context.Context, reports client.Client) error {
	err := reports.ScheduleClient().GetHandle(ctx, reconciliationID).Delete(ctx)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		a.printf("the schedule %s does not exist\n", reconciliationID)
		return nil
	}
	if err != nil {
		return fmt.Errorf("the schedule %s cannot be removed: %w", reconciliationID, err)
	}
	a.printf("the schedule %s is removed\n", reconciliationID)
	return nil
}
