package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// offers are what a shell is offered at the end of a command line, with descriptions behind a tab.
func (s shell) offers(args ...string) []string {
	s.Helper()
	got := s.run(append([]string{"__complete"}, args...)...)
	require.Equal(s, exitDone, got.code, got.err)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	require.Regexp(s, `^:\d+$`, lines[len(lines)-1])
	return lines[:len(lines)-1]
}

// TestCompletion: shells are offered commands, values of flags, and the ids of disputes that have not ended.
func TestCompletion(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	require.Contains(t, h.offers(""), "status\tPrint the status of a dispute, with its timeline")
	require.Equal(t, words(dispute.States), h.offers("list", "--state", ""))
	require.Contains(t, h.offers("acknowledge", "kd", "--cause", ""), "desk-overdue")
	require.Empty(t, h.offers("status", h.dispute.ID))
	h.open(dispute.WaitAgreement)
	require.Eventually(t, func() bool {
		offers := h.offers("respond", h.dispute.ID)
		return len(offers) > 0 && offers[0] == h.dispute.ID+"\tagreement"
	}, testTimeout, 50*time.Millisecond)
	require.Empty(t, h.offers("accept-loss", h.dispute.ID, ""), "one id is enough")
	h.sends("accept-loss")
	h.closes(dispute.ClosedLossAccepted)
	require.Eventually(t, func() bool { return len(h.offers("status", h.dispute.ID)) == 0 }, testTimeout, 50*time.Millisecond)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		require.Contains(t, h.does("completion", shell), "starter")
	}
}

// TestJSON: what commands print for scripts is what they print for people, in full.
func TestJSON(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	view := func(text string) (view dispute.View) {
		require.NoError(t, json.Unmarshal([]byte(text), &view), text)
		require.Equal(t, h.dispute.ID, view.ID)
		return view
	}
	view(h.doesWith(asJSON(t, h.dispute), "open", "-", "--json"))
	h.waitsFor(dispute.WaitAgreement)
	require.NotNil(t, view(h.sends("respond", "--message", "We look into it.", "--json")).Deadline)
	require.Equal(t, dispute.OutcomeWon, view(h.sends("withdraw", "--json")).Outcome)
	h.closes(dispute.ClosedByWithdrawal)
	require.Contains(t, h.run(append(h.on([]string{"withdraw"}), "--note", "again", "--json")...).err, "closed")

	var imported ledger.Imported
	again := asJSON(t, dispute.Import{Merchants: []dispute.Merchant{h.merchant}})
	require.NoError(t, json.Unmarshal([]byte(h.doesWith(again, "ledger", "import", "-", "--json")), &imported))
	require.Equal(t, ledger.Imported{Merchants: ledger.Counts{Unchanged: 1}}, imported)
	var report ledger.Report
	require.NoError(t, json.Unmarshal([]byte(h.does("ledger", "check", "--json")), &report))
	require.Empty(t, report.Findings)
	require.Positive(t, report.Invoices)
	var inbox []ledger.Message
	require.NoError(t, json.Unmarshal([]byte(h.does("inbox", h.merchant.ID, "--json")), &inbox))
	require.Empty(t, inbox)
}
