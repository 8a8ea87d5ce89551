package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// withStartAttributes starts the run with the search attributes that our client sets.
func (f *fixture) withStartAttributes() {
	require.NoError(f, f.env.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(
		workflows.AttributeState.ValueSet("OPENED"), workflows.AttributeWaitingFor.ValueSet("pause"),
		workflows.AttributeReason.ValueSet("goods_not_received"), workflows.AttributeMerchant.ValueSet("merchant-1"))))
}

// upserts returns the changes of the search attributes, in order.
func (f *fixture) upserts() []map[string]any {
	var all []map[string]any
	for _, upsert := range f.recorder.of("upsert") {
		if deadline, ok := upsert.attributes["DisputeDeadline"].(time.Time); ok {
			upsert.attributes["DisputeDeadline"] = deadline.UTC().Format(time.RFC3339)
		}
		all = append(all, upsert.attributes)
	}
	return all
}

// TestSearchAttributes: attributes of the start are not set again, later only those that have changed; a deadline that
// no longer runs is unset.
func TestSearchAttributes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	f.at(day, func() { f.signal(dispute.SignalAgreement, raw(`{}`)) })
	f.at(2*day, func() { f.send(dispute.UpdateAcknowledge, acknowledged(dispute.CauseMessageIgnored)) })
	f.at(3*day, func() { f.send(dispute.UpdateRespond, responded) })
	f.at(4*day, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-day))) })
	f.at(30*day, func() { f.send(dispute.UpdateStateReason, stated) })
	f.at(31*day, func() { f.send(dispute.UpdateRule, justified(&yes)) })
	f.at(32*day, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	f.at(33*day, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	require.Equal(t, []map[string]any{
		{"DisputeState": "PRE_ARBITRATION", "DisputeWaitingFor": "agreement", "DisputeDeadline": "2026-12-22T23:00:00Z"},
		{"DisputeAttention": []string{"message-ignored"}},
		{"DisputeAttention": nil},
		{"DisputeDeadline": "2026-12-21T23:00:00Z"},
		{"DisputeState": "ARBITRATION_PENDING", "DisputeWaitingFor": "statement", "DisputeDeadline": "2027-01-07T23:00:00Z"},
		{"DisputeWaitingFor": "justification", "DisputeDeadline": nil},
		{"DisputeState": "MERCHANT_EVIDENCE_PENDING", "DisputeWaitingFor": "evidence", "DisputeDeadline": "2027-01-11T23:00:00Z"},
		{"DisputeState": "ARBITRATION_PENDING", "DisputeWaitingFor": "decision", "DisputeDeadline": nil},
		{"DisputeState": "CLOSED", "DisputeWaitingFor": nil, "DisputeOutcome": "WON"},
	}, f.upserts())
}

// TestSearchAttributesOfOtherStarts: a start by another client has no attributes, so the dispute sets all of them; a
// step that is being retried shows where the dispute stands.
func TestSearchAttributesOfOtherStarts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refused[string(dispute.OccasionOpened)] = true
	f.outages["ledger"] = 1
	f.at(day, func() { f.restore(); f.send(dispute.UpdateRetryNotification, dispute.Retry{RequestedBy: "op-1"}) })
	f.at(2*day, func() {
		f.takeDownBriefly("ledger")
		f.signal(dispute.SignalAgreement, customerPays)
	})
	f.closes(dispute.ClosedByAgreement)
	require.Equal(t, []map[string]any{
		{"DisputeState": "OPENED", "DisputeWaitingFor": "pause", "DisputeReason": "goods_not_received", "DisputeMerchant": "merchant-1"},
		{"DisputeWaitingFor": "retry-notification", "DisputeAttention": []string{"unreachable"}},
		{"DisputeState": "PRE_ARBITRATION", "DisputeWaitingFor": "agreement", "DisputeDeadline": "2026-12-23T23:00:00Z", "DisputeAttention": nil},
		{"DisputeWaitingFor": "settlement", "DisputeOutcome": "SETTLED", "DisputeDeadline": nil},
		{"DisputeState": "CLOSED", "DisputeWaitingFor": nil},
	}, f.upserts())
}

// TestSearchAttributesOfARefusedOpening: after a refusal the attribute of the wait is empty.
func TestSearchAttributesOfARefusedOpening(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	f.refusal = dispute.Refuse(dispute.CodeDisputeRefused, "no")
	f.run()
	require.Equal(t, []map[string]any{{"DisputeWaitingFor": nil}}, f.upserts())
}

// metadata returns what the Web UI reads from the workflow itself.
func (f *fixture) metadata() *sdkpb.WorkflowMetadata {
	f.Helper()
	value, err := f.env.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(f, err)
	var metadata *sdkpb.WorkflowMetadata
	require.NoError(f, value.Get(&metadata))
	return metadata
}

// TestStalledIsFound: list filters find a dispute whose pause has not succeeded for an hour, as long as it has not.
func TestStalledIsFound(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.withStartAttributes()
	holdInput[activities.Opening](f)
	f.at(time.Hour+time.Minute, func() {
		require.Equal(t, []map[string]any{{"DisputeAttention": []string{"stalled"}}}, f.upserts())
		f.recorder.release()
	})
	f.closes(dispute.ClosedMerchantSilent)
	require.Contains(t, f.upserts()[1], "DisputeAttention")
	require.Nil(t, f.upserts()[1]["DisputeAttention"])
}

