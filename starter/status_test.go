package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestStatus: the case file on a screen, and the same as JSON.
func TestStatus(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", strings.Repeat("Wir prüfen das gerade. ", 20))
	text := h.does("status", h.dispute.ID)
	for _, line := range []string{
		`dispute +` + h.dispute.ID, `state +PRE_ARBITRATION`, `waiting for +agreement`,
		`until +the end of \w+day, \d+ \w+ \d{4} \(UTC\+0[12]:00\)$`,
		`amount +129\.90 EUR`, `reason +goods_not_received`, `merchant +` + h.merchant.ID, `invoice +` + h.invoice.ID,
		`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  klarna    invoice-paused: ` + h.invoice.ID + `, .+`,
		`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  klarna    sent-opened: merchant by email at \S+Z: 250 2\.0\.0\n {32}OK: queued`,
		`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  merchant  respond: Wir prüfen das gerade\. .+`,
		` {32}das gerade\. Wir prüfen .+…`,
	} {
		require.Regexp(t, `(?m)^`+line+`$`, text)
	}
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
	}
	var view dispute.View
	require.NoError(t, json.Unmarshal([]byte(h.does("status", h.dispute.ID, "--json")), &view))
	require.Equal(t, h.dispute.ID, view.ID)
	require.NotEmpty(t, view.Timeline)
	require.NotContains(t, text, h.dispute.Complainant.Name)
	require.NotContains(t, text, "@", "no address of anybody")
}

// TestStatusOfForgotten: when Temporal has forgotten a dispute, the ledger remembers it. Its last mail cannot
// be delivered, because Temporal deletes what still runs at once, and what has just ended half a minute later.
func TestStatusOfForgotten(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complainant.Email = "away@mail.example"
	h.open(dispute.WaitAgreement)
	h.sends("withdraw")
	h.waitsFor(dispute.WaitClosingMessages)
	h.forget()

	got := h.run("status", h.dispute.ID)
	require.Equal(t, exitDone, got.code)
	require.Equal(t, "Temporal has no dispute \""+h.dispute.ID+"\"; the ledger has it as closed.\n", got.err)
	require.Regexp(t, `(?m)^outcome +WON \(customer_cancelled_dispute\)$`, got.out)
	require.Regexp(t, `(?s)invoice-paused\n.+  klarna    sent-opened: merchant by email: 250 2\.0\.0 OK: queued\n.+invoice-settled: 0\.00 EUR off the invoice,`, got.out)

	var view dispute.View
	require.NoError(t, json.Unmarshal([]byte(h.run("status", h.dispute.ID, "--json").out), &view))
	require.Equal(t, dispute.StateClosed, view.State)
	require.Equal(t, dispute.ClosedByWithdrawal, view.ClosingReason)
	require.Equal(t, h.dispute.DisputedAmount, view.DisputedAmount)

	h.fails([]string{"open", file(t, asJSON(t, h.dispute))}, "refused (dispute_closed): ")
	got = h.run("status", h.dispute.ID)
	require.Equal(t, "Temporal has only a refused run of dispute \""+h.dispute.ID+"\"; the ledger has it as closed.\n", got.err)
	require.Regexp(t, `(?m)^outcome +WON \(customer_cancelled_dispute\)$`, got.out)
}

// TestStatusOfOpenForgotten: an open dispute whose workflow is gone is said to be open, no more.
func TestStatusOfOpenForgotten(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.forget()
	got := h.run("status", h.dispute.ID)
	require.Equal(t, exitDone, got.code)
	require.Contains(t, got.err, "the ledger has it as open.")
	require.NotContains(t, got.out, "outcome")
	require.NotContains(t, got.out, "settled")
}

func TestStatusOfUnknown(t *testing.T) {
	t.Parallel()
	s := starter(t)
	s.fails([]string{"status", "nobody"}, `refused (unknown_dispute): the ledger has no dispute "nobody"`)
	s.env = nil
	s.fails([]string{"status", "nobody"}, `refused (unknown_dispute): Temporal has no dispute "nobody"`, "set LEDGER_URL to ask the ledger too")
	s.env = map[string]string{"LEDGER_URL": "oracle:somewhere"}
	s.fails([]string{"status", "nobody"}, `Temporal has no dispute "nobody"`, "unknown scheme")
}

// forget deletes the dispute's workflow, as the end of its retention would. Right after the end of a run a busy Temporal
// takes more than a minute for it.
func (h *scenario) forget() {
	h.Helper()
	run := &commonpb.WorkflowExecution{WorkflowId: workflows.WorkflowID(h.dispute.ID)}
	_, err := shared.temporal.WorkflowService().DeleteWorkflowExecution(h.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: run,
	})
	require.NoError(h, err)
	require.Eventually(h, func() bool {
		_, err := shared.temporal.DescribeWorkflow(h.Context(), run.GetWorkflowId(), "")
		_, gone := errors.AsType[*serviceerror.NotFound](err)
		return gone
	}, 5*testTimeout, 50*time.Millisecond)
}
