package portal

import (
	"context"
	"net/http"
	"net/url"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/workflows"
)

// queue shows what the desk was asked to rule on, the oldest question first.
func (p *Portal) queue(q *request) error {
	after, err := placeIn(q)
	if err != nil {
		return errNotFound
	}
	asked, err := p.Ledger.AskedForRuling(q.Context(), ledger.QuestionKey{AskedAt: after.Deadline, DisputeID: after.DisputeID}, pageSize+1)
	if err != nil {
		return err
	}
	in := pages.QueueInput{Cases: asked}
	if len(asked) > pageSize {
		in.Cases = asked[:pageSize]
		last := in.Cases[pageSize-1]
		in.Next = pages.PathQueue + "?" + url.Values{pages.FieldAfter: {ledger.CaseKey{Deadline: last.UpdatedAt, DisputeID: last.DisputeID}.String()}}.Encode()
	}
	if after != (ledger.CaseKey{}) {
		in.First = pages.PathQueue
	}
	var merchants []string
	for _, c := range in.Cases {
		merchants = append(merchants, c.MerchantID)
	}
	if in.Merchants, err = p.Ledger.MerchantNames(q.Context(), merchants); err != nil {
		return err
	}
	return p.render(q, http.StatusOK, func(v pages.Viewer) pages.Page { return pages.Queue(v, in) })
}

// attention shows what needs an operator. Temporal alone knows that.
func (p *Portal) attention(q *request) error {
	ctx, cancel := context.WithTimeout(q.Context(), p.answerTimeout)
	defer cancel()
	rows, err := p.Attention(ctx)
	if err != nil {
		p.Log.WarnContext(ctx, "Temporal has no answer", "route", pages.PathAttention, "error", err)
		return p.render(q, http.StatusServiceUnavailable, only(pages.Refused{Kind: pages.ProblemAway}))
	}
	for i := range rows {
		rows[i].WebUI = p.webUI(rows[i].DisputeID)
	}
	return p.render(q, http.StatusOK, func(v pages.Viewer) pages.Page { return pages.Attention(v, rows, "") })
}

// webUI returns the address of a dispute in Temporal's Web UI; empty where none is configured.
func (p *Portal) webUI(disputeID string) string {
	if p.Config.TemporalUI == "" {
		return ""
	}
	return p.Config.TemporalUI + "/namespaces/" + url.PathEscape(p.Namespace) + "/workflows/" + url.PathEscape(workflows.WorkflowID(disputeID))
}
