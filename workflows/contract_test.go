package workflows_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestRegisteredNames and the tests below pin the contract with clients in any language and with the histories of
// running disputes: a changed name breaks both.

func TestRegisteredNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Dispute", workflows.WorkflowType)
	require.Equal(t, "LedgerReconciliation", workflows.ReconciliationType)
	require.Equal(t, "klarna-disputes", workflows.TaskQueue)
	require.Equal(t, "dispute-d-1", workflows.WorkflowID("d-1"))
	require.Equal(t, "d-1", workflows.DisputeID("dispute-d-1"))

	f := newFixture(t)
	f.run()
	definition := f.metadata().Definition
	require.Equal(t, []string{"agreement", "withdrawal"}, interactions(definition.SignalDefinitions))
	require.Equal(t, []string{"case", "dispute", "read-signal", "status", "takeover"}, interactions(definition.QueryDefinitions))
	require.Equal(t, []string{
		"accept-loss", "acknowledge", "answer-proposal", "move-deadline", "open", "propose", "report-bounce", "respond", "retry-notification", "rule", "state-reason", "submit-evidence",
	}, interactions(definition.UpdateDefinitions))
}

// interactions returns the names that clients use; the SDK's own begin with underscores.
func interactions(definitions []*sdkpb.WorkflowInteractionDefinition) []string {
	var names []string
	for _, definition := range definitions {
		if definition.Name[0] != '_' {
			names = append(names, definition.Name)
		}
	}
	return names
}

func TestActivityNames(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
	after := f.toDesk()
	f.at(after, func() { f.send(dispute.UpdateRule, justified(&no)) })
	f.closes(dispute.ClosedNotJustified)
	for kind, want := range map[string][]string{
		"local":   {"ArchiveCase", "AskArbiter", "Deliver", "PauseInvoice", "PlanDeadline"},
		"regular": {"Notify", "SettleInvoice"},
	} {
		var names []string
		for _, command := range f.recorder.of(kind) {
			names = append(names, command.name)
		}
		slices.Sort(names)
		require.Equal(t, want, slices.Compact(names), kind)
	}
}

func TestSearchAttributeNames(t *testing.T) {
	t.Parallel()
	types := map[string]string{}
	for _, key := range workflows.SearchAttributes {
		types[key.GetName()] = key.GetValueType().String()
	}
	require.Equal(t, map[string]string{
		"DisputeState": "Keyword", "DisputeWaitingFor": "Keyword", "DisputeReason": "Keyword", "DisputeMerchant": "Keyword",
		"DisputeOutcome": "Keyword", "DisputeDeadline": "Datetime", "DisputeAttention": "KeywordList",
	}, types)
}

func TestWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, []dispute.Code{
		"invalid_dispute", "dispute_refused", "dispute_differs", "dispute_closed", "unknown_dispute", "invalid_message",
		"not_accepted", "limit_reached", "message_refused", "message_conflict", "unknown_calendar", "outside_calendar", "invalid_import",
		"booking_refused", "unknown_invoice", "unknown_merchant", "invalid_merchant",
	}, dispute.Codes)
	require.Equal(t, []dispute.State{"OPENED", "PRE_ARBITRATION", "ARBITRATION_PENDING", "MERCHANT_EVIDENCE_PENDING", "CLOSED"}, dispute.States)
	require.Equal(t, []dispute.Wait{
		"pause", "notification", "retry-notification", "agreement", "statement", "justification", "evidence", "decision",
		"settlement", "closing-messages",
	}, dispute.Waits)
	require.Equal(t, []dispute.Cause{"unreachable", "message-ignored", "message-failed", "desk-overdue", "stalled"}, dispute.Causes)
	outcomes := map[dispute.ClosingReason]dispute.Outcome{}
	for _, reason := range dispute.ClosingReasons {
		outcomes[reason] = reason.Outcome()
	}
	require.Equal(t, map[dispute.ClosingReason]dispute.Outcome{
		"merchant_solved_the_dispute_with_the_customer": "SETTLED",
		"customer_cancelled_dispute":                    "WON",
		"complaint_not_substantiated":                   "WON",
		"complaint_not_justified":                       "WON",
		"decided_for_merchant":                          "WON",
		"merchant_accepted_the_loss":                    "LOST",
		"merchant_did_not_respond":                      "LOST",
		"merchant_did_not_provide_information":          "LOST",
		"decided_for_customer":                          "LOST",
		"cancelled_by_operator":                         "CANCELLED",
	}, outcomes)
	require.Equal(t, []dispute.Occasion{
		"opened", "opened-copy", "received", "reminder-7", "reminder-2", "deadline-moved", "klarna-steps-in", "reason-asked",
		"ruling-asked", "information-requested", "closed",
	}, []dispute.Occasion{
		dispute.OccasionOpened, dispute.OccasionOpenedCopy, dispute.OccasionReceived, dispute.OccasionReminder7,
		dispute.OccasionReminder2, dispute.OccasionDeadlineMoved, dispute.OccasionKlarnaStepsIn, dispute.OccasionReasonAsked,
		dispute.OccasionRulingAsked, dispute.OccasionInformationRequested, dispute.OccasionClosed,
	})
	require.Equal(t, []dispute.Reason{
		"return", "goods_not_received", "faulty_goods", "incorrect_invoice", "already_paid", "unauthorized_purchase", "high_risk_order",
	}, dispute.Reasons)
}

