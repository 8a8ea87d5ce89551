package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// lists waits until a list of the merchant's disputes has these ids, in their order: what a list knows comes
// a moment after the fact.
func (h *scenario) lists(ids []string, filters ...string) []listed {
	h.Helper()
	var disputes []listed
	require.Eventually(h, func() bool {
		disputes = nil
		got := h.run(append([]string{"list", "--json", "--merchant", h.merchant.ID}, filters...)...)
		return got.code == exitDone && json.Unmarshal([]byte(got.out), &disputes) == nil &&
			slices.EqualFunc(disputes, ids, func(d listed, id string) bool { return d.ID == id })
	}, testTimeout, 50*time.Millisecond, "%s: %v", h.merchant.ID, filters)
	return disputes
}

// TestList: three disputes of one merchant, through every filter.
func TestList(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	next := func(suffix string) *scenario {
		other := *h
		other.invoice.ID, other.dispute.ID = h.invoice.ID+suffix, h.dispute.ID+suffix
		other.dispute.InvoiceID = other.invoice.ID
		other.importLedger()
		return &other
	}
	soon, closed := next("-soon"), next("-closed")
	soon.dispute.Policy.ResponseBusinessDays = 14
	h.open(dispute.WaitAgreement)
	soon.open(dispute.WaitAgreement)
	closed.open(dispute.WaitAgreement)
	closed.sends("withdraw")
	h.ignores("agree", "--terms", "merchant_refunds", "--refund", "129.91 EUR", "--reported-by", "customer")

	all := h.lists([]string{soon.dispute.ID, h.dispute.ID, closed.dispute.ID})
	require.Equal(t, "goods_not_received", all[0].Reason)
	require.Equal(t, h.merchant.ID, all[0].MerchantID)
	require.True(t, all[0].Deadline.Before(*all[1].Deadline))
	h.lists([]string{soon.dispute.ID, h.dispute.ID}, "--state", "PRE_ARBITRATION")
	h.lists([]string{closed.dispute.ID}, "--state", "CLOSED")
	h.lists([]string{soon.dispute.ID, h.dispute.ID}, "--waiting-for", "agreement")
	h.lists([]string{h.dispute.ID}, "--attention")
	h.lists([]string{h.dispute.ID}, "--attention", "--state", "PRE_ARBITRATION", "--waiting-for", "agreement")
	h.lists([]string{soon.dispute.ID, h.dispute.ID}, "--open")
	h.lists([]string{}, "--waiting-for", "decision")
	require.Equal(t, "No disputes found.\n", h.does("list", "--merchant", h.merchant.ID, "--waiting-for", "decision"))
	require.Equal(t, h.dispute.DisputedAmount, *all[0].DisputedAmount)
	require.Equal(t, "WON", h.lists([]string{closed.dispute.ID}, "--state", "CLOSED")[0].Outcome)

	text := strings.Split(h.does("list", "--merchant", h.merchant.ID), "\n")
	require.Regexp(t, `^DISPUTE +AMOUNT +MERCHANT +ORDER +WAITING FOR +DEADLINE +OUTCOME$`, text[0])
	require.Regexp(t, `^`+soon.dispute.ID+` +129\.90 EUR +`+h.merchant.ID+` +`+h.dispute.OrderID+` +agreement +\d{4}-\d\d-\d\d UTC\+0[12]:00 *$`, text[1])
	require.Regexp(t, `^`+closed.dispute.ID+` +129\.90 EUR +`+h.merchant.ID+` +`+h.dispute.OrderID+` +WON *$`, text[3])
	require.Regexp(t, `\n`+h.dispute.ID+` .+ message-ignored\n$`, h.does("list", "--merchant", h.merchant.ID, "--attention"))
}

// TestListOfTakenOver: a run that an operator has terminated is listed until a new one goes on with its
// dispute, also when a filter leaves the new one out.
func TestListOfTakenOver(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	require.NoError(t, shared.temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(h.dispute.ID), "", "test"))
	h.lists([]string{h.dispute.ID}, "--state", "PRE_ARBITRATION")
	h.open(dispute.WaitAgreement)
	h.sends("accept-loss")
	h.closes(dispute.ClosedLossAccepted)
	h.lists([]string{h.dispute.ID}, "--state", "CLOSED")
	h.lists([]string{}, "--state", "PRE_ARBITRATION")
}

// TestListOfReset: a dispute that an operator has reset after its end is listed as closed: its money has moved, and people
// were told so. Where Temporal is asked, its new run is listed, once.
func TestListOfReset(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We look into it.")
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	h.lists([]string{h.dispute.ID}, "--state", "CLOSED")
	h.finds(1, filter{state: "CLOSED"})
	h.resetToBeforeSignals()
	h.lists([]string{h.dispute.ID}, "--state", "CLOSED")
	h.lists([]string{}, "--open")
	h.finds(1, filter{state: "PRE_ARBITRATION"})
	h.finds(0, filter{state: "CLOSED"})
	h.finds(1, filter{})
}

