package demo

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestGist(t *testing.T) {
	t.Parallel()
	for want, entry := range map[string]dispute.Entry{
		"told-opened: merchant by portal": {Event: "told-opened", Detail: "merchant by portal at 2026-11-22T23:49:49Z: message 1 of the portal's inbox"},
		"not-told-opened: merchant: refused, the mail server refuses the recipient: 550 no such mailbox": {
			Event: "not-told-opened", Detail: "merchant: refused, the mail server refuses the recipient: 550 no such mailbox",
		},
		"move-deadline: shortened from 2026-12-24T00:00:00+01:00 to 2026-11-22T23:49:52Z": {
			Event: "move-deadline", Detail: "shortened from 2026-12-24T00:00:00+01:00 to 2026-11-22T23:49:52Z, demo: The demo does not wait for weeks.",
		},
		"invoice-settled: 0.00 EUR off the invoice, 349.00 EUR refunded, 0.00 EUR open": {
			Event: "invoice-settled", Detail: "0.00 EUR off the invoice, 349.00 EUR refunded to the customer, 0.00 EUR open",
		},
		"respond: Wir sehen um 9 at home nach, sofort.": {Event: "respond", Detail: "Wir sehen um 9 at home nach, sofort."},
		"response-window-over":                          {Event: "response-window-over"},
	} {
		require.Equal(t, want, gist(entry))
	}
}

func TestLinesAreCut(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	(&live{out: &out}).line("demo-01", "merchant", strings.Repeat("ä", 200))
	line := []rune(strings.TrimSuffix(out.String(), "\n"))
	require.Len(t, line, columns)
	require.Equal(t, '…', line[columns-1])
}

// TestResults: what did not end as it should is marked and fails the demo.
func TestResults(t *testing.T) {
	t.Parallel()
	results := make([]result, 3)
	for i := range results {
		results[i].scenario = scenarios[i]
		results[i].view = dispute.View{ClosingReason: scenarios[i].ends, Outcome: scenarios[i].ends.Outcome()}
	}
	results[1] = result{scenario: scenarios[1], err: errors.New("the mail server is away")}
	results[2].view = dispute.View{ClosingReason: dispute.ClosedForMerchant, Outcome: dispute.OutcomeWon}
	var out strings.Builder
	err := printResults(&out, results)
	require.EqualError(t, err, "demo-02: the mail server is away\n"+
		"demo-03 ended with decided_for_merchant instead of complaint_not_substantiated")
	require.Regexp(t, `(?m)^demo-01 .+ yes$`, out.String())
	require.Regexp(t, `(?m)^demo-02 .+ FAILED$`, out.String())
	require.Regexp(t, `(?m)^demo-03 .+ NO$`, out.String())
}

// TestScenarios: one for every closing reason, with ids of their own.
func TestScenarios(t *testing.T) {
	t.Parallel()
	var reasons []dispute.ClosingReason
	for _, s := range scenarios {
		reasons = append(reasons, s.ends)
	}
	require.Equal(t, dispute.ClosingReasons, reasons)
}
