package dispute

import "slices"

// Outcome is how a dispute ended for the merchant, in Klarna's words.
type Outcome string

// The outcomes.
const (
	OutcomeSettled   Outcome = "SETTLED"
	OutcomeWon       Outcome = "WON"
	OutcomeLost      Outcome = "LOST"
	OutcomeCancelled Outcome = "CANCELLED"
)

// Outcomes lists all outcomes.
var Outcomes = []Outcome{OutcomeSettled, OutcomeWon, OutcomeLost, OutcomeCancelled}

// ClosingReason is why a dispute ended as it did.
type ClosingReason string

// The closing reasons. A reason that Klarna has a code for has Klarna's name.
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

// Outcome returns the outcome that follows from the closing reason.
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

// ForMerchant reports whether the dispute was finally decided for the merchant. What it was about cannot be disputed again.
func (r ClosingReason) ForMerchant() bool {
	return slices.Contains(FinalForMerchant, r)
}

// ByRuling reports whether the dispute ended by a ruling.
func (r ClosingReason) ByRuling() bool {
	return r == ClosedNotJustified || r == ClosedForMerchant || r == ClosedForCustomer
}

// FinalForMerchant lists the closing reasons that decide a dispute for the merchant on its merits. A withdrawal does not.
var FinalForMerchant = []ClosingReason{ClosedForMerchant, ClosedNotJustified, ClosedNotSubstantiated}

// Decision is how a dispute ends. The settlement follows from it.
type Decision struct {
	Outcome Outcome       `json:"outcome"`
	Reason  ClosingReason `json:"closingReason"`
	// Debit is what the merchant is debited, in minor units of the disputed amount's currency: the disputed amount
	// in a chargeback, the refund after an agreement on one, else 0.
	Debit int64 `json:"debit"`
}

// Decide returns the decision for a closing reason. The refund counts only with ClosedByAgreement.
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
