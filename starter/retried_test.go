package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestStatusOfRetriedStep: a step that is being retried shows with its last error and its next attempt at once, without
// attention or the Web UI.
func TestStatusOfRetriedStep(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email = "away@mail.example"
	h.open(dispute.WaitAgreement)
	h.sends("withdraw")
	h.waitsFor(dispute.WaitClosingMessages)
	var text string
	require.Eventually(t, func() bool {
		text = h.does("status", h.dispute.ID)
		return strings.Contains(text, "\nretrying ")
	}, testTimeout, 50*time.Millisecond)
	require.Regexp(t, `(?m)^retrying +send a message, \d+ attempts?, (next at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ|trying now): `, text)
	var now standing
	require.NoError(t, json.Unmarshal([]byte(h.does("status", h.dispute.ID, "--json")), &now))
	require.Equal(t, h.dispute.ID, now.ID)
	require.Len(t, now.Retried, 1)
	require.NotEmpty(t, now.Retried[0].Error)
	require.NotContains(t, now.Retried[0].Error, "type:")
	h.forget()
}

// TestStoppedRun: nothing happens any more in a run that was terminated, and status and list say so.
func TestStoppedRun(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.ignores("agree", "--terms", "merchant_refunds", "--refund", "500.00 EUR", "--reported-by", "merchant")
	alone(t)
	h.terminate()
	text := h.does("status", h.dispute.ID)
	require.Regexp(t, `(?m)^run +terminated at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: the invoice stays paused, and nothing happens$`, text)
	require.Regexp(t, `(?m)^what helps +open it again with the same content, or: starter ledger reconcile --apply$`, text)
	require.NotRegexp(t, `(?m)^(waiting for|until|then|retrying) `, text)
	require.NotContains(t, text, "starter acknowledge")
	var now standing
	require.NoError(t, json.Unmarshal([]byte(h.does("status", h.dispute.ID, "--json")), &now))
	require.Equal(t, "terminated", now.Stopped.How)
	require.Nil(t, now.Deadline)

	require.Eventually(t, func() bool { return h.lists([]string{h.dispute.ID})[0].Stopped == "terminated" }, testTimeout, 50*time.Millisecond)
	require.Regexp(t, `(?m)^`+h.dispute.ID+` .* terminated *$`, h.does("list", "--merchant", h.merchant.ID))
	h.lists([]string{}, "--waiting-for", "agreement")
	h.does("open", file(t, asJSON(t, h.dispute)))
	h.waitsFor(dispute.WaitAgreement)
	require.NotContains(t, h.does("status", h.dispute.ID), "terminated")
	h.sends("withdraw")
}

// TestListOfRetriedStep: a list of what needs a person shows the steps that are being retried.
func TestListOfRetriedStep(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email = "away@mail.example"
	h.open(dispute.WaitAgreement)
	h.ignores("agree", "--terms", "merchant_refunds", "--refund", "500.00 EUR", "--reported-by", "merchant")
	h.sends("withdraw")
	h.waitsFor(dispute.WaitClosingMessages)
	h.lists([]string{h.dispute.ID}, "--attention")
	require.Eventually(t, func() bool {
		return strings.Contains(h.does("list", "--attention", "--merchant", h.merchant.ID), "\n"+h.dispute.ID+" is retrying:\n  send a message, ")
	}, testTimeout, 50*time.Millisecond)
	h.forget()
}

// TestRetriedInWords: texts of others are cut, and have no control characters.
func TestRetriedInWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC)
	require.Equal(t, "ask the arbiter, 1 attempt, trying now", retried{Step: "ask the arbiter", Attempts: 1}.String())
	require.Equal(t, "send a message, 3 attempts, next at 2026-11-23 09:15:00Z: 451  [2Jlater",
		retried{Step: "send a message", Attempts: 3, Next: at, Error: "451\u202e \x1b[2Jlater"}.String())
	long := retried{Step: "send a message", Attempts: 2, Next: at, Error: strings.Repeat("x", 5000)}.String()
	require.Less(t, len(long), 400)
}

// TestEveryCauseHasARemedy: status says for each cause of attention what helps.
func TestEveryCauseHasARemedy(t *testing.T) {
	t.Parallel()
	for _, cause := range dispute.Causes {
		for _, wait := range dispute.Waits {
			require.NotEmpty(t, remedies(dispute.View{ID: "d-1", WaitingFor: wait}, cause), cause)
		}
	}
}

// TestStatusSaysWhatTheDeadlineDoes: what happens when nobody does anything, before and after the merchant's reaction.
func TestStatusSaysWhatTheDeadlineDoes(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	require.Regexp(t, `(?m)^then +chargeback of 129\.90 EUR: the merchant has not reacted$`, h.does("status", h.dispute.ID))
	h.sends("respond", "--message", "We look into it.")
	require.Regexp(t, `(?m)^then +Klarna steps in: the merchant has reacted$`, h.does("status", h.dispute.ID))
}

// TestStatusBehindSecondStart: a plain start after the end is refused, and status still shows how the dispute was closed.
func TestStatusBehindSecondStart(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	h.startsPlainly()
	require.Regexp(t, `(?m)^outcome +WON \(customer_cancelled_dispute\)$`, h.does("status", h.dispute.ID))
	h.afterTheEnd()
}

// startsPlainly starts the workflow by its name, as a client in another language does, and waits for its refusal.
func (h *scenario) startsPlainly() {
	h.Helper()
	run, err := shared.temporal.ExecuteWorkflow(h.Context(), client.StartWorkflowOptions{
		ID: workflows.WorkflowID(h.dispute.ID), TaskQueue: workflows.TaskQueue,
	}, workflows.WorkflowType, h.dispute)
	require.NoError(h, err)
	require.ErrorContains(h, run.Get(h.Context(), nil), "was closed on")
}
