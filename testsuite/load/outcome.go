package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// outcome is what has become of a dispute.
type outcome struct {
	events, bytes int64
	// settled is when the settlement was answered.
	settled time.Time
	// notified and booked are the instants in the ledger, of which the settlement's is before its commit; zero on the
	// floor, which has none.
	notified, booked time.Time
}

// endings are the right ones of the paths.
var endings = map[path]dispute.ClosingReason{
	agreement: dispute.ClosedByAgreement, silence: dispute.ClosedMerchantSilent,
	arbitration: dispute.ClosedForMerchant, storm: dispute.ClosedMerchantSilent,
}

// find reads the outcomes of all disputes of the slice, beside the time that is measured. One that has ended
// otherwise than its path does is an error.
func (s *slice) find(ctx context.Context) error {
	settled, err := s.lane.settled(ctx)
	if err != nil {
		return err
	}
	return s.each(ctx, "", func(ctx context.Context, i *item) error {
		defer s.tick()
		if i.settled = settled[i.Dispute.ID]; i.settled.IsZero() {
			return errors.New("nothing was seen of its settlement")
		}
		if err := s.lane.history(ctx, i); err != nil || s.lane.mode == floor {
			return err
		}
		return s.lane.books(ctx, i)
	})
}

// history waits for the end of the run.
func (l *lane) history(ctx context.Context, i *item) error {
	id := workflows.WorkflowID(i.Dispute.ID)
	var view dispute.View
	if err := l.client.GetWorkflow(ctx, id, "").Get(ctx, &view); err != nil {
		return err
	}
	if view.ClosingReason != endings[i.path] {
		return fmt.Errorf("it has ended with %s, not with %s", view.ClosingReason, endings[i.path])
	}
	about, err := l.client.WorkflowService().DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: l.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: id},
	})
	i.events, i.bytes = about.GetWorkflowExecutionInfo().GetHistoryLength(), about.GetWorkflowExecutionInfo().GetHistorySizeBytes()
	return err
}

func (l *lane) books(ctx context.Context, i *item) error {
	record, err := l.ledger.Dispute(ctx, i.Dispute.ID)
	if err != nil {
		return err
	}
	if record.Decision.Reason != endings[i.path] {
		return fmt.Errorf("the ledger has closed it with %q, not with %s", record.Decision.Reason, endings[i.path])
	}
	i.booked = record.Settled.At
	opened := dispute.NoticeKey{DisputeID: i.Dispute.ID, Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	prior, err := l.ledger.Lookup(ctx, i.Dispute.MerchantID, opened)
	if err != nil {
		return err
	}
	receipt, found := prior.Receipts[opened]
	if !found {
		return fmt.Errorf("the ledger has no receipt of %s", opened)
	}
	i.notified = receipt.At
	return nil
}
