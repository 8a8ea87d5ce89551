package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// refusesMessages are the codes with which a dispute refuses messages.
var refusesMessages = []dispute.Code{
	dispute.CodeUnknownDispute, dispute.CodeInvalidMessage, dispute.CodeNotAccepted, dispute.CodeLimitReached, dispute.CodeDisputeClosed,
}

// senders are the scopes with which somebody may send a message of some parties.
func senders(parties []dispute.Party) (scopes []Scope) {
	for _, party := range parties {
		scopes = append(scopes, Scope("as:"+party))
	}
	return scopes
}

// update is the operation that sends an update. by says who sends a message, and parties are all who do.
func update[M dispute.Message](
	name, summary string, by func(M) dispute.Party,
	send func(Disputes, context.Context, string, M, ...workflows.UpdateOption) (dispute.View, error), parties ...dispute.Party,
) operation {
	return operation{
		method: http.MethodPost, path: "/disputes/{id}/" + name, id: name, summary: summary, scopes: senders(parties),
		body: name, result: of[dispute.View](), refuses: refusesMessages,
		handle: handler(func(a *API, q *call) (dispute.View, error) {
			message, err := takes(a, q, by)
			if err != nil {
				return dispute.View{}, err
			}
			var options []workflows.UpdateOption
			if q.updateID != "" {
				options = append(options, workflows.WithUpdateID(q.updateID))
			}
			ctx, cancel := context.WithTimeout(q.Context(), actTimeout)
			defer cancel()
			view, err := send(a.Disputes, ctx, q.disputeID, message, options...)
			if err != nil {
				return dispute.View{}, a.refused(q, name, err)
			}
			a.markSent(q, message)
			return q.shown(view), nil
		}),
	}
}

// takes decodes a message, and refuses one for whose sender the caller may not speak.
func takes[M dispute.Message](a *API, q *call, by func(M) dispute.Party) (M, error) {
	message, err := dispute.DecodeMessage[M](q.body)
	if err == nil {
		err = a.mayAct(q, by(message))
	}
	if err == nil {
		err = a.once(q)
	}
	return message, err
}

// shown returns a view as the caller sees it.
func (q *call) shown(view dispute.View) dispute.View {
	view = view.Summary()
	if view.Attention == nil { // Temporal's JSON has null for none
		view.Attention = []dispute.Cause{}
	}
	if audience := q.token.audiences()[0]; audience != dispute.PartyOperator {
		return view.For(audience)
	}
	return view
}

// refused says what is allowed now where a dispute has not accepted a message. Somebody who was not told where the dispute stands
// does not learn it from that.
func (a *API) refused(q *call, name string, err error) error {
	if dispute.CodeOf(err) != dispute.CodeNotAccepted {
		return err
	}
	said := failureOf(err)
	ctx, cancel := context.WithTimeout(q.Context(), askTimeout)
	defer cancel()
	whole, asked := a.Disputes.Case(ctx, q.disputeID)
	if asked != nil {
		if !q.token.seesAll() {
			said.detail = fmt.Sprintf("the dispute does not accept %s now", name)
		}
		return said
	}
	told := whole
	if audience := q.token.audiences()[0]; audience != dispute.PartyOperator {
		told = whole.For(audience)
	}
	if told.WaitingFor != whole.WaitingFor {
		said.detail = fmt.Sprintf("the dispute does not accept %s now", name)
	}
	for _, allowed := range dispute.Allowed(told.WaitingFor) {
		if a.sends(q.token, allowed) {
			said.allowed = append(said.allowed, allowed)
		}
	}
	return said
}

// sends reports whether the token may send a message.
func (a *API) sends(t Token, name string) bool {
	i := slices.IndexFunc(a.operations, func(o operation) bool { return o.id == name })
	return i >= 0 && slices.ContainsFunc(a.operations[i].scopes, t.reaches)
}

func agreementBy(m dispute.Agreement) dispute.Party { return m.ReportedBy }

// agreed reports whether a dispute has ended by an agreement.
func agreed(c dispute.Case, m dispute.Agreement) bool {
	return c.Agreement != nil && c.Agreement.Equal(m)
}

func withdrawalBy(m dispute.Withdrawal) dispute.Party { return m.ReportedBy }

// withdrawn reports whether a dispute has ended by a withdrawal.
func withdrawn(c dispute.Case, m dispute.Withdrawal) bool {
	return c.Withdrawal != nil && c.Withdrawal.Withdrawal == m
}