// TestCurrentDetails: the details say in words where the dispute stands, who has to act until when, and what needs
// attention.
func TestCurrentDetails(t *testing.T) {
	t.Parallel()
	for wait, want := range map[dispute.Wait][]string{
		dispute.WaitPause:             {"OPENED", "Streitfall pauses the invoice", "Retrying:** Pause the invoice", "Pending Activities"},
		dispute.WaitNotification:      {"OPENED", "Streitfall delivers a message", "Retrying"},
		dispute.WaitRetryNotification: {"OPENED", "**operator**", "retry-notification", "unreachable", "not-sent-opened"},
		dispute.WaitAgreement:         {"PRE_ARBITRATION", "**merchant and customer** agree", "the end of Tuesday, 22 December 2026", "chargeback of 129.90 EUR"},
		dispute.WaitStatement:         {"ARBITRATION_PENDING", "**customer** states the reason", "the end of Friday, 8 January 2027"},
		dispute.WaitJustification:     {"ARBITRATION_PENDING", "**desk** judges"},
		dispute.WaitEvidence:          {"MERCHANT_EVIDENCE_PENDING", "**merchant** provides information", "the end of Monday, 11 January 2027"},
		dispute.WaitDecision:          {"ARBITRATION_PENDING", "**desk** decides"},
		dispute.WaitSettlement:        {"PRE_ARBITRATION", "SETTLED", "settles the invoice", "Retrying"},
		dispute.WaitClosingMessages:   {"CLOSED", "SETTLED", "informs both parties", "Retrying:** Notify the", "**Money:** 0.00 EUR off the invoice"},
	} {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := everyWait()[wait](f)
			f.at(after, func() {
				require.Equal(t, wait, f.status().WaitingFor)
				details := f.metadata().CurrentDetails
				for _, part := range append(want, "129.90 EUR", "goods_not_received") {
					require.Contains(t, details, part)
				}
				f.cancelAndRestore()
			})
			f.run()
			require.NotContains(t, f.metadata().CurrentDetails, "Retrying")
			require.Contains(t, f.metadata().CurrentDetails, "CLOSED")
			require.Contains(t, f.metadata().CurrentDetails, "nobody")
			require.Contains(t, f.metadata().CurrentDetails, "**Money:**")
			require.Contains(t, f.metadata().CurrentDetails, "sent-closed to the merchant")
			require.Contains(t, f.metadata().CurrentDetails, "sent-closed to the customer")
			f.requireNothingPersonal(f.metadata().CurrentDetails)
		})
	}
}

// TestDetailsShowEveryEvent: events that change neither the state nor the wait are shown too.
func TestDetailsShowEveryEvent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 3 {
		f.at(time.Duration(i+1)*day, func() { f.send(dispute.UpdateRespond, responded) })
		f.at(time.Duration(i+1)*day+time.Hour, func() {
			require.Equal(t, i+1, strings.Count(f.metadata().CurrentDetails, "merchant · respond"))
		})
	}
	f.at(4*day, func() { f.signal(dispute.SignalAgreement, customerPays) })
	f.closes(dispute.ClosedByAgreement)
	require.Contains(t, f.metadata().CurrentDetails, "klarna · sent-closed to the customer\n- ")
}

// TestDetailsWhileTheArbiterIsAway: the details do not name the desk before it has been asked.
func TestDetailsWhileTheArbiterIsAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.recorder.hold(func(name string, _ any) bool { return name == "AskArbiter" })
	after := f.toDesk()
	f.at(after, func() {
		require.NotContains(t, f.metadata().CurrentDetails, "desk")
		f.recorder.release()
	})
	f.at(after+time.Second, func() {
		require.Contains(t, f.metadata().CurrentDetails, "**desk** judges")
		f.env.CancelWorkflow()
	})
	f.run()
}

// TestNothingPersonal: what Temporal stores unencrypted has no names, addresses or texts.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.merchant.PortalActive, f.merchant.EmailOnDispute = true, true
	f.at(time.Hour, func() { f.send(dispute.UpdateMoveDeadline, moveTo(windowEnds.Add(-time.Hour))) })
	f.at(2*time.Hour, func() { f.send(dispute.UpdateSubmitEvidence, evidence) })
	after := f.toDecision()
	for i := range int(after / day) {
		f.at(time.Duration(i)*day+3*time.Hour, func() { f.requireNothingPersonal(f.metadata().CurrentDetails) })
	}
	f.at(after, func() { f.send(dispute.UpdateRule, inFavourOf(dispute.PartyMerchant)) })
	f.closes(dispute.ClosedForMerchant)
	for _, command := range f.recorder.commands {
		f.requireNothingPersonal(command.summary + fmt.Sprint(command.attributes))
	}
}

func (f *fixture) requireNothingPersonal(text string) {
	f.Helper()
	for _, personal := range []string{
		"Jonas", "Weber", "example.de", "Nordlicht", "shop@", "customer-1",
		responded.Message, stated.Statement, evidence.Text, "tracking says", "convinces", "searched for", "op-1", "desk-7",
	} {
		require.NotContains(f, text, personal)
	}
}

// TestDescriptions: every message that a dispute accepts has a description in the Web UI.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run()
	definition := f.metadata().Definition
	require.Equal(t, "Dispute", definition.Type)
	for kind, found := range map[string][]*sdkpb.WorkflowInteractionDefinition{
		"signals": definition.SignalDefinitions, "updates": definition.UpdateDefinitions, "queries": definition.QueryDefinitions,
	} {
		require.NotEmpty(t, found, kind)
		for _, message := range found {
			require.NotEmpty(t, message.Description, message.Name)
		}
	}
}

// TestDetailsArePlain: what others have named cannot turn the text of the Web UI around.
func TestDetailsArePlain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.dispute.MerchantID, f.dispute.InvoiceID = "merchant-\u202e1", "invoice-\u20661"
	f.at(day, func() {
		details := f.metadata().CurrentDetails
		require.Contains(t, details, "merchant merchant-1 · invoice invoice-1")
		require.NotContains(t, details, "\u202e")
		f.env.CancelWorkflow()
	})
	f.run()
}
