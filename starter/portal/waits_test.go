package portal_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// everyone may ask for the page of a case.
var everyone = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator}

// messageOf names the message to the dispute for each act that a dispute can refuse while it is open.
var messageOf = map[string]string{
	string(pages.ActRespond): dispute.UpdateRespond, string(pages.ActPropose): dispute.UpdatePropose, string(pages.ActPay): dispute.UpdatePropose,
	string(pages.ActAnswer): dispute.UpdateAnswerProposal, string(pages.ActWithdraw): dispute.SignalWithdrawal,
	string(pages.ActReason): dispute.UpdateStateReason, string(pages.ActEvidence): dispute.UpdateSubmitEvidence,
	string(pages.ActAcceptLoss): dispute.UpdateAcceptLoss, string(pages.ActRule): dispute.UpdateRule,
	string(pages.ActRetry): dispute.UpdateRetryNotification, string(pages.ActMove): dispute.UpdateMoveDeadline,
}

// textOf names the field of each act that has what a person has written.
var textOf = map[string]string{
	string(pages.ActRespond): pages.FieldMessage, string(pages.ActPropose): pages.FieldMessage, string(pages.ActPay): pages.FieldNote,
	string(pages.ActAnswer): pages.FieldNote, string(pages.ActWithdraw): pages.FieldNote, string(pages.ActReason): pages.FieldText,
	string(pages.ActEvidence): pages.FieldText, string(pages.ActAcceptLoss): pages.FieldNote, string(pages.ActRule): pages.FieldRationale,
	string(pages.ActRetry): pages.FieldEmail, string(pages.ActMove): pages.FieldWhy, string(pages.ActAcknowledge): pages.FieldNote,
	string(pages.ActCancel): pages.FieldNote,
}

// possible reports whether an act may have an effect while the dispute waits for wait.
func possible(wait dispute.Wait) func(act string) bool {
	return func(act string) bool {
		switch pages.Act(act) {
		case pages.ActCancel:
			return true
		case pages.ActAnswer, pages.ActAcknowledge:
			return false // no proposal stands, and no cause is raised
		default:
			return slices.Contains(dispute.Allowed(wait), messageOf[act])
		}
	}
}

// nothing is possible after the end.
func nothing(string) bool { return false }

// isRefused does each act that is not possible now, as far as it is the person's: it is refused, with its text kept.
func (p person) isRefused(id string, possible func(act string) bool) {
	p.Helper()
	const text = "neu@laden.example"
	for act, who := range portal.ActsOf() {
		if possible(act) {
			continue
		}
		got := p.post(pages.ActPath(id, pages.Act(act)), textOf[act], text, pages.FieldStage, string(dispute.StageDecision), pages.FieldRuling, pages.RulingForMerchant,
			pages.FieldTerms, pages.TermsFull, pages.FieldProposal, "1", pages.FieldAnswer, pages.AnswerDecline,
			pages.FieldCause, string(dispute.CauseUnreachable), pages.FieldDay, "2030-01-07", pages.FieldConfirmed, pages.FieldValueOn)
		require.Equal(p, p.wants(who, http.StatusConflict), got.status, "%s does %s: %s", p.name, act, got.body)
		if got.status == http.StatusConflict && act != string(pages.ActCancel) { // which has no text
			require.Contains(p, got.body, text, "%s does %s", p.name, act)
		}
	}
}

// TestEachWaitOfPeople: at each wait for a person, those whose case it is see it, and what is not possible then is refused.
func TestEachWaitOfPeople(t *testing.T) {
	t.Parallel()
	c, other, s := opened(t), opened(t), serve(t)
	id, everybody, justified := c.Dispute.ID, people(t, s, c, other), true
	move := dispute.DeadlineMove{Reason: "test", MovedBy: "otto"}
	_, err := shared.Disputes.Respond(t.Context(), id, dispute.Response{Message: "It was delivered.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	for _, at := range []struct {
		wait dispute.Wait
		end  func() error
	}{
		{dispute.WaitAgreement, func() error { return parties.EndPeriod(t.Context(), shared.Disputes, id, dispute.WaitAgreement, move) }},
		{dispute.WaitStatement, func() error {
			_, err := shared.Disputes.StateReason(t.Context(), id, dispute.Statement{Statement: "Nothing came."})
			return err
		}},
		{dispute.WaitJustification, func() error {
			_, err := shared.Disputes.Rule(t.Context(), id,
				dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified, RuledBy: "erika", Rationale: "No proof."})
			return err
		}},
		{dispute.WaitEvidence, func() error {
			_, err := shared.Disputes.SubmitEvidence(t.Context(), id, dispute.Evidence{Text: "Signed by the neighbour."})
			return err
		}},
		{dispute.WaitDecision, func() error { return nil }},
	} {
		eventually(t, func(c dispute.Case) bool { return c.WaitingFor == at.wait }, id)
		before := caseOf(t, id)
		for _, person := range everybody {
			require.Equal(t, person.wants(everyone, http.StatusOK), person.get(pages.CasePath(id)).status, "%s at %s", person.name, at.wait)
			person.isRefused(id, possible(at.wait))
		}
		require.Equal(t, before, caseOf(t, id), "a refusal changes nothing")
		require.NoError(t, at.end())
	}
}

// TestEachWaitOfSteps: while a step of the dispute itself runs, those whose case it is see it.
func TestEachWaitOfSteps(t *testing.T) {
	t.Parallel()
	c, other, s := opened(t), opened(t), serve(t)
	everybody := people(t, s, c, other)
	for _, wait := range []dispute.Wait{
		dispute.WaitPause, dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitSettlement, dispute.WaitClosingMessages,
	} {
		later := serve(t, func(p *portal.Parts) { p.Disputes = waiting{p.Disputes, wait} })
		for _, person := range everybody {
			person.site = later
			require.Equal(t, person.wants(everyone, http.StatusOK), person.get(pages.CasePath(c.Dispute.ID)).status, "%s at %s", person.name, wait)
		}
	}
}

// waiting is a Temporal in which the dispute waits for a step.
type waiting struct {
	portal.Disputes
	wait dispute.Wait
}

func (w waiting) Case(ctx context.Context, id string) (dispute.Case, error) {
	found, err := w.Disputes.Case(ctx, id)
	found.WaitingFor = w.wait
	if w.wait == dispute.WaitSettlement || w.wait == dispute.WaitClosingMessages {
		decision := dispute.Decide(dispute.ClosedForMerchant, found.Dispute.DisputedAmount, nil)
		found.Decision = &dispute.MadeDecision{Decision: decision, At: found.Dispute.OpenedAt}
	}
	return found, err
}