// finds waits until Temporal finds so many disputes of the merchant.
func (h *scenario) finds(want int, by filter) {
	h.Helper()
	by.merchant = h.merchant.ID
	require.Eventually(h, func() bool {
		found, err := find(h.Context(), shared.temporal, by)
		return err == nil && len(found) == want
	}, testTimeout, 50*time.Millisecond, "%d: %+v", want, by)
}

// TestListPages: pages are continued where the last one ended, and programs get everything.
func TestListPages(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	ids := []string{h.dispute.ID + "-a", h.dispute.ID + "-b", h.dispute.ID + "-c"}
	for _, id := range ids {
		other := *h
		other.dispute.ID, other.invoice.ID = id, id
		other.dispute.InvoiceID = id
		other.importLedger()
		other.open(dispute.WaitAgreement)
	}
	h.lists(ids)
	h.lists(ids[:2], "--limit", "2")
	first := h.does("list", "--merchant", h.merchant.ID, "--limit", "2")
	key := regexp.MustCompile(`\n\nThere are more: --after (\S+)\n$`).FindStringSubmatch(first)
	require.Len(t, key, 2, first)
	second := h.does("list", "--merchant", h.merchant.ID, "--limit", "2", "--after", key[1])
	require.Contains(t, second, ids[2])
	require.NotContains(t, second, ids[1])
	require.NotContains(t, second, "--after")
	h.lists(ids[1:2], "--search", ids[1])
	h.lists(ids, "--order", h.dispute.OrderID)
	h.lists([]string{}, "--order", "nothing")
	h.lists([]string{}, "--due-before", "2026-11-01")
	h.lists(ids, "--due-before", "2036-11-01T12:00:00Z")
	require.Regexp(t, `^DISPUTES +STATE +WAITING FOR\n3 +PRE_ARBITRATION +agreement\n$`, h.does("list", "--merchant", h.merchant.ID, "--counts"))
	require.JSONEq(t, `{"agreement": 3}`, h.does("list", "--merchant", h.merchant.ID, "--counts", "--json"))
}

// TestListDueBefore: a date is compared with the last day, whatever the zone of the calendar.
func TestListDueBefore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"US", "GB", "DE", "CH"} {
		h := newScenario(t)
		h.dispute.Calendar = name
		h.open(dispute.WaitAgreement)
		deadline := *h.lists([]string{h.dispute.ID})[0].Deadline
		h.lists([]string{}, "--due-before", deadline.AddDate(0, 0, -1).Format(time.DateOnly))
		h.lists([]string{h.dispute.ID}, "--due-before", deadline.Format(time.DateOnly))
	}
}

// TestListOfOurSteps: for a step of ours Temporal is asked, because nobody is told of it.
func TestListOfOurSteps(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.merchant.Email = h.merchant.ID + "@refuses.example"
	shared.mails.Refuse(h.merchant.Email, true)
	h.importLedger()
	h.open(dispute.WaitRetryNotification)
	require.Equal(t, dispute.StateOpened, dispute.State(h.lists([]string{h.dispute.ID})[0].State))
	found := h.lists([]string{h.dispute.ID}, "--waiting-for", "retry-notification")
	require.Equal(t, h.dispute.OrderID, found[0].OrderID)
	require.Equal(t, []string{"unreachable"}, found[0].Attention)
	h.lists([]string{h.dispute.ID}, "--waiting-for", "notification")
	h.lists([]string{}, "--attention", "--order", "nothing")
}

// TestListUsage: what cannot be listed together, and what a place of a list looks like.
func TestListUsage(t *testing.T) {
	t.Parallel()
	s := starter(t)
	for want, args := range map[string][]string{
		"--counts, --limit and --after are for lists from the ledger":                                     {"--attention", "--limit", "3"},
		"--waiting-for pause, retry-notification, settlement and closing-messages list all from Temporal": {"--waiting-for", "settlement", "--counts"},
		"write it as the list printed it, such as 2026-12-21T23:00:00Z,kd-2026-0001":                      {"--after", "kd-1"},
		"write a date such as 2026-12-24, or an instant":                                                  {"--due-before", "tomorrow"},
		"--limit is a number above 0":                                                                     {"--limit", "-1"},
	} {
		got := s.run(append([]string{"list"}, args...)...)
		require.Equal(t, exitUsage, got.code)
		require.Contains(t, got.err, want)
	}
	s.env = nil
	s.fails([]string{"list"}, "LEDGER_URL is not set")
}

