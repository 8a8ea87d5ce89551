package portal

import (
	"context"
	"encoding/json"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/workflows"
)

// acts are the acts by name. From whom a message is, its case says and never its form.
var acts = map[pages.Act]act{
	pages.ActRespond:     {who: parties, read: readResponse},
	pages.ActPropose:     {who: parties, read: readOffer},
	pages.ActPay:         {who: customer, read: readOffer},
	pages.ActAnswer:      {who: parties, read: readAnswer},
	pages.ActWithdraw:    {who: customer, read: readWithdrawal},
	pages.ActReason:      {who: customer, read: readStatement, sends: ledger.FileForStatement},
	pages.ActEvidence:    {who: merchant, read: readEvidence, sends: ledger.FileForEvidence},
	pages.ActAcceptLoss:  {who: merchant, read: readLoss},
	pages.ActRule:        {who: desk, read: readRuling},
	pages.ActRetry:       {who: operator, read: readRetry},
	pages.ActMove:        {who: operator, read: readMove},
	pages.ActAcknowledge: {who: operator, read: readAcknowledgement},
	pages.ActCancel:      {who: operator, read: readCancellation},
}

// updates is a message that goes by an update. Its id has a hash of the content: a form that says something else when it is sent
// again, as after going back in the browser, must not get the answer to what it said before.
type updates[M any] struct {
	content M
	by      func(Disputes, context.Context, string, M, ...workflows.UpdateOption) (dispute.View, error)
}

func (u updates[M]) send(ctx context.Context, disputes Disputes, id, updateID string) error {
	content, err := json.Marshal(u.content)
	if err == nil {
		_, err = u.by(disputes, ctx, id, u.content, workflows.WithUpdateID(updateID+"-"+hashOf(string(content))[:16]))
	}
	return err
}

func readResponse(f fields, c Case) (message, []pages.Problem) {
	m := dispute.Response{Message: f.required(pages.FieldMessage), ReportedBy: c.who.Party}
	return updates[dispute.Response]{m, Disputes.Respond}, f.problems
}

func readOffer(f fields, c Case) (message, []pages.Problem) {
	f.text(pages.FieldMessage)
	f.text(pages.FieldNote)
	offer, problems := pages.OfferOf(c.seen, c.who.Party, f.Filled)
	return updates[dispute.Offer]{offer, Disputes.Propose}, append(f.problems, problems...)
}

func readAnswer(f fields, c Case) (message, []pages.Problem) {
	accept := f.choice(pages.FieldAnswer, pages.AnswerAccept, pages.AnswerDecline) == pages.AnswerAccept
	m := dispute.ProposalAnswer{
		Proposal: f.number(pages.FieldProposal), Accept: &accept, AnsweredBy: c.who.Party, Note: f.text(pages.FieldNote),
	}
	return updates[dispute.ProposalAnswer]{m, Disputes.AnswerProposal}, f.problems
}

func readStatement(f fields, _ Case) (message, []pages.Problem) {
	m := dispute.Statement{Statement: f.required(pages.FieldText), Files: f.references}
	return updates[dispute.Statement]{m, Disputes.StateReason}, f.problems
}

func readEvidence(f fields, _ Case) (message, []pages.Problem) {
	m := dispute.Evidence{Text: f.text(pages.FieldText), Files: f.references}
	if m.Text == "" && len(m.Files) == 0 {
		f.problem(pages.FieldText, pages.ProblemTextOrFile, "")
	}
	return updates[dispute.Evidence]{m, Disputes.SubmitEvidence}, f.problems
}

func readLoss(f fields, c Case) (message, []pages.Problem) {
	m := dispute.LossAcceptance{ReportedBy: c.who.Party, Note: f.text(pages.FieldNote)}
	return updates[dispute.LossAcceptance]{m, Disputes.AcceptLoss}, f.problems
}

func readRuling(f fields, c Case) (message, []pages.Problem) {
	m := dispute.Ruling{RuledBy: c.who.Login}
	justified := false
	if m.Stage = dispute.Stage(f.choice(pages.FieldStage, string(dispute.StageJustification), string(dispute.StageDecision))); m.Stage == dispute.StageDecision {
		m.InFavourOf = dispute.Party(f.choice(pages.FieldRuling, pages.RulingForMerchant, pages.RulingForCustomer))
	} else {
		justified = f.choice(pages.FieldRuling, pages.RulingJustified, pages.RulingNotJustified) == pages.RulingJustified
		m.Justified = &justified
	}
	m.Rationale = f.required(pages.FieldRationale)
	return updates[dispute.Ruling]{m, Disputes.Rule}, f.problems
}

// withdrawal goes by a signal: it reports what the customer has decided already. The same one twice changes nothing. A dispute
// that is decided ignores it, and says so in its case alone.
type withdrawal dispute.Withdrawal

func readWithdrawal(f fields, c Case) (message, []pages.Problem) {
	return withdrawal{ReportedBy: c.who.Party, Note: f.text(pages.FieldNote)}, f.problems
}

func (w withdrawal) send(ctx context.Context, disputes Disputes, id, _ string) error {
	err := disputes.Withdraw(ctx, id, dispute.Withdrawal(w))
	if err != nil && dispute.CodeOf(err) != dispute.CodeDisputeClosed {
		return err
	}
	after, caseErr := disputes.Case(ctx, id)
	switch {
	case caseErr != nil && err == nil:
		return caseErr
	case err != nil && caseErr == nil && after.Withdrawal != nil && after.Withdrawal.Withdrawal == dispute.Withdrawal(w):
		return nil // it is what ended the dispute
	case err == nil && after.Decision != nil && after.Withdrawal == nil:
		return dispute.Refuse(dispute.CodeNotAccepted, "dispute %s was decided before it was withdrawn", id)
	}
	return err
}
