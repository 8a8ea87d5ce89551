package schema_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/schema"
)

func validCase(t *testing.T, document string) error {
	t.Helper()
	text, err := schema.Text("case")
	require.NoError(t, err)
	var read jsonschema.Schema
	require.NoError(t, json.Unmarshal([]byte(text), &read))
	resolved, err := read.Resolve(nil)
	require.NoError(t, err)
	var instance any
	require.NoError(t, json.Unmarshal([]byte(document), &instance))
	return resolved.Validate(instance)
}

// TestCasesAreValid: cases at the beginning and at the end fit their schema.
func TestCasesAreValid(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 9, 20, 0, 0, time.UTC)
	yes := true
	euros := dispute.Money{Amount: 12990, Currency: "EUR"}
	files := []dispute.File{{Kind: "other", Name: "a", Size: 1, SHA256: "ab", Location: "l"}}
	begun := dispute.Case{
		Dispute: dispute.Dispute{ID: "d-1", OpenedAt: now, Reason: dispute.ReasonReturn, DisputedAmount: euros}.WithDefaults(),
		State:   dispute.StateOpened, WaitingFor: dispute.WaitPause,
	}
	ended := begun
	ended.State, ended.WaitingFor = dispute.StateClosed, ""
	ended.Dispute.Complaint = &dispute.Complaint{Files: files}
	ended.Proposals = []dispute.Proposal{{Number: 1001, By: dispute.PartyMerchant, Terms: dispute.MerchantRefunds, Refund: &euros, State: dispute.ProposalExpired}}
	ended.Periods = []dispute.Period{{WaitingFor: dispute.WaitAgreement, Moves: []dispute.MovedDeadline{{At: now}}, Concerns: dispute.PartyMerchant}}
	ended.Statement = &dispute.GivenStatement{At: now, Text: "s", Files: files}
	ended.Rulings = []dispute.GivenRuling{{At: now, By: dispute.PartyDesk, Ruling: dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes}}}
	ended.Sent = []dispute.Sending{{Occasion: dispute.OccasionOpened, Recipient: dispute.PartyMerchant, Result: dispute.SendAccepted, Channel: dispute.ChannelEmail}}
	ended.Decision = &dispute.MadeDecision{At: now, By: dispute.PartyDesk, Decision: dispute.Decide(dispute.ClosedNotJustified, euros, nil)}
	ended.Settlement = &dispute.Settlement{At: now, NewDueDate: "2026-12-31"}
	for _, c := range []dispute.Case{begun, ended} {
		data, err := json.Marshal(c)
		require.NoError(t, err)
		require.NoError(t, validCase(t, string(data)))
		requireMembers(t, data)
	}
}

var member = regexp.MustCompile(`"[A-Za-z0-9]+":`)

// requireMembers requires that the schema names every member of a document.
func requireMembers(t *testing.T, document []byte) {
	t.Helper()
	text, err := schema.Text("case")
	require.NoError(t, err)
	for _, name := range member.FindAllString(string(document), -1) {
		require.Contains(t, text, name)
	}
}

// TestSchemaRefuses: a schema that allows anything would document nothing.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{`{}`, `[]`, `{"dispute": {}, "state": "LOST", "waitingFor": "", "merchantReacted": false}`} {
		require.Error(t, validCase(t, wrong), wrong)
	}
}
