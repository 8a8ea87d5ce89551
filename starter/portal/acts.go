package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// act is what can be done to a case.
type act struct {
	who []dispute.Party
	// read makes the message of a form, and what is wrong with it.
	read func(f fields, c Case) (message, []pages.Problem)
	// sends is what files the message names.
	sends ledger.FilePurpose
}

// message is a message to the dispute of a case.
type message interface {
	// send sends the message. Two equal ones with the same update id take effect once.
	send(ctx context.Context, disputes Disputes, id, updateID string) error
}

// actTimeout is how long an act may take. Sent again after that, the same form takes effect once.
const actTimeout = 10 * time.Second

// act does what a form asks for, once, and leads to the page of the case. A form that is refused is shown again as it was.
func (p *Portal) act(q *request, c Case) error {
	name := pages.Act(q.PathValue("act"))
	if changesFiles(name) {
		return p.changeFiles(q, c, name)
	}
	a, known := acts[name]
	if !known || !slices.Contains(a.who, c.who.Party) {
		return errNotFound
	}
	form, err := q.form()
	if err != nil {
		return err
	}
	if uuid.Validate(form.Get(pages.FieldForm)) != nil {
		return errBadForm
	}
	filled := pages.Filled{Act: name, Values: form}
	switch problem := c.refuses(filled); {
	case problem == pages.ProblemClosed && c.source == fromArchive:
		return p.repeat(q, c, a, filled)
	case problem != "":
		return p.again(q, c, filled, pages.Problem{Kind: problem})
	}
	c, problem, err := p.addChosen(q, c, a, filled)
	switch {
	case err != nil:
		return err
	case problem.Kind != "":
		return p.again(q, c, filled, problem)
	}
	return p.take(q, c, a, filled)
}

// take sends the message of a form, once it was confirmed where it cannot be undone.
func (p *Portal) take(q *request, c Case, a act, filled pages.Filled) error {
	references, err := p.references(q.Context(), c, a.sends, filled.Values)
	if refusal, refused := errors.AsType[*files.Refusal](err); refused {
		return p.again(q, c, filled, fileProblem(refusal))
	}
	if err != nil {
		return err
	}
	m, problems := a.read(fields{Filled: filled, references: references}, c)
	if len(problems) > 0 {
		return p.again(q, c, filled, problems...)
	}
	if filled.Value(pages.FieldConfirmed) != pages.FieldValueOn && pages.NeedsConfirmation(c.seen, c.who.Party, filled) {
		if filled.Value(pages.FieldAsked) != "" {
			filled.Problems = []pages.Problem{{Field: pages.FieldConfirmed, Kind: pages.ProblemConfirm}}
		}
		return p.confirm(q, c, filled)
	}
	return p.send(q, c, a, filled, m, references)
}

// repeat answers a form that comes after the dispute has ended. The same one that took effect before, as after going back in the
// browser, is answered as it was then: Temporal keeps the results of updates by their id, and takes no new one after the end.
func (p *Portal) repeat(q *request, c Case, a act, filled pages.Filled) error {
	references, err := p.references(q.Context(), c, a.sends, filled.Values)
	if _, refused := errors.AsType[*files.Refusal](err); err != nil && !refused {
		return err
	}
	m, problems := a.read(fields{Filled: filled, references: references}, c)
	if err != nil || len(problems) > 0 {
		return p.again(q, c, filled, pages.Problem{Kind: pages.ProblemClosed})
	}
	return p.send(q, c, a, filled, m, references)
}

