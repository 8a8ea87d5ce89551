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
	"github.com/streitfall/streitfall/workflows"
)

// personal is everything in the disputes of told that may concern a person: names, addresses, and a word of
// each text that somebody wrote.
var personal = []string{
	"Jonas", "Weber", "jonas.weber", "kunde.example", "laden@", "nordlicht.example", "neuer.laden", "Annegret", "Friederike",
	"Antwort", "Beschwerde", "Begründung", "Nachweis", "zustellung.pdf", "ablage.example", "Verlegung", "Vermerk", "Rücknahme", "Einsicht", "Kenntnis",
}

// TestNothingPersonal drives disputes through every kind of message, refusal and failure, and searches all
// that Temporal keeps of them, and all that was logged and measured.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]string{"plain": "", "encrypted": key1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			w := s.start("PAYLOAD_KEYS=" + keys)
			temporal := s.dial(keys)
			s.tell(temporal)
			kept, payloads := s.kept(temporal, keys != ""), s.kept(temporal, true)
			_, measured := w.get("/metrics")
			w.stop()
			for _, word := range personal {
				require.NotContains(t, kept, word)
				require.NotContains(t, measured, word)
				require.NotContains(t, w.log.String(), word)
				require.Equal(t, keys == "", strings.Contains(payloads, word), "%s is searched for where it can be read", word)
			}
			require.NotContains(t, kept+payloads+measured+w.log.String(), "Nordlicht", "the merchant's name is in the ledger alone")
			require.NotContains(t, kept+payloads+measured+w.log.String(), strings.TrimPrefix(key1, "k1:"), "keys are told to nobody")
		})
	}
}

// tell runs the disputes.
func (s *site) tell(temporal client.Client) {
	s.Helper()
	disputes := workflows.NewClient(temporal)
	s.arbitrate(disputes)
	s.miss(disputes)
	s.refuse(temporal, disputes)
	ctx := s.Context()

	ignored := s.open(disputes, s.book("ignored"))
	require.NoError(s, disputes.Agree(ctx, ignored.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 99999, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant, Note: "Ein Vermerk",
	}))
	require.NoError(s, temporal.SignalWorkflow(ctx, workflows.WorkflowID(ignored.ID), "", dispute.SignalAgreement, "Jonas Weber sagt nein"))
	_, err := disputes.Acknowledge(ctx, ignored.ID, dispute.Acknowledgement{
		Cause: dispute.CauseMessageIgnored, AcknowledgedBy: "Friederike", Note: "zur Kenntnis",
	})
	require.NoError(s, err)
	require.NoError(s, disputes.Withdraw(ctx, ignored.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer, Note: "Rücknahme"}))
	s.closes(disputes, ignored.ID, dispute.ClosedByWithdrawal)

	lost := s.open(disputes, s.book("lost"))
	_, err = disputes.AcceptLoss(ctx, lost.ID, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant, Note: "aus Einsicht"})
	require.NoError(s, err)
	s.closes(disputes, lost.ID, dispute.ClosedLossAccepted)
}

func (s *site) open(disputes *workflows.Client, d dispute.Dispute) dispute.Dispute {
	s.Helper()
	_, err := disputes.Open(s.Context(), d)
	require.NoError(s, err)
	s.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	return d
}

// arbitrate goes through every stage, with every text.
func (s *site) arbitrate(disputes *workflows.Client) {
	s.Helper()
	ctx, id, justified := s.Context(), s.open(disputes, s.book("arbitrated")).ID, true
	_, err := disputes.Respond(ctx, id, dispute.Response{Message: "Eine Antwort", ReportedBy: dispute.PartyMerchant})
	require.NoError(s, err)
	_, err = disputes.MoveDeadline(ctx, id, dispute.DeadlineMove{To: time.Now().Add(time.Second), Reason: "Verlegung", MovedBy: "Friederike"})
	require.NoError(s, err)
	s.waitsFor(disputes, id, dispute.WaitStatement)
	_, err = disputes.Respond(ctx, id, dispute.Response{Message: "Antwort zu spät", ReportedBy: dispute.PartyMerchant})
	require.Equal(s, dispute.CodeNotAccepted, dispute.CodeOf(err), "%v", err)
	_, err = disputes.StateReason(ctx, id, dispute.Statement{Statement: "Meine Beschwerde"})
	require.NoError(s, err)
	s.waitsFor(disputes, id, dispute.WaitJustification)
	_, err = disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified, RuledBy: "Annegret", Rationale: "Begründung"})
	require.NoError(s, err)
	s.waitsFor(disputes, id, dispute.WaitEvidence)
	_, err = disputes.SubmitEvidence(ctx, id, dispute.Evidence{Text: "Ein Nachweis", Files: []dispute.EvidenceFile{{
		Kind: "tracking", Name: "zustellung.pdf", Size: 1, SHA256: strings.Repeat("ab", 32), Location: "https://ablage.example/1",
	}}})
	require.NoError(s, err)
	s.waitsFor(disputes, id, dispute.WaitDecision)
	_, err = disputes.Rule(ctx, id, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyCustomer, RuledBy: "Annegret", Rationale: "Begründung"})
	require.NoError(s, err)
	s.closes(disputes, id, dispute.ClosedForCustomer)
}

