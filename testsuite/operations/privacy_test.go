package operations_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// personal are words of all personal data in the disputes of runDisputes: names, addresses, and a word of each text.
var personal = []string{
	"Jonas", "Weber", "jonas.weber", "kunde.example", "laden@", "nordlicht.example", "neuer.laden", "Annegret", "Friederike",
	"Antwort", "Beschwerde", "Begründung", "Nachweis", "zustellung.pdf", "ablage.example", "Verlegung", "Vermerk", "Rücknahme", "Einsicht", "Kenntnis",
	"Karton", "Angebot", "Ablehnung",
}

// TestNothingPersonal drives disputes through every kind of message, refusal and failure, and searches everything that
// Temporal stores of them, the log, and the metrics.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]string{"plain": "", "encrypted": key1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, "")
			w := e.start("PAYLOAD_KEYS=" + keys)
			temporal := e.dial(keys)
			e.runDisputes(temporal)
			stored, payloads := e.stored(temporal, keys != ""), e.stored(temporal, true)
			_, measured := w.get("/metrics")
			w.stop()
			for _, word := range personal {
				require.NotContains(t, stored, word)
				require.NotContains(t, measured, word)
				require.NotContains(t, w.log.String(), word)
				require.Equal(t, keys == "", strings.Contains(payloads, word), "%s is found where nothing is encrypted", word)
			}
			require.NotContains(t, stored+payloads+measured+w.log.String(), "Nordlicht", "the merchant's name is only in the ledger")
			require.NotContains(t, stored+payloads+measured+w.log.String(), strings.TrimPrefix(key1, "k1:"), "keys are never shown")
		})
	}
}

// runDisputes runs the disputes.
func (e *env) runDisputes(temporal client.Client) {
	e.Helper()
	disputes := workflows.NewClient(temporal)
	e.arbitrate(disputes)
	e.failMails(disputes)
	e.refuse(temporal, disputes)
	ctx := e.Context()

	ignored := e.open(disputes, e.book("ignored"))
	require.NoError(e, disputes.Agree(ctx, ignored.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 99999, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant, Note: "Ein Vermerk",
	}))
	require.NoError(e, temporal.SignalWorkflow(ctx, workflows.WorkflowID(ignored.ID), "", dispute.SignalAgreement, "Jonas Weber sagt nein"))
	_, err := disputes.Acknowledge(ctx, ignored.ID, dispute.Acknowledgement{
		Cause: dispute.CauseMessageIgnored, AcknowledgedBy: "Friederike", Note: "zur Kenntnis",
	})
	require.NoError(e, err)
	require.NoError(e, disputes.Withdraw(ctx, ignored.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: "Rücknahme"}))
	e.closes(disputes, ignored.ID, dispute.ClosedByWithdrawal)

	lost := e.open(disputes, e.book("lost"))
	_, err = disputes.AcceptLoss(ctx, lost.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: "aus Einsicht"})
	require.NoError(e, err)
	e.closes(disputes, lost.ID, dispute.ClosedLossAccepted)
}

func (e *env) open(disputes *workflows.Client, d dispute.Dispute) dispute.Dispute {
	e.Helper()
	_, err := disputes.Open(e.Context(), d)
	require.NoError(e, err)
	e.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	return d
}