// send sends the message of a form, and leads to the page of the case.
func (p *Portal) send(q *request, c Case, a act, filled pages.Filled, m message, references []dispute.File) error {
	release, err := p.Files.Hold(q.Context(), c.id, a.sends, references)
	if refusal, refused := errors.AsType[*files.Refusal](err); refused {
		return p.again(q, c, filled, fileProblem(refusal))
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(q.Context(), actTimeout)
	defer cancel()
	if err := m.send(ctx, p.Disputes, c.id, updateID(c, filled)); err != nil {
		if dispute.CodeOf(err) != "" {
			if err := release(q.Context()); err != nil {
				p.Log.WarnContext(q.Context(), "files that were not sent cannot be removed for a while", "dispute", c.id, "error", err)
			}
		}
		return p.refused(q, c, filled, err)
	}
	if err := p.Files.MarkSent(q.Context(), c.id, a.sends, references); err != nil { // the next sweep of drafts finds it out
		p.Log.WarnContext(q.Context(), "files were sent, and that is not recorded yet", "dispute", c.id, "error", err)
	}
	q.did(filled.Act)
	return q.redirect(pages.CasePath(c.id))
}

// showAct shows the page on which an act is confirmed, before anything was entered.
func (p *Portal) showAct(q *request, c Case) error {
	name := pages.Act(q.PathValue("act"))
	filled := pages.Filled{Act: name, Values: url.Values{}}
	a, known := acts[name]
	if !known || !slices.Contains(a.who, c.who.Party) || c.refuses(filled) != "" || !pages.NeedsConfirmation(c.seen, c.who.Party, filled) {
		return errNotFound
	}
	return p.confirm(q, c, filled)
}

// updateID returns what the ids of updates of a form begin with: of this party's form.
func updateID(c Case, filled pages.Filled) string {
	return "portal-" + string(c.who.Party) + "-" + string(filled.Act) + "-" + filled.Values.Get(pages.FieldForm)
}

// refuses returns why a case does not take a form, whatever its fields say; empty if it may take it. A form of another party was
// opened before the same browser has signed in as this one.
func (c Case) refuses(form pages.Filled) pages.ProblemKind {
	if as := form.Value(pages.FieldAs); as != "" && as != string(c.who.Party) {
		return pages.ProblemSignedOut
	}
	switch c.source {
	case fromTemporal:
		return ""
	case fromNowhere:
		return pages.ProblemAway
	case fromArchive, erased:
	}
	return pages.ProblemClosed
}

// refused shows a form again that the dispute has not taken, beside the case as it is now.
func (p *Portal) refused(q *request, c Case, filled pages.Filled, err error) error {
	problems := problemsOf(err)
	if problems[0].Kind == pages.ProblemAway && !q.gone() {
		p.Log.WarnContext(q.Context(), "an act has no answer", "dispute", c.id, "act", filled.Act, "error", err)
	}
	now, err := p.open(q.Context(), c.who, c.id)
	if err != nil {
		return err
	}
	return p.again(q, now, filled, problems...)
}

// again shows a form again, with what is wrong beside it.
func (p *Portal) again(q *request, c Case, filled pages.Filled, problems ...pages.Problem) error {
	filled.Problems = problems
	status := http.StatusUnprocessableEntity
	switch problems[0].Kind { //nolint:exhaustive // the others are about what was entered
	case pages.ProblemAway:
		status = http.StatusServiceUnavailable
	case pages.ProblemChanged, pages.ProblemClosed, pages.ProblemLimit, pages.ProblemSignedOut, pages.ProblemFileSent, pages.ProblemFileSending:
		status = http.StatusConflict
	}
	return p.renderCase(q, status, c, filled)
}

// problemsOf says what is wrong after a message was not taken; at least one.
func problemsOf(err error) []pages.Problem {
	switch dispute.CodeOf(err) { //nolint:exhaustive // the others mean that the dispute has moved on
	case "":
		return []pages.Problem{{Kind: pages.ProblemAway}}
	case dispute.CodeDisputeClosed, dispute.CodeUnknownDispute:
		return []pages.Problem{{Kind: pages.ProblemClosed}}
	case dispute.CodeLimitReached:
		return []pages.Problem{{Kind: pages.ProblemLimit}}
	case dispute.CodeInvalidMessage:
		return invalid(err)
	default:
		return []pages.Problem{{Kind: pages.ProblemChanged}}
	}
}
