package dispute

import "slices"

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