// arbitrate drives a dispute through every stage, with every text.
func (e *env) arbitrate(disputes *workflows.Client) {
	e.Helper()
	ctx, justified, accept := e.Context(), true, false
	id := e.open(disputes, e.book("arbitrated", func(_ *dispute.Merchant, d *dispute.Dispute) {
		d.Complaint = &dispute.Complaint{Text: "Der Karton war leer"}
	})).ID
	proposed, err := disputes.Propose(ctx, id, dispute.Offer{Terms: dispute.CustomerPays, Message: "Ein Angebot", ProposedBy: dispute.PartyMerchant})
	require.NoError(e, err)
	_, err = disputes.AnswerProposal(ctx, id, dispute.ProposalAnswer{Proposal: proposed.Proposals[0].Number, Accept: &accept, AnsweredBy: dispute.PartyCustomer, Note: "Eine Ablehnung"})
	require.NoError(e, err)
	_, err = disputes.Respond(ctx, id, dispute.Response{Message: "Eine Antwort", ReportedBy: dispute.PartyMerchant})
	require.NoError(e, err)
	require.NoError(e, parties.EndPeriod(ctx, disputes, id, dispute.WaitAgreement, dispute.DeadlineMove{Reason: "Verlegung", MovedBy: "Friederike"}))
	e.waitsFor(disputes, id, dispute.WaitStatement)
	_, err = disputes.Respond(ctx, id, dispute.Response{Message: "Antwort zu spät", ReportedBy: dispute.PartyMerchant})
	require.Equal(e, dispute.CodeNotAccepted, dispute.CodeOf(err), "%v", err)
	_, err = disputes.StateReason(ctx, id, dispute.Statement{Statement: "Meine Beschwerde"})
	require.NoError(e, err)
	e.waitsFor(disputes, id, dispute.WaitJustification)
	_, err = disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified, RuledBy: "Annegret", Rationale: "Begründung"})
	require.NoError(e, err)
	e.waitsFor(disputes, id, dispute.WaitEvidence)
	_, err = disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "Ein Nachweis", Files: []dispute.File{{
		Kind: "tracking", Name: "zustellung.pdf", Size: 1, SHA256: strings.Repeat("ab", 32), Location: "https://ablage.example/1",
	}}})
	require.NoError(e, err)
	e.waitsFor(disputes, id, dispute.WaitDecision)
	_, err = disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer, RuledBy: "Annegret", Rationale: "Begründung"})
	require.NoError(e, err)
	e.closes(disputes, id, dispute.ClosedForCustomer)
}

// failMails opens a dispute whose mails the mail server refuses, and one whose mails it defers. Its replies contain the
// addresses.
func (e *env) failMails(disputes *workflows.Client) {
	e.Helper()
	ctx := e.Context()
	d := e.book("unreachable", func(m *dispute.Merchant, d *dispute.Dispute) {
		m.Email, d.Complainant.Email = "refused."+m.Email, "refused."+d.Complainant.Email
	})
	_, err := disputes.Open(ctx, d)
	require.NoError(e, err)
	e.waitsFor(disputes, d.ID, dispute.WaitRetryNotification)
	_, err = disputes.RetryNotification(ctx, d.ID, dispute.Retry{Email: "neuer.laden@nordlicht.example", RequestedBy: "Friederike"})
	require.NoError(e, err)
	e.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	require.NoError(e, disputes.Cancel(ctx, d.ID))
	require.Eventually(e, func() bool { // once the closing message to the customer is refused
		_, err := disputes.RetryNotification(ctx, d.ID, dispute.Retry{Email: "neue.adresse@kunde.example", RequestedBy: "Friederike"})
		return err == nil
	}, timeout, 50*time.Millisecond)
	e.closes(disputes, d.ID, dispute.ClosedByOperator)

	late := e.book("late", func(m *dispute.Merchant, d *dispute.Dispute) {
		m.Email, d.Complainant.Email = "away."+m.Email, "away."+d.Complainant.Email
	})
	_, err = disputes.Open(ctx, late)
	require.NoError(e, err)
}

