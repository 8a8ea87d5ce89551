package workflows_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestFaultyUpdate: a message with invalid content is refused with the JSON paths of all its faults, and leaves no
// trace.
func TestFaultyUpdate(t *testing.T) {
	t.Parallel()
	for _, test := range faultyUpdates() {
		t.Run(test.update+" "+test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var before dispute.View
			var answer *reply
			f.at(day, func() {
				before = f.status()
				answer = f.send(test.update, raw(test.json))
			})
			f.at(2*day, func() {
				require.Equal(t, before, f.status())
				f.env.CancelWorkflow()
			})
			f.run()
			failure := answer.refusal(t)
			require.Equal(t, string(dispute.CodeInvalidMessage), failure.Type())
			var faults dispute.Faults
			require.NoError(t, failure.Details(&faults))
			require.Equal(t, test.paths, paths(faults))
			for _, fault := range faults {
				require.Contains(t, failure.Message(), fault.Problem, "the sentence says all that is wrong")
			}
		})
	}
}

type faultyUpdate struct {
	update, name, json string
	paths              []string
}

func faultyUpdates() []faultyUpdate {
	file := func(change string) string {
		member, _, _ := strings.Cut(change, ":")
		file := `"kind":"tracking","name":"a.pdf","size":1,"sha256":"` + strings.Repeat("ab", 32) + `","location":"https://files.example/a"`
		var members []string
		for _, m := range strings.Split(file, ",") {
			if !strings.HasPrefix(m, member+":") {
				members = append(members, m)
			}
		}
		return fmt.Sprintf(`{"files":[{%s}]}`, strings.Join(append(members, change), ","))
	}
	long := strings.Repeat("ä", 5001)
	return []faultyUpdate{
		{dispute.UpdateRespond, "not JSON", `{"message`, []string{""}},
		{dispute.UpdateRespond, "null", `null`, []string{""}},
		{dispute.UpdateRespond, "empty", `{}`, []string{"message", "reportedBy"}},
		{dispute.UpdateRespond, "too long", `{"message":"` + long + `","reportedBy":"merchant"}`, []string{"message"}},
		{dispute.UpdateRespond, "by the desk", `{"message":"Yes","reportedBy":"desk"}`, []string{"reportedBy"}},
		{dispute.UpdatePropose, "by an operator", `{"terms":"customer_pays","proposedBy":"operator"}`, []string{"proposedBy"}},
		{dispute.UpdatePropose, "without the refund", `{"terms":"merchant_refunds","proposedBy":"customer"}`, []string{"refund"}},
		{dispute.UpdateAnswerProposal, "empty", `{}`, []string{"proposal", "accept", "answeredBy"}},
		{dispute.UpdateRespond, "unknown name", `{"message":"Yes","reportedBy":"merchant","reporter":"x"}`, []string{"reporter"}},
		{dispute.UpdateRespond, "wrong type", `{"message":7,"reportedBy":"merchant"}`, []string{"message"}},
		{dispute.UpdateAcceptLoss, "by the customer", `{"reportedBy":"customer"}`, []string{"reportedBy"}},
		{dispute.UpdateAcceptLoss, "note too long", `{"reportedBy":"merchant","note":"` + long + `"}`, []string{"note"}},
		{dispute.UpdateStateReason, "empty", `{"statement":" "}`, []string{"statement"}},
		{dispute.UpdateStateReason, "too long", `{"statement":"` + long + `"}`, []string{"statement"}},
		{dispute.UpdateSubmitEvidence, "nothing", `{}`, []string{"text"}},
		{dispute.UpdateSubmitEvidence, "text too long", `{"text":"` + long + `"}`, []string{"text"}},
		{dispute.UpdateSubmitEvidence, "eleven files", `{"text":"x","files":[` + strings.TrimSuffix(strings.Repeat(`null,`, 11), ",") + `]}`, []string{"files"}},
		{dispute.UpdateSubmitEvidence, "unknown kind", file(`"kind":"photo"`), []string{"files[0].kind"}},
		{dispute.UpdateSubmitEvidence, "no name", file(`"name":""`), []string{"files[0].name"}},
		{dispute.UpdateSubmitEvidence, "no size", file(`"size":0`), []string{"files[0].size"}},
		{dispute.UpdateSubmitEvidence, "no sum", file(`"sha256":"abc"`), []string{"files[0].sha256"}},
		{dispute.UpdateSubmitEvidence, "no location", file(`"location":""`), []string{"files[0].location"}},
		{dispute.UpdateSubmitEvidence, "unknown name in a file", file(`"content":"JVBERi0="`), []string{"files[0].content"}},
		{dispute.UpdateRule, "unknown stage", `{"stage":"appeal","ruledBy":"d","rationale":"r"}`, []string{"stage"}},
		{dispute.UpdateRule, "no verdict", `{"stage":"justification","ruledBy":"d","rationale":"r"}`, []string{"justified"}},
		{dispute.UpdateRule, "no winner", `{"stage":"decision","ruledBy":"d","rationale":"r"}`, []string{"inFavourOf"}},
		{dispute.UpdateRule, "unsigned", `{"stage":"justification","justified":true}`, []string{"ruledBy", "rationale"}},
		{dispute.UpdateMoveDeadline, "empty", `{}`, []string{"to", "reason", "movedBy"}},
		{dispute.UpdateMoveDeadline, "no zone", `{"to":"2026-12-01T10:00:00","reason":"r","movedBy":"o"}`, []string{"to"}},
		{dispute.UpdateRetryNotification, "impossible address", `{"email":"jonas","requestedBy":"o"}`, []string{"email"}},
		{dispute.UpdateRetryNotification, "unsigned", `{}`, []string{"requestedBy"}},
		{dispute.UpdateAcknowledge, "unknown cause", `{"cause":"bored","acknowledgedBy":"o"}`, []string{"cause"}},
		{dispute.UpdateAcknowledge, "unsigned", `{"cause":"message-failed"}`, []string{"acknowledgedBy"}},
	}
}

// TestUpdateWithoutArgument: an update without any argument is refused like an empty one.
func TestUpdateWithoutArgument(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var answer *reply
	f.at(day, func() { answer = f.send(dispute.UpdateRespond) })
	f.at(2*day, f.env.CancelWorkflow)
	f.run()
	require.Equal(t, string(dispute.CodeInvalidMessage), answer.refusal(t).Type())
}

func paths(faults dispute.Faults) []string {
	var paths []string
	for _, fault := range faults {
		paths = append(paths, fault.Path)
	}
	return paths
}