// miss is about parties whom the mail server refuses, or puts off, with their addresses in its words.
func (s *site) miss(disputes *workflows.Client) {
	s.Helper()
	ctx := s.Context()
	d := s.book("unreachable", func(m *dispute.Merchant, d *dispute.Dispute) {
		m.Email, d.Complainant.Email = "refused."+m.Email, "refused."+d.Complainant.Email
	})
	_, err := disputes.Open(ctx, d)
	require.NoError(s, err)
	s.waitsFor(disputes, d.ID, dispute.WaitRetryNotification)
	_, err = disputes.RetryNotification(ctx, d.ID, dispute.Retry{Email: "neuer.laden@nordlicht.example", RequestedBy: "Friederike"})
	require.NoError(s, err)
	s.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	require.NoError(s, disputes.Cancel(ctx, d.ID))
	s.closes(disputes, d.ID, dispute.ClosedByOperator)

	late := s.book("late", func(m *dispute.Merchant, d *dispute.Dispute) {
		m.Email, d.Complainant.Email = "away."+m.Email, "away."+d.Complainant.Email
	})
	_, err = disputes.Open(ctx, late)
	require.NoError(s, err)
}

// refuse opens what the ledger refuses, and starts what is no dispute.
func (s *site) refuse(temporal client.Client, disputes *workflows.Client) {
	s.Helper()
	ctx := s.Context()
	unknown := s.book("unknown")
	unknown.InvoiceID, unknown.Complainant.ID = "i-nowhere", "c-nobody"
	_, err := disputes.Open(ctx, unknown)
	require.Equal(s, dispute.CodeDisputeRefused, dispute.CodeOf(err), "%v", err)
	for _, input := range []any{
		map[string]any{"id": "invalid", "complainant": map[string]any{"name": "Jonas\nWeber", "email": "jonas.weber at kunde.example"}},
		"Jonas Weber",
	} {
		run, err := temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "dispute-invalid", TaskQueue: workflows.TaskQueue}, workflows.WorkflowType, input)
		require.NoError(s, err)
		require.ErrorContains(s, run.Get(ctx, nil), string(dispute.CodeInvalidDispute))
	}
}

// kept is everything that Temporal has of all disputes: histories, search attributes, pending steps with their
// failures, and the details that the Web UI shows. Without payloads it is what must hold nothing personal even
// where nothing is encrypted; the payloads of summaries, search attributes and failures are part of that.
func (s *site) kept(temporal client.Client, payloads bool) string {
	s.Helper()
	ctx := s.Context()
	all := &reader{payloads: payloads}
	for _, run := range s.runs(temporal) {
		id, runID := run.GetWorkflowId(), run.GetRunId()
		for events := temporal.GetWorkflowHistory(ctx, id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			event, err := events.Next()
			require.NoError(s, err)
			all.read(event.ProtoReflect(), false)
		}
		description, err := temporal.DescribeWorkflowExecution(ctx, id, runID)
		require.NoError(s, err)
		all.read(description.ProtoReflect(), false)
		answer, err := temporal.QueryWorkflow(ctx, id, runID, "__temporal_workflow_metadata")
		require.NoError(s, err)
		var shown sdkpb.WorkflowMetadata
		require.NoError(s, answer.Get(&shown))
		require.NotEmpty(s, shown.GetCurrentDetails())
		all.WriteString(shown.GetCurrentDetails())
	}
	return all.String()
}

// runs lists the runs of tell, once the step that is put off again and again has a failure to show.
func (s *site) runs(temporal client.Client) (runs []*commonpb.WorkflowExecution) {
	s.Helper()
	require.Eventually(s, func() bool {
		runs = nil
		late, err := temporal.DescribeWorkflowExecution(s.Context(), workflows.WorkflowID("late"), "")
		require.NoError(s, err)
		pending := late.GetPendingActivities()
		page, err := temporal.ListWorkflow(s.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 100})
		require.NoError(s, err)
		for _, run := range page.GetExecutions() {
			runs = append(runs, run.GetExecution())
		}
		return len(runs) == 8 && len(pending) > 0 && pending[0].GetLastFailure() != nil
	}, patience, 50*time.Millisecond)
	return runs
}

// reader writes down the texts and bytes of messages.
type reader struct {
	strings.Builder
	payloads bool
}

// readable are the fields whose payloads are read in any case: they show in lists, or are never encrypted.
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
	default: // numbers and names of ours
	}
}