// refuse opens a dispute that the ledger refuses, and starts workflows with input that is no dispute.
func (e *env) refuse(temporal client.Client, disputes *workflows.Client) {
	e.Helper()
	ctx := e.Context()
	unknown := e.book("unknown")
	unknown.InvoiceID, unknown.Complainant.ID = "i-nowhere", "c-nobody"
	_, err := disputes.Open(ctx, unknown)
	require.Equal(e, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
	for _, input := range []any{
		map[string]any{"id": "invalid", "complainant": map[string]any{"name": "Jonas\nWeber", "email": "jonas.weber at kunde.example"}},
		"Jonas Weber",
	} {
		run, err := temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "dispute-invalid", TaskQueue: workflows.TaskQueue}, workflows.WorkflowType, input)
		require.NoError(e, err)
		require.ErrorContains(e, run.Get(ctx, nil), string(dispute.CodeInvalidDispute))
	}
}

// stored returns everything that Temporal stores of all disputes: histories, search attributes, pending activities with
// their failures, and the details that the Web UI shows. Without payloads, it is what must never contain personal data,
// encrypted or not; the payloads of summaries, search attributes and failures are part of that.
func (e *env) stored(temporal client.Client, payloads bool) string {
	e.Helper()
	ctx := e.Context()
	all := &reader{payloads: payloads}
	for _, run := range e.runs(temporal) {
		id, runID := run.GetWorkflowId(), run.GetRunId()
		for events := temporal.GetWorkflowHistory(ctx, id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			event, err := events.Next()
			require.NoError(e, err)
			all.read(event.ProtoReflect(), false)
		}
		description, err := temporal.DescribeWorkflow(ctx, id, runID)
		require.NoError(e, err)
		all.read(description.RawResponse.ProtoReflect(), false)
		answer, err := temporal.QueryWorkflow(ctx, id, runID, "__temporal_workflow_metadata")
		require.NoError(e, err)
		var shown sdkpb.WorkflowMetadata
		require.NoError(e, answer.Get(&shown))
		require.NotEmpty(e, shown.GetCurrentDetails())
		all.WriteString(shown.GetCurrentDetails())
	}
	return all.String()
}

// runs lists the runs of runDisputes, once the activity whose mail is deferred has a failure.
func (e *env) runs(temporal client.Client) (runs []*commonpb.WorkflowExecution) {
	e.Helper()
	require.Eventually(e, func() bool {
		runs = nil
		late, err := temporal.DescribeWorkflow(e.Context(), workflows.WorkflowID("late"), "")
		require.NoError(e, err)
		pending := late.RawResponse.GetPendingActivities()
		page, err := temporal.ListWorkflow(e.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 100})
		require.NoError(e, err)
		for _, run := range page.GetExecutions() {
			runs = append(runs, run.GetExecution())
		}
		return len(runs) == 8 && len(pending) > 0 && pending[0].GetLastFailure() != nil
	}, timeout, 50*time.Millisecond)
	return runs
}

// reader collects the strings and bytes of protobuf messages.
type reader struct {
	strings.Builder
	payloads bool
}

// readable are the fields whose payloads are always read: they are shown in lists, or never encrypted.
var readable = map[protoreflect.Name]bool{
	"user_metadata": true, "search_attributes": true, "failure": true, "last_failure": true, "memo": true,
}

func (r *reader) read(message protoreflect.Message, always bool) {
	if _, payload := message.Interface().(*commonpb.Payload); payload && !r.payloads && !always {
		return
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		always := always || readable[field.Name()]
		switch {
		case field.IsList():
			for i := range value.List().Len() {
				r.value(field, value.List().Get(i), always)
			}
		case field.IsMap():
			value.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
				r.WriteString(key.String() + "\n")
				r.value(field.MapValue(), value, always)
				return true
			})
		default:
			r.value(field, value, always)
		}
		return true
	})
}

func (r *reader) value(field protoreflect.FieldDescriptor, value protoreflect.Value, always bool) {
	switch field.Kind() {
	case protoreflect.MessageKind:
		r.read(value.Message(), always)
	case protoreflect.BytesKind:
		r.WriteString(string(value.Bytes()) + "\n")
	case protoreflect.StringKind:
		r.WriteString(value.String() + "\n")
	default: // numbers and enums hold no text
	}
}
