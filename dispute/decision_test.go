package dispute_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	disputed := dispute.Money{Amount: 12990, Currency: "EUR"}
	refund := &dispute.Money{Amount: 4000, Currency: "EUR"}
	var reasons []dispute.ClosingReason
	for _, test := range []struct {
		reason  dispute.ClosingReason
		refund  *dispute.Money
		outcome dispute.Outcome
		debit   int64
	}{
		{"merchant_solved_the_dispute_with_the_customer", nil, "SETTLED", 0},
		{"merchant_solved_the_dispute_with_the_customer", refund, "SETTLED", 4000},
		{"customer_cancelled_dispute", nil, "WON", 0},
		{"complaint_not_substantiated", nil, "WON", 0},
		{"complaint_not_justified", nil, "WON", 0},
		{"decided_for_merchant", nil, "WON", 0},
		{"merchant_accepted_the_loss", nil, "LOST", 12990},
		{"merchant_did_not_respond", nil, "LOST", 12990},
		{"merchant_did_not_provide_information", nil, "LOST", 12990},
		{"decided_for_customer", nil, "LOST", 12990},
		{"cancelled_by_operator", nil, "CANCELLED", 0},
	} {
		want := dispute.Decision{Outcome: test.outcome, Reason: test.reason, Debit: test.debit}
		require.Equal(t, want, dispute.Decide(test.reason, disputed, test.refund))
		if test.refund == nil {
			reasons = append(reasons, test.reason)
		}
		if test.reason != dispute.ClosedByAgreement { // a refund counts in agreements only
			require.Equal(t, want, dispute.Decide(test.reason, disputed, refund))
		}
	}
	require.Equal(t, reasons, dispute.ClosingReasons)
}

func TestDecideNeverDebitsMoreThanTheDisputedAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		disputed := anyMoney(t)
		reason := rapid.SampledFrom(dispute.ClosingReasons).Draw(t, "reason")
		refund := &dispute.Money{Amount: rapid.Int64Range(1, disputed.Amount).Draw(t, "refund"), Currency: disputed.Currency}
		if rapid.Bool().Draw(t, "no refund") {
			refund = nil
		}
		decision := dispute.Decide(reason, disputed, refund)
		require.Equal(t, reason.Outcome(), decision.Outcome)
		require.GreaterOrEqual(t, decision.Debit, int64(0))
		require.LessOrEqual(t, decision.Debit, disputed.Amount)
		if decision.Outcome == dispute.OutcomeWon || decision.Outcome == dispute.OutcomeCancelled {
			require.Zero(t, decision.Debit)
		}
	})
}
