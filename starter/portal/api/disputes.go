package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// The times that a dispute has to answer.
const (
	openTimeout = 25 * time.Second
	actTimeout  = 10 * time.Second
	askTimeout  = 3 * time.Second
)

// open opens a dispute, after the records that came with it. Those of a dispute that is known stay as they are: the call may be
// repeated after a later report of them.
func (a *API) open(q *call) (dispute.View, error) {
	in, err := dispute.DecodeOpening(q.body, time.Now())
	if dispute.IsID(in.Dispute.ID) {
		q.disputeID = in.Dispute.ID
	}
	if err != nil {
		return dispute.View{}, err
	}
	records := len(in.Records.Merchants)+len(in.Records.Invoices) > 0
	if records && !q.token.has(ScopeAccounts) {
		return dispute.View{}, &failure{
			code:   codeScopeMissing,
			detail: fmt.Sprintf("the token %s does not report merchants and invoices, also not with a dispute: it has no scope accounts", q.token.Name),
		}
	}
	if err := a.once(q); err != nil {
		return dispute.View{}, err
	}
	if records {
		if err := a.recordFirst(q.Context(), in); err != nil {
			return dispute.View{}, err
		}
	}
	ctx, cancel := context.WithTimeout(q.Context(), openTimeout)
	defer cancel()
	view, err := a.Disputes.Open(ctx, in.Dispute)
	return q.shown(view), err
}

// recordFirst imports the records of an opening, both or neither.
func (a *API) recordFirst(ctx context.Context, in dispute.Opening) error {
	row, err := a.row(ctx, in.Dispute.ID)
	if err != nil || row.DisputeID != "" {
		return err
	}
	_, err = a.Ledger.ImportAll(ctx, in.Records)
	if refusal, refused := errors.AsType[*dispute.Refusal](err); refused {
		return in.Refuse(refusal.Faults)
	}
	return err
}

var asParameter = parameter{
	name: "as", description: "As whom to read; without it, as the one of those for whom the token speaks who sees most.",
	values: words([]dispute.Party{dispute.PartyOperator, dispute.PartyDesk, dispute.PartyMerchant, dispute.PartyCustomer}),
}

// showCase reads a case.
func (a *API) showCase(q *call) (dispute.Case, error) {
	as, err := q.as()
	if err != nil {
		return dispute.Case{}, err
	}
	found, err := a.read(q, as)
	return found.Case, err
}

// as is as whom the caller wants to read; empty for no choice.
func (q *call) as() (dispute.Party, error) {
	in := q.query()
	as := dispute.Party(oneOf(in, "as", asParameter.values))
	return as, invalidRequest(in.faults)
}

// disputeList is a page of a list of disputes.
type disputeList struct {
	Disputes []ledger.CaseSummary `json:"disputes"`
	// Next is the value of after for the next page; empty on the last one.
	Next string `json:"next,omitzero"`
}

const (
	maxPage     = 1000
	defaultPage = 100
)

var listParameters = []parameter{
	{name: "merchant", description: "Only disputes of this merchant."},
	{name: "state", description: "Only disputes in this state.", values: words(dispute.States)},
	{name: "waitingFor", description: "Only disputes that wait for this.", values: toldWaits()},
	{name: "open", description: "true for only disputes that have not ended.", values: []string{"true", "false"}},
	{name: "order", description: "Only disputes about this order."},
	{name: "search", description: "Only disputes with this id of a dispute, an order or an invoice."},
	{name: "dueBefore", description: "Only disputes with an earlier deadline: an instant (RFC 3339)."},
	{name: "limit", description: "At most so many, up to 1000; 100 without it."},
	{name: "after", description: "Continue after this place of the list: next of the page before."},
}

// toldWaits are the waits that people are told of.
func toldWaits() (waits []string) {
	for _, s := range dispute.Standings {
		if s.WaitingFor != "" {
			waits = append(waits, string(s.WaitingFor))
		}
	}
	return waits
}

// list lists disputes. Who speaks for customers alone has no list: it would have the disputes of all of them.
func (a *API) list(q *call) (disputeList, error) {
	if q.token.audiences()[0] == dispute.PartyCustomer {
		return disputeList{}, &failure{
			code: codeScopeMissing, detail: "the token " + q.token.Name + " reads as customer, and a customer has no list of disputes",
		}
	}
	filter, after, limit, err := q.filter()
	if err != nil {
		return disputeList{}, err
	}
	found, err := a.Ledger.Cases(q.Context(), filter, after, limit+1)
	if err != nil {
		return disputeList{}, away(err)
	}
	if q.token.audiences()[0] == dispute.PartyMerchant { // whose case has no id of the customer either
		for i := range found {
			found[i].CustomerID = ""
		}
	}
	page := disputeList{Disputes: found}
	if len(found) > limit {
		page.Disputes, page.Next = found[:limit], found[limit-1].Key().String()
	}
	return page, nil
}

func (q *call) filter() (filter ledger.CaseFilter, after ledger.CaseKey, limit int, err error) {
	in := q.query()
	filter = ledger.CaseFilter{
		MerchantID: in.text("merchant"), OrderID: in.text("order"), Search: in.text("search"), Open: in.flag("open"),
		State: oneOf(in, "state", dispute.States), WaitingFor: dispute.Wait(oneOf(in, "waitingFor", toldWaits())),
	}
	limit = in.number("limit", defaultPage, 1, maxPage)
	if text := in.text("after"); text != "" {
		if after, err = ledger.ParseCaseKey(text); err != nil {
			in.fault("after", "must be next of the page before")
		}
	}
	if text := in.text("dueBefore"); text != "" {
		if filter.DueBefore, err = time.Parse(time.RFC3339, text); err != nil {
			in.fault("dueBefore", "must be an instant such as 2026-12-24T12:00:00+01:00")
		}
	}
	if bound := q.token.Merchant; bound != "" {
		if filter.MerchantID != "" && filter.MerchantID != bound {
			in.fault("merchant", "must be the merchant of the token, or left out")
		}
		filter.MerchantID = bound
	}
	return filter, after, limit, invalidRequest(in.faults)
}
