package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// The counters of the process. A replay counts nothing; a workflow task that is done once more, because its
// worker died in it, counts once more. Exact numbers are the ledger's.
const (
	disputesOpened  = "streitfall_disputes_opened"
	disputesClosed  = "streitfall_disputes_closed"
	attentionRaised = "streitfall_attention_raised"
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

// countAttention counts a call for a person.
func (p *process) countAttention(cause dispute.Cause) {
	workflow.GetMetricsHandler(p.ctx).WithTags(map[string]string{"cause": string(cause)}).Counter(attentionRaised).Inc(1)
}
