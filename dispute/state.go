package dispute

import "slices"

// State is where a dispute stands: Klarna's names, and StateOpened, which is ours.
type State string

// The states, in the order of the process.
const (
	StateOpened             State = "OPENED"
	StatePreArbitration     State = "PRE_ARBITRATION"
	StateArbitrationPending State = "ARBITRATION_PENDING"
	StateEvidencePending    State = "MERCHANT_EVIDENCE_PENDING"
	// StateClosed means that the money has moved.
	StateClosed State = "CLOSED"
)

// States lists all states.
var States = []State{StateOpened, StatePreArbitration, StateArbitrationPending, StateEvidencePending, StateClosed}

// Wait is what a dispute waits for: what happens next. It is empty when the run has ended.
type Wait string

// The waits.
const (
	WaitPause             Wait = "pause"
	WaitNotification      Wait = "notification"
	WaitRetryNotification Wait = "retry-notification"
	WaitAgreement         Wait = "agreement"
	WaitStatement         Wait = "statement"
	WaitJustification     Wait = "justification"
	WaitEvidence          Wait = "evidence"
	WaitDecision          Wait = "decision"
	WaitSettlement        Wait = "settlement"
	WaitClosingMessages   Wait = "closing-messages"
)

// Waits lists all waits.
var Waits = []Wait{
	WaitPause, WaitNotification, WaitRetryNotification, WaitAgreement, WaitStatement,
	WaitJustification, WaitEvidence, WaitDecision, WaitSettlement, WaitClosingMessages,
}

// HasDeadline tells whether somebody must answer by a deadline while the dispute waits for this.
func (w Wait) HasDeadline() bool {
	return w == WaitAgreement || w == WaitStatement || w == WaitEvidence
}

// Cause is a reason why a person is needed.
type Cause string

// The causes of attention.
const (
	// CauseUnreachable: a message that a period depends on is refused on every channel.
	CauseUnreachable Cause = "unreachable"
	// CauseMessageIgnored: a signal was impossible and had no effect.
	CauseMessageIgnored Cause = "message-ignored"
	// CauseMessageFailed: a message that holds nothing back is refused for good, or any message did not go out because
	// an earlier one under its key, which said something else, stands.
	CauseMessageFailed Cause = "message-failed"
	// CauseDeskOverdue: the desk has been asked 60 days ago and has not ruled.
	CauseDeskOverdue Cause = "desk-overdue"
)

// Causes lists all causes.
var Causes = []Cause{CauseUnreachable, CauseMessageIgnored, CauseMessageFailed, CauseDeskOverdue}

// Outcome is how a dispute ended, from the merchant's side, as Klarna uses the words.
type Outcome string

// The outcomes.
const (
	OutcomeSettled   Outcome = "SETTLED"
	OutcomeWon       Outcome = "WON"
	OutcomeLost      Outcome = "LOST"
	OutcomeCancelled Outcome = "CANCELLED"
)

// ClosingReason says why a dispute ended as it did.
type ClosingReason string

// The closing reasons; those that Klarna has a code for have Klarna's name.
const (
	ClosedByAgreement      ClosingReason = "merchant_solved_the_dispute_with_the_customer"
	ClosedByWithdrawal     ClosingReason = "customer_cancelled_dispute"
	ClosedNotSubstantiated ClosingReason = "complaint_not_substantiated"
	ClosedNotJustified     ClosingReason = "complaint_not_justified"
	ClosedForMerchant      ClosingReason = "decided_for_merchant"
	ClosedLossAccepted     ClosingReason = "merchant_accepted_the_loss"
	ClosedMerchantSilent   ClosingReason = "merchant_did_not_respond"
	ClosedNoInformation    ClosingReason = "merchant_did_not_provide_information"
	ClosedForCustomer      ClosingReason = "decided_for_customer"
	ClosedByOperator       ClosingReason = "cancelled_by_operator"
)

// ClosingReasons lists all closing reasons.
var ClosingReasons = []ClosingReason{
	ClosedByAgreement, ClosedByWithdrawal, ClosedNotSubstantiated, ClosedNotJustified, ClosedForMerchant,
	ClosedLossAccepted, ClosedMerchantSilent, ClosedNoInformation, ClosedForCustomer, ClosedByOperator,
}

// Outcome is what a closing reason means for the merchant.
func (r ClosingReason) Outcome() Outcome {
	switch {
	case r == ClosedByAgreement:
		return OutcomeSettled
	case r == ClosedByOperator:
		return OutcomeCancelled
	case slices.Contains([]ClosingReason{ClosedLossAccepted, ClosedMerchantSilent, ClosedNoInformation, ClosedForCustomer}, r):
		return OutcomeLost
	default:
		return OutcomeWon
	}
}

// Decision fixes how a dispute ends. The money follows from it.
type Decision struct {
	Outcome Outcome       `json:"outcome"`
	Reason  ClosingReason `json:"closingReason"`
	// Debit is what the merchant is debited, in minor units of the disputed amount's currency: all of
	// it in a chargeback, the agreed refund in an agreement on one, else 0.
	Debit int64 `json:"debit"`
}

// Decide makes the decision for a closing reason. The refund counts in agreements only.
func Decide(reason ClosingReason, disputed Money, refund *Money) Decision {
	decision := Decision{Outcome: reason.Outcome(), Reason: reason}
	switch {
	case decision.Outcome == OutcomeLost:
		decision.Debit = disputed.Amount
	case reason == ClosedByAgreement && refund != nil:
		decision.Debit = refund.Amount
	}
	return decision
}
