package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

var (
	customerPays = []string{"agree", "--terms", "customer_pays", "--reported-by", "customer"}
	refund       = []string{"agree", "--terms", "merchant_refunds", "--refund", "30.00 EUR", "--reported-by", "operator", "--note", "scratch"}
)

// ignores sends a signal that has no effect and returns why.
func (h *scenario) ignores(args ...string) string {
	h.Helper()
	got := h.run(h.on(args)...)
	require.Equal(h, exitFailed, got.code)
	require.Empty(h, got.out)
	require.Regexp(h, "(?m)^ignored: .+\n$", got.err)
	return got.err
}

// TestSignals: what became of a signal, while the dispute's last mail cannot be delivered yet.
func TestSignals(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email = "away@mail.example"
	h.open(dispute.WaitAgreement)
	h.refuses(dispute.CodeInvalidMessage, "agree", "--terms", "merchant_refunds", "--reported-by", "customer")
	h.refuses(dispute.CodeInvalidMessage, "withdraw", "--reported-by", "merchant")
	require.Contains(t, h.ignores("agree", "--terms", "merchant_refunds", "--refund", "129.91 EUR", "--reported-by", "customer"), "the disputed amount of 129.90 EUR")
	require.Contains(t, h.ignores("agree", "--terms", "merchant_refunds", "--refund", "30 SEK", "--reported-by", "customer"), "but the dispute is in EUR")

	require.Regexp(t, `(?m)^attention +message-ignored$`, h.does("status", h.dispute.ID))
	h.sends("acknowledge", "--cause", "message-ignored", "--acknowledged-by", "op", "--note", "a typing error")
	require.NotContains(t, h.does("status", h.dispute.ID), "\nattention")

	accepted := "accepted: " + h.dispute.ID + " is "
	require.Contains(t, h.sends(refund...), accepted)
	h.waitsFor(dispute.WaitClosingMessages)
	for range 2 {
		require.Equal(t, accepted+"CLOSED, SETTLED (merchant_solved_the_dispute_with_the_customer): the merchant refunds 30.00 EUR\n", h.sends(refund...), "an identical repeat")
	}
	require.NotContains(t, h.does("status", h.dispute.ID), "\nattention")
	require.Contains(t, h.ignores(customerPays...), "after the decision")
	require.Contains(t, h.ignores("withdraw"), "after the decision: merchant_solved")
	h.refuses(dispute.CodeNotAccepted, "accept-loss")
	require.Regexp(t, `(?m)^outstanding +99\.90 EUR$`, h.does("ledger", "show", h.invoice.ID))
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	require.Contains(t, h.sends("withdraw", "--reported-by", "operator", "--note", "by telephone"), "WON (customer_cancelled_dispute): invoice reactivated, no chargeback of 129.90 EUR\n")
	h.closes(dispute.ClosedByWithdrawal)
	h.refuses(dispute.CodeDisputeClosed, "withdraw", "--reported-by", "operator", "--note", "by telephone")
}

// TestReport has the answers that a quick test cannot wait for.
func TestReport(t *testing.T) {
	t.Parallel()
	early := dispute.View{ID: "kd", State: dispute.StateOpened, WaitingFor: dispute.WaitPause}
	full := dispute.View{ID: "kd", State: dispute.StateOpened, WaitingFor: dispute.WaitNotification, Timeline: make([]dispute.Entry, dispute.MaxTimeline), TimelineOmitted: 1}
	proposed := dispute.View{ID: "kd", State: dispute.StatePreArbitration, WaitingFor: dispute.WaitAgreement, Proposals: []dispute.Proposal{
		{Number: 1342, By: dispute.PartyMerchant, Terms: dispute.CustomerPays, State: dispute.ProposalStanding},
	}}
	kind := signalKind{
		name: dispute.SignalAgreement, effect: dispute.ClosedByAgreement,
		proposes: func(p dispute.Proposal) bool { return p.By == dispute.PartyMerchant },
	}
	for name, c := range map[string]struct {
		view      dispute.View
		out, want string
	}{
		"before the pause": {view: early, out: "accepted, counts as soon as the invoice is paused: kd is OPENED, waiting for pause\n"},
		"a proposal": {view: proposed, out: "proposed, not agreed yet: kd is PRE_ARBITRATION, waiting for agreement\n" +
			"proposal 1342: the merchant proposes that the customer pays; the customer answers\n"},
		"a full case file": {view: full, want: "ignored: it had no effect; kd is OPENED, waiting for notification"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			a := app{streams: streams{out: &out}}
			err := a.report(c.view, c.view, kind, false)
			require.Equal(t, c.out, out.String())
			if c.want != "" {
				require.EqualError(t, err, c.want)
				return
			}
			require.NoError(t, err)
		})
	}
}