func TestJSONNames(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.December, 23, 0, 0, 0, 0, time.FixedZone("", 3600))
	d := newFixture(t).dispute
	for want, value := range map[string]any{
		`{"id":"d-1","openedAt":"2026-11-23T08:15:00Z","reason":"goods_not_received","orderId":"order-1","invoiceId":"invoice-1",
		  "disputedAmount":{"amount":12990,"currency":"EUR"},
		  "complainant":{"id":"customer-1","name":"Jonas Weber","email":"jonas@example.de","locale":"de-DE"},
		  "merchantId":"merchant-1","calendar":"DE","policy":{"responseBusinessDays":21}}`: d,
		`{"id":"d-1","state":"CLOSED","waitingFor":"settlement","reason":"return","merchantId":"m","invoiceId":"i",
		  "disputedAmount":{"amount":1,"currency":"EUR"},"deadline":"2026-12-23T00:00:00+01:00","attention":["unreachable"],
		  "outcome":"WON","closingReason":"decided_for_merchant",
		  "timeline":[{"at":"2026-12-23T00:00:00+01:00","actor":"desk","event":"rule","detail":"x"}],"timelineOmitted":3}`: dispute.View{
			ID: "d-1", State: "CLOSED", WaitingFor: "settlement", Reason: "return", MerchantID: "m", InvoiceID: "i",
			DisputedAmount: dispute.Money{Amount: 1, Currency: "EUR"}, Deadline: &at, Attention: []dispute.Cause{"unreachable"},
			Outcome: "WON", ClosingReason: "decided_for_merchant",
			Timeline: []dispute.Entry{{At: at, Actor: "desk", Event: "rule", Detail: "x"}}, TimelineOmitted: 3,
		},
		`{"terms":"merchant_refunds","refund":{"amount":1,"currency":"EUR"},"reportedBy":"operator","note":"n"}`: dispute.Agreement{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 1, Currency: "EUR"}, ReportedBy: dispute.PartyOperator, Note: "n",
		},
		`{"reportedBy":"customer","note":"n"}`:    dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: "n"},
		`{"message":"m","reportedBy":"merchant"}`: dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant},
		`{"terms":"merchant_refunds","refund":{"amount":1,"currency":"EUR"},"message":"m","proposedBy":"customer"}`: dispute.Offer{
			Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 1, Currency: "EUR"}, Message: "m", ProposedBy: dispute.PartyCustomer,
		},
		`{"proposal":1,"accept":false,"answeredBy":"merchant","note":"n"}`: dispute.ProposalAnswer{
			Proposal: 1, Accept: &no, AnsweredBy: dispute.PartyMerchant, Note: "n",
		},
		`{"number":1,"by":"customer","terms":"merchant_refunds","refund":{"amount":1,"currency":"EUR"},"message":"m","state":"declined",
		  "at":"2026-12-23T00:00:00+01:00","endedAt":"2026-12-23T00:00:00+01:00","answer":"a","delivered":true}`: dispute.Proposal{
			Number: 1, By: dispute.PartyCustomer, Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 1, Currency: "EUR"}, Message: "m",
			State: dispute.ProposalDeclined, At: at, EndedAt: at, Answer: "a", Delivered: true,
		},
		`{"reportedBy":"merchant","note":"n"}`: dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: "n"},
		`{"statement":"s"}`:                    dispute.Statement{Statement: "s"},
		`{"text":"t","files":[{"kind":"tracking","name":"n","size":1,"sha256":"00","location":"l"}]}`: dispute.Evidence{
			Text: "t", Files: []dispute.File{{Kind: "tracking", Name: "n", Size: 1, SHA256: "00", Location: "l"}},
		},
		`{"stage":"justification","justified":false,"ruledBy":"r","rationale":"x"}`:             dispute.Ruling{Stage: dispute.StageJustification, Justified: &no, RuledBy: "r", Rationale: "x"},
		`{"stage":"decision","inFavourOf":"customer","ruledBy":"r","rationale":"x"}`:            dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer, RuledBy: "r", Rationale: "x"},
		`{"to":"2026-12-23T00:00:00+01:00","reason":"r","movedBy":"o"}`:                         dispute.DeadlineMove{To: at, Reason: "r", MovedBy: "o"},
		`{"email":"a@example.de","requestedBy":"o"}`:                                            dispute.Retry{Email: "a@example.de", RequestedBy: "o"},
		`{"cause":"message-failed","acknowledgedBy":"o","note":"n"}`:                            dispute.Acknowledgement{Cause: dispute.CauseMessageFailed, AcknowledgedBy: "o", Note: "n"},
		`{"occasion":"opened","number":1,"recipient":"merchant","reason":"r","reportedBy":"o"}`: dispute.Bounce{Occasion: "opened", Number: 1, Recipient: "merchant", Reason: "r", ReportedBy: "o"},
	} {
		data, err := json.Marshal(value)
		require.NoError(t, err)
		require.JSONEq(t, want, string(data))
	}
}