// resetToBeforeSignals resets the dispute to the last workflow task before the first signal, and leaves the signals out.
func (h *scenario) resetToBeforeSignals() {
	h.Helper()
	id := workflows.WorkflowID(h.dispute.ID)
	task, signalled := int64(0), false
	for events := shared.temporal.GetWorkflowHistory(h.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); !signalled; {
		event, err := events.Next()
		require.NoError(h, err)
		signalled = event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			task = event.GetEventId()
		}
	}
	_, err := shared.temporal.ResetWorkflowExecution(h.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
		Reason: "test", WorkflowTaskFinishEventId: task, RequestId: "reset-" + id,
		ResetReapplyExcludeTypes: []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL},
	})
	require.NoError(h, err)
}

// TestListOfRefused: a dispute that the ledger has refused never was one.
func TestListOfRefused(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.InvoiceID = "nothing"
	h.fails([]string{"open", file(t, asJSON(t, h.dispute))}, "refused (dispute_refused)")
	h.lists([]string{})
}

// TestListQuotes: a merchant's id is text and never a part of the query, and disputes of every id are found.
func TestListQuotes(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"O'Hara", `back\`, `back\\slash`, `"quoted"`, `a"b\'c`, "' OR WorkflowType = 'Dispute", `\' OR 1=1 -- `, "100%", "a_b"} {
		h := newScenario(t)
		h.merchant.ID, h.invoice.MerchantID, h.dispute.MerchantID = id, id, id
		h.invoice.ID += "-quotes"
		h.dispute.InvoiceID = h.invoice.ID
		h.importLedger()
		h.open(dispute.WaitAgreement)
		h.lists([]string{h.dispute.ID})
		h.lists([]string{h.dispute.ID}, "--open")
	}
	require.Equal(t, "[]\n", starter(t).does("list", "--json", "--merchant", `"nobody"`))
}

// TestListFitsATerminal: the widest of everything, with short ids and with those that machines make.
func TestListFitsATerminal(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, time.December, 22, 0, 0, 0, 0, time.FixedZone("", 3600))
	row := listed{
		ID: "kd-2026-0001", State: string(dispute.StateEvidencePending), WaitingFor: string(dispute.WaitRetryNotification), Deadline: &deadline,
		Attention:  []string{string(dispute.CauseMessageIgnored), string(dispute.CauseMessageFailed)},
		MerchantID: "nordlicht", DisputedAmount: &dispute.Money{Amount: 124900, Currency: "SEK"},
	}
	over := row
	over.State, over.WaitingFor, over.Deadline, over.Attention = string(dispute.StateClosed), "", nil, nil
	over.Outcome = string(dispute.OutcomeCancelled)
	for id, want := range map[string][]string{
		row.ID: {
			"DISPUTE       AMOUNT       WAITING FOR         DEADLINE              OUTCOME    ATTENTION",
			"kd-2026-0001  1249.00 SEK  retry-notification  2026-12-21 UTC+01:00             message-ignored +1",
			"kd-2026-0001  1249.00 SEK                                            CANCELLED",
		},
		"0f9d1c1e-8f5b-4c1c-9d8a-3f6f2b7a4e10": {
			"DISPUTE                               WAITING FOR         DEADLINE              ATTENTION",
			"0f9d1c1e-8f5b-4c1c-9d8a-3f6f2b7a4e10  retry-notification  2026-12-21 UTC+01:00  message-ignored +1",
			"kd-2026-0001",
		},
	} {
		var out strings.Builder
		row.ID = id
		require.NoError(t, (&app{streams: streams{out: &out}}).printList([]listed{row, over}))
		lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
		for i, line := range lines {
			require.Equal(t, want[i], strings.TrimRight(line, " "))
		}
		require.LessOrEqual(t, widest(out.String()), 100)
	}
}

// TestListDeadlines: the last day in the zone of each dispute's calendar; programs read the instant with that offset.
func TestListDeadlines(t *testing.T) {
	t.Parallel()
	for name, offset := range map[string]string{"US": `-0[45]:00`, "GB": `\+0[01]:00`, "DE-BY": `\+0[12]:00`} {
		h := newScenario(t)
		h.dispute.Calendar = name
		h.open(dispute.WaitAgreement)
		deadline := h.lists([]string{h.dispute.ID})[0].Deadline
		require.Regexp(t, `T00:00:00(`+offset+`|Z)$`, deadline.Format(time.RFC3339), name)
		day := deadline.AddDate(0, 0, -1)
		require.Regexp(t, day.Format(time.DateOnly)+` UTC`+offset, h.does("list", "--merchant", h.merchant.ID))
		require.Regexp(t, `(?m)^until +the end of `+day.Format("Monday, 2 January 2006")+` \(UTC`+offset+`\)$`, h.does("status", h.dispute.ID))
	}
}