// signal is the operation that sends a signal. A dispute cannot refuse it, so the answer says what became of it.
func signal[M dispute.Message](
	name, summary string, by func(M) dispute.Party, send func(Disputes, context.Context, string, M) error, ended func(dispute.Case, M) bool,
) operation {
	parties := []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer}
	if name == dispute.SignalWithdrawal {
		parties = parties[1:]
	}
	return operation{
		method: http.MethodPost, path: "/disputes/{id}/" + name, id: name, summary: summary, scopes: senders(parties),
		body: name, result: of[dispute.View](), refuses: refusesMessages, accepts: true,
		handle: handler(func(a *API, q *call) (dispute.View, error) {
			message, err := takes(a, q, by)
			if err != nil {
				return dispute.View{}, err
			}
			view, err := a.report(q, name, func(ctx context.Context) error { return send(a.Disputes, ctx, q.disputeID, message) })
			return a.again(q, view, err, func(c dispute.Case) bool { return ended(c, message) })
		}),
	}
}

// again answers what has ended a dispute and is sent again: it is refused with dispute.CodeDisputeClosed unless ended says so.
func (a *API) again(q *call, view dispute.View, err error, ended func(dispute.Case) bool) (dispute.View, error) {
	if dispute.CodeOf(err) != dispute.CodeDisputeClosed {
		return view, err
	}
	whole, caseErr := a.whole(q.Context(), q)
	if caseErr != nil || !ended(whole) {
		return dispute.View{}, err
	}
	view, statusErr := a.Disputes.Status(q.Context(), q.disputeID)
	if statusErr != nil { // Temporal has forgotten the dispute
		return dispute.View{}, err
	}
	return q.shown(view), nil
}

// cancelled reports whether a dispute has ended by its cancellation.
func cancelled(c dispute.Case) bool {
	return c.Decision != nil && c.Decision.Reason == dispute.ClosedByOperator
}

// cancel asks for the end of a dispute.
func (a *API) cancel(q *call) (dispute.View, error) {
	if err := a.once(q); err != nil {
		return dispute.View{}, err
	}
	view, err := a.report(q, "cancellation", func(ctx context.Context) error { return a.Disputes.Cancel(ctx, q.disputeID) })
	return a.again(q, view, err, cancelled)
}

// report sends what a dispute cannot refuse, and reads what became of it. Temporal keeps it also while no worker runs: then the answer
// is 202, without a view.
func (a *API) report(q *call, name string, send func(context.Context) error) (dispute.View, error) {
	before, heard, err := a.status(q)
	if err != nil {
		return dispute.View{}, err
	}
	if heard && before.WaitingFor == "" {
		return dispute.View{}, dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s is closed; it takes no more messages", q.disputeID)
	}
	ctx, cancel := context.WithTimeout(q.Context(), actTimeout)
	defer cancel()
	if err := send(ctx); err != nil {
		return dispute.View{}, err
	}
	after := dispute.View{}
	if heard {
		after, heard, _ = a.status(q)
	}
	if !heard {
		q.w.WriteHeader(http.StatusAccepted)
		return dispute.View{}, nil
	}
	for _, entry := range after.Timeline[min(len(before.Timeline), len(after.Timeline)):] {
		if entry.Event == name+"-ignored" {
			return dispute.View{}, a.refused(q, name, dispute.Refuse(dispute.CodeNotAccepted, "the %s had no effect: %s", name, entry.Detail))
		}
	}
	return q.shown(after), nil
}

// status reads where a dispute stands; heard is false if no worker answers.
func (a *API) status(q *call) (view dispute.View, heard bool, err error) {
	ctx, cancel := context.WithTimeout(q.Context(), askTimeout)
	defer cancel()
	view, err = a.Disputes.Status(ctx, q.disputeID)
	if err != nil && dispute.CodeOf(err) == "" {
		return dispute.View{}, false, nil
	}
	return view, err == nil, err
}

// markSent records that the files of a message were sent.
func (a *API) markSent(q *call, message any) {
	var purpose ledger.FilePurpose
	var sent []dispute.File
	switch m := message.(type) {
	case dispute.Statement:
		purpose, sent = ledger.FileForStatement, m.Files
	case dispute.Evidence:
		purpose, sent = ledger.FileForEvidence, m.Files
	}
	if len(sent) == 0 {
		return
	}
	if err := a.Files.MarkSent(q.Context(), q.disputeID, purpose, sent); err != nil { // the next sweep of drafts finds it out
		a.Log.WarnContext(q.Context(), "files were sent, and that is not recorded yet", "dispute", q.disputeID, "error", err)
	}
}
