package demo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// TestResults: a dispute that did not end as it should is marked and fails the demo.
func TestResults(t *testing.T) {
	t.Parallel()
	results := make([]result, 3)
	for i, c := range cases(time.Now())[:3] {
		results[i] = result{Case: c, view: dispute.View{ClosingReason: c.Path.Ends, Outcome: c.Path.Ends.Outcome()}}
		results[i].invoice = ledger.Invoice{Amount: c.Invoice.Amount, Outstanding: 9990}
	}
	results[1].err = errors.New("the mail server is away")
	results[2].view = dispute.View{ClosingReason: dispute.ClosedForMerchant, Outcome: dispute.OutcomeWon}
	var out strings.Builder
	err := newScreen(&out).printResults(results)
	require.EqualError(t, err, "demo-02: the mail server is away\n"+
		"demo-03 ended with decided_for_merchant instead of complaint_not_substantiated")
	require.Regexp(t, `(?m)^demo-01  SETTLED    .+ 99\.90 EUR reactivated\.$`, out.String())
	require.Regexp(t, `(?m)^demo-02  WRONG      demo-02: the mail server is away$`, out.String())
	require.Regexp(t, `(?m)^demo-03  WRONG      .+ instead of complaint_not_substantiated$`, out.String())
}

// TestScenes: every path has a scene, valid and with ids of its own.
func TestScenes(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, c := range cases(time.Now()) {
		require.Contains(t, scenes, c.Path.Ends)
		require.Contains(t, merchants, c.Merchant)
		c.Dispute.OpenedAt = time.Now()
		require.NoError(t, c.Dispute.WithDefaults().Validate(time.Now()))
		ids[c.Dispute.ID] = true
	}
	require.Len(t, ids, len(scenes))
}