// TestViewOfAClosedDispute: these members are present even when they are empty.
func TestViewOfAClosedDispute(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	view := f.closes(dispute.ClosedMerchantSilent)
	data, err := json.Marshal(view.Summary())
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"d-1","state":"CLOSED","waitingFor":"","reason":"goods_not_received","merchantId":"merchant-1",
		"invoiceId":"invoice-1","disputedAmount":{"amount":12990,"currency":"EUR"},"deadline":null,"attention":[],
		"outcome":"LOST","closingReason":"merchant_did_not_respond"}`, string(data))
	var result dispute.View
	require.NoError(t, f.env.GetWorkflowResult(&result))
	require.Equal(t, view.Summary(), result, "the run's result is its last view, without the timeline")
	for i, entry := range view.Timeline {
		require.False(t, i > 0 && entry.At.Before(view.Timeline[i-1].At), "the timeline is in the order of time")
		require.NotEmpty(t, entry.Actor)
		require.NotEmpty(t, entry.Detail)
	}
}

// TestMessageNumbers: messages of one occasion differ by their number, which a running dispute must keep.
func TestMessageNumbers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
	f.on(reminder7.Add(time.Hour), func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
	f.on(reminder2.Add(time.Hour), func() { f.send(dispute.UpdateRespond, responded) })
	f.at(30*day, func() { f.send(dispute.UpdateStateReason, stated) })
	f.at(31*day, func() { f.send(dispute.UpdateRule, justified(&yes)) })
	f.at(32*day, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	f.at(33*day, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyCustomer)) })
	f.closes(dispute.ClosedForCustomer)
	var keys []string
	for key := range f.receipts {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	require.Equal(t, []string{
		"d-1/closed/1/customer", "d-1/closed/1/merchant", "d-1/deadline-moved/2/merchant", "d-1/information-requested/5/merchant",
		"d-1/klarna-steps-in/3/merchant", fmt.Sprintf("d-1/message/%d/customer", responded.NumberOf(1)), "d-1/opened-copy/1/merchant", "d-1/opened/1/merchant", "d-1/reason-asked/3/customer",
		"d-1/received/1/customer", "d-1/reminder-2/2/merchant", "d-1/reminder-7/1/merchant", "d-1/ruling-asked/4/desk", "d-1/ruling-asked/6/desk",
	}, keys)
}
