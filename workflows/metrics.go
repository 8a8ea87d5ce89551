package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// The counters of the process. A replay counts nothing; a workflow task that is executed again because its worker died
// counts again. The exact numbers are the ledger's.
const (
	disputesOpened  = "streitfall_disputes_opened"
	disputesClosed  = "streitfall_disputes_closed"
	attentionRaised = "streitfall_attention_raised"
	takenOver       = "streitfall_disputes_taken_over"
	deadlinesMoved  = "streitfall_deadlines_moved_by_outage"
)

// countOpened counts a dispute whose invoice is paused.
func (p *process) countOpened() {
	workflow.GetMetricsHandler(p.ctx).Counter(disputesOpened).Inc(1)
}

// countClosed counts a dispute whose money has moved.
func (p *process) countClosed() {
	workflow.GetMetricsHandler(p.ctx).WithTags(map[string]string{
		"outcome": string(p.decision.Outcome), "reason": string(p.decision.Reason),
	}).Counter(disputesClosed).Inc(1)
}

// countAttention counts a cause for which a person is needed.
func (p *process) countAttention(cause dispute.Cause) {
	workflow.GetMetricsHandler(p.ctx).WithTags(map[string]string{"cause": string(cause)}).Counter(attentionRaised).Inc(1)
}

// countTakeover counts a run that takes a dispute over from one that was stopped.
func (p *process) countTakeover() {
	workflow.GetMetricsHandler(p.ctx).Counter(takenOver).Inc(1)
}

// countOutage counts a deadline that was moved because it could not be handled in time.
func (p *process) countOutage() {
	workflow.GetMetricsHandler(p.ctx).Counter(deadlinesMoved).Inc(1)
}
