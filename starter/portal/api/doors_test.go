package api_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// raw is JSON as it is, for Temporal.
func raw(body string) converter.RawValue {
	return converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(body)})
}

// codeOf returns the code of a refusal that came through Temporal.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	refusal, refused := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, refused, "%v", err)
	return refusal.Type()
}

// openByTemporal opens a dispute as a client in any language does, and returns the code with which it is refused.
func openByTemporal(t *testing.T, id, body string) string {
	t.Helper()
	start := shared.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: workflows.WorkflowID(id), TaskQueue: workflows.TaskQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
	}, workflows.WorkflowType, raw(body))
	handle, err := shared.Temporal.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: uuid.NewString(), UpdateName: dispute.UpdateOpen, Args: []any{raw(body)}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err == nil {
		err = handle.Get(t.Context(), nil)
	}
	return codeOf(t, err)
}

// opening is the JSON of a dispute with some members in place of its own; nil takes one away.
func opening(t *testing.T, c parties.Case, changes map[string]any) string {
	t.Helper()
	encoded, err := json.Marshal(c.Dispute)
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(encoded, &members))
	maps.Copy(members, changes)
	maps.DeleteFunc(members, func(_ string, value any) bool { return value == nil })
	encoded, err = json.Marshal(members)
	require.NoError(t, err)
	return string(encoded)
}

type members = map[string]any

// refusedOpenings are openings that are refused, by why, with the code and the path of the fault.
var refusedOpenings = map[string]struct {
	changes    members
	code, path string
}{
	"unknown member":      {members{"colour": "red"}, "invalid_dispute", "colour"},
	"no id":               {members{"id": nil}, "invalid_dispute", "id"},
	"malformed id":        {members{"id": "a/b"}, "invalid_dispute", "id"},
	"no openedAt":         {members{"openedAt": nil}, "invalid_dispute", "openedAt"},
	"openedAt ahead":      {members{"openedAt": time.Now().Add(time.Hour)}, "invalid_dispute", "openedAt"},
	"openedAt in words":   {members{"openedAt": "today"}, "invalid_dispute", "openedAt"},
	"unknown reason":      {members{"reason": "boredom"}, "invalid_dispute", "reason"},
	"no amount":           {members{"disputedAmount": members{"amount": 0, "currency": "EUR"}}, "invalid_dispute", "disputedAmount.amount"},
	"amount with decimal": {members{"disputedAmount": members{"amount": 1.5, "currency": "EUR"}}, "invalid_dispute", "disputedAmount.amount"},
	"unknown currency":    {members{"disputedAmount": members{"amount": 1, "currency": "XQX"}}, "invalid_dispute", "disputedAmount.currency"},
	"short window":        {members{"policy": members{"responseBusinessDays": 13}}, "invalid_dispute", "policy.responseBusinessDays"},
	"long window":         {members{"policy": members{"responseBusinessDays": 22}}, "invalid_dispute", "policy.responseBusinessDays"},
	"unknown calendar":    {members{"calendar": "MARS"}, "invalid_dispute", "calendar"},
	"no address":          {members{"complainant": members{"id": "c", "name": "n", "email": "nobody"}}, "invalid_dispute", "complainant.email"},
	"unknown merchant":    {members{"merchantId": "m-absent"}, "dispute_refused", ""},
	"unknown invoice":     {members{"invoiceId": "i-absent"}, "dispute_refused", ""},
	"another order":       {members{"orderId": "another"}, "dispute_refused", ""},
	"another customer":    {members{"complainant": members{"id": "c", "name": "n", "email": "a@b.example", "locale": "de"}}, "dispute_refused", ""},
	"another currency":    {members{"disputedAmount": members{"amount": 1, "currency": "SEK"}}, "dispute_refused", ""},
	"more than is left":   {members{"disputedAmount": members{"amount": 900000, "currency": "EUR"}}, "dispute_refused", ""},
}

var statusOf = map[string]int{
	"invalid_dispute": 422, "dispute_refused": 409, "dispute_differs": 409, "dispute_closed": 409, "invalid_message": 422, "not_accepted": 409,
	"limit_reached": 409, "unknown_dispute": 404,
}

// TestOpeningsAreRefusedAlike: an opening is refused with the same code by the API and through Temporal, and nothing is paused.
func TestOpeningsAreRefusedAlike(t *testing.T) {
	t.Parallel()
	backend := serve(t, []string{"backend disputes:open"})["backend"]
	for why, refused := range refusedOpenings {
		c := newCase()
		_, err := shared.Ledger.Import(t.Context(), parties.Import([]parties.Case{c}))
		require.NoError(t, err)
		body := opening(t, c, refused.changes)
		p := backend.post("/disputes", body).problem(statusOf[refused.code], refused.code)
		if refused.path != "" {
			require.Equal(t, refused.path, p.Errors[0].Path, why)
		}
		require.Equal(t, refused.code, openByTemporal(t, c.Dispute.ID, body), why)
		invoice, err := shared.Ledger.Invoice(t.Context(), c.Invoice.ID)
		require.NoError(t, err)
		require.NotEqual(t, "paused", string(invoice.State), why)
	}
	for _, malformed := range []string{"", "{", "[]", `"d-1"`, "null", "\xff", `{"id": "a", "id": "b"}`} {
		backend.post("/disputes", malformed, "Content-Type", "application/json").problem(http.StatusUnprocessableEntity, "invalid_dispute")
		require.Equal(t, "invalid_dispute", openByTemporal(t, uuid.NewString(), malformed))
	}
	c := opened(t)
	second := newCase().Dispute
	again := members{"id": second.ID}
	backend.post("/disputes", opening(t, c, again)).problem(http.StatusConflict, "dispute_refused")
	require.Equal(t, "dispute_refused", openByTemporal(t, second.ID, opening(t, c, again)))
	differs := opening(t, c, members{"reason": dispute.ReasonReturn})
	backend.post("/disputes", differs).problem(http.StatusConflict, "dispute_differs")
	require.Equal(t, "dispute_differs", openByTemporal(t, c.Dispute.ID, differs))
}

