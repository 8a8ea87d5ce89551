package workflows

import (
	"strings"

	"go.temporal.io/sdk/temporal"
)

// The names under which Temporal and clients in any language know the process. They live as long as the longest
// dispute; a test pins them.
const (
	// WorkflowType is the registered name of the workflow. Its argument is the dispute as JSON. A run that takes over from
	// one that was stopped has that run's answer to QueryTakeover as its second argument.
	WorkflowType = "Dispute"
	// TaskQueue is the task queue of the workers.
	TaskQueue = "klarna-disputes"
	// ReconciliationType is the registered name of the workflow that reports stranded disputes. It has no argument.
	ReconciliationType = "LedgerReconciliation"
	// QueryDispute answers with the dispute.Dispute that was opened, for stopped runs too.
	QueryDispute = "dispute"
	// QueryStatus answers with a dispute.View, for closed disputes too.
	QueryStatus = "status"
	// QueryCase answers with a dispute.Case, for closed disputes too.
	QueryCase = "case"
	// QueryTakeover answers with the activities.Takeover of a run, for stopped runs too.
	QueryTakeover = "takeover"
	// QueryReadSignal answers with the data of its argument, the payload of a signal as it is in the history.
	QueryReadSignal = "read-signal"

	idPrefix = "dispute-"
)

// The search attributes of every dispute. They hold nothing personal.
var (
	AttributeState      = temporal.NewSearchAttributeKeyKeyword("DisputeState")
	AttributeWaitingFor = temporal.NewSearchAttributeKeyKeyword("DisputeWaitingFor")
	AttributeReason     = temporal.NewSearchAttributeKeyKeyword("DisputeReason")
	AttributeMerchant   = temporal.NewSearchAttributeKeyKeyword("DisputeMerchant")
	AttributeOutcome    = temporal.NewSearchAttributeKeyKeyword("DisputeOutcome")
	// AttributeDeadline is unset when no deadline runs.
	AttributeDeadline = temporal.NewSearchAttributeKeyTime("DisputeDeadline")
	// AttributeAttention lists the causes for which a person is needed.
	AttributeAttention = temporal.NewSearchAttributeKeyKeywordList("DisputeAttention")
)

// SearchAttributes lists the search attributes that the namespace must know.
var SearchAttributes = []temporal.SearchAttributeKey{
	AttributeState, AttributeWaitingFor, AttributeReason, AttributeMerchant, AttributeOutcome, AttributeDeadline, AttributeAttention,
}

// WorkflowID is the id of the workflow that runs a dispute.
func WorkflowID(disputeID string) string {
	return idPrefix + disputeID
}

// DisputeID is the reverse of WorkflowID.
func DisputeID(workflowID string) string {
	return strings.TrimPrefix(workflowID, idPrefix)
}
