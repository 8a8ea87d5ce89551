package arbiter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/arbiter"
	"github.com/streitfall/streitfall/dispute"
)

var (
	_ activities.Arbiter = arbiter.Desk{}
	_ activities.Arbiter = arbiter.Rules{}
)

func TestDeskRefersEverything(t *testing.T) {
	t.Parallel()
	for _, stage := range []dispute.Stage{dispute.StageJustification, dispute.StageDecision} {
		ruling, err := arbiter.Desk{}.Judge(t.Context(), complaint(stage, dispute.ReasonGoodsNotReceived, "It never came."))
		require.NoError(t, err)
		require.Nil(t, ruling)
	}
}

func TestRulesFindAStatedComplaintJustified(t *testing.T) {
	t.Parallel()
	for _, reason := range []dispute.Reason{
		dispute.ReasonReturn, dispute.ReasonGoodsNotReceived, dispute.ReasonFaultyGoods,
		dispute.ReasonIncorrectInvoice, dispute.ReasonAlreadyPaid,
	} {
		ruling, err := arbiter.Rules{}.Judge(t.Context(), complaint(dispute.StageJustification, reason, "It never came."))
		require.NoError(t, err)
		require.NotNil(t, ruling, reason)
		require.Equal(t, dispute.StageJustification, ruling.Stage)
		require.True(t, *ruling.Justified)
		require.Empty(t, ruling.InFavourOf)
		require.Equal(t, arbiter.RuledBy, ruling.RuledBy)
		require.NotEmpty(t, ruling.Rationale)
	}
}

func TestRulesReferTheRestToTheDesk(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]activities.Case{
		"Decision":       complaint(dispute.StageDecision, dispute.ReasonGoodsNotReceived, "It never came."),
		"NoStatement":    complaint(dispute.StageJustification, dispute.ReasonGoodsNotReceived, ""),
		"BlankStatement": complaint(dispute.StageJustification, dispute.ReasonGoodsNotReceived, " \n\t"),
		"Unauthorized":   complaint(dispute.StageJustification, dispute.ReasonUnauthorizedPurchase, "It was not me."),
		"HighRisk":       complaint(dispute.StageJustification, dispute.ReasonHighRiskOrder, "It was not me."),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ruling, err := arbiter.Rules{}.Judge(t.Context(), in)
			require.NoError(t, err)
			require.Nil(t, ruling)
		})
	}
}

func complaint(stage dispute.Stage, reason dispute.Reason, statement string) activities.Case {
	return activities.Case{Dispute: dispute.Dispute{ID: "d-1", Reason: reason}, Stage: stage, Statement: statement}
}