// updateByTemporal sends an update as a client in any language does, and returns the code with which it is refused.
func updateByTemporal(t *testing.T, id, name, body string) string {
	t.Helper()
	handle, err := shared.Temporal.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: workflows.WorkflowID(id), UpdateName: name, Args: []any{raw(body)}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(t.Context(), nil)
	}
	return codeOf(t, err)
}

const text5001 = "5001 characters"

// refusedMessages are updates of a dispute that waits for an agreement, which it refuses, by name and code.
var refusedMessages = map[string]map[string][]string{
	"respond": {"invalid_message": {
		`{}`, `{"message": "m"}`, `{"message": "m", "reportedBy": "desk"}`, `{"message": "` + text5001 + `", "reportedBy": "merchant"}`,
		`{"message": "m", "reportedBy": "merchant", "colour": 1}`,
	}},
	"propose": {"invalid_message": {
		`{}`, `{"terms": "customer_pays", "proposedBy": "operator"}`, `{"terms": "merchant_refunds", "proposedBy": "merchant"}`,
		`{"terms": "merchant_refunds", "refund": {"amount": 900000, "currency": "EUR"}, "proposedBy": "customer"}`,
		`{"terms": "merchant_refunds", "refund": {"amount": 1, "currency": "SEK"}, "proposedBy": "customer"}`,
		`{"terms": "customer_pays", "refund": {"amount": 1, "currency": "EUR"}, "proposedBy": "merchant"}`,
	}},
	"answer-proposal": {
		"invalid_message": {`{}`, `{"proposal": 0, "accept": true, "answeredBy": "merchant"}`},
		"not_accepted":    {`{"proposal": 4711, "accept": true, "answeredBy": "merchant"}`},
	},
	"accept-loss":     {"invalid_message": {`{}`, `{"reportedBy": "customer"}`}},
	"state-reason":    {"invalid_message": {`{}`, `{"statement": ""}`}, "not_accepted": {`{"statement": "s"}`}},
	"submit-evidence": {"invalid_message": {`{}`, `{"text": "t", "files": [{}]}`}},
	"rule": {
		"invalid_message": {`{}`, `{"stage": "decision", "ruledBy": "anna", "rationale": "r"}`, `{"stage": "justification", "justified": true, "ruledBy": "anna"}`},
		"not_accepted": {
			`{"stage": "decision", "inFavourOf": "merchant", "ruledBy": "anna", "rationale": "r"}`,
			`{"stage": "justification", "justified": true, "ruledBy": "anna", "rationale": "r"}`,
		},
	},
	"move-deadline": {"invalid_message": {
		`{}`, `{"to": "soon", "reason": "r", "movedBy": "otto"}`, `{"to": "2020-01-01T00:00:00Z", "reason": "r", "movedBy": "otto"}`,
		`{"to": "2036-01-01T00:00:00Z", "reason": "r", "movedBy": "otto"}`,
	}},
	"retry-notification": {"invalid_message": {`{}`, `{"email": "nobody", "requestedBy": "otto"}`}, "not_accepted": {`{"requestedBy": "otto"}`}},
	"acknowledge":        {"invalid_message": {`{}`, `{"cause": "rain", "acknowledgedBy": "otto"}`}, "not_accepted": {`{"cause": "stalled", "acknowledgedBy": "otto"}`}},
	"report-bounce": {"invalid_message": {
		`{}`, `{"occasion": "rain", "number": 1, "recipient": "merchant", "reason": "r", "reportedBy": "otto"}`,
	}},
}

// TestMessagesAreRefusedAlike: a message is refused with the same code by the API and through Temporal.
func TestMessagesAreRefusedAlike(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"operator as:operator read", "desk as:desk"})
	c := opened(t)
	before := caseOf(t, c)
	for name, codes := range refusedMessages {
		sender := clients["operator"]
		if name == "rule" {
			sender = clients["desk"]
		}
		for code, bodies := range codes {
			for _, body := range append(bodies, map[bool][]string{true: {"{", "[]", "null", `{"a": 1, "a": 2}`}}[code == "invalid_message"]...) {
				body = strings.Replace(body, text5001, strings.Repeat("x", 5001), 1)
				p := sender.post("/disputes/"+c.Dispute.ID+"/"+name, body).problem(statusOf[code], code)
				require.Equal(t, code == "not_accepted" && name != "rule", len(p.Allowed) > 0, "%s %s: %v", name, body, p.Allowed)
				require.Equal(t, code, updateByTemporal(t, c.Dispute.ID, name, body), "%s %s", name, body)
			}
		}
	}
	require.Equal(t, before, caseOf(t, c), "nothing has changed")
}
