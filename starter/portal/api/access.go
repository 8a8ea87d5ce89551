package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// ErrAway is the error of Parts.Whole while Temporal or the workers are away.
var ErrAway = errors.New("the dispute has no answer: Temporal or the workers are away")

// ErasedError is the error of Parts.Whole for a dispute whose personal data was erased.
type ErasedError struct{ At time.Time }

func (e *ErasedError) Error() string {
	return "the personal data of the dispute was erased on " + e.At.UTC().Format(time.DateOnly)
}

// seen is a dispute as somebody sees it.
type seen struct {
	audience dispute.Party
	dispute.Case
}

// unknown is the answer for an unknown dispute, and for one of another merchant: they are the same.
func unknown(id string) error {
	return dispute.Refuse(dispute.CodeUnknownDispute, "there is no dispute %.128q", id)
}

// read reads a dispute as the caller sees it: as the one who is named, or as the one of its audiences that sees most.
func (a *API) read(q *call, as dispute.Party) (seen, error) {
	audience, err := q.audience(as)
	if err != nil {
		return seen{}, err
	}
	whole, err := a.whole(q.Context(), q)
	if err != nil {
		return seen{}, err
	}
	if audience != dispute.PartyOperator {
		whole = whole.For(audience)
	}
	return seen{audience, whole}, nil
}

// audience returns as whom the caller reads.
func (q *call) audience(as dispute.Party) (dispute.Party, error) {
	allowed := q.token.audiences()
	switch {
	case as == "":
		return allowed[0], nil
	case slices.Contains(allowed, as):
		return as, nil
	}
	return "", &failure{
		code: codeScopeMissing, detail: fmt.Sprintf("the token %s does not read as %s; it reads as %s", q.token.Name, as, strict.List(allowed)),
	}
}

// whole finds all of the dispute that a request is about, if the caller may know of it.
func (a *API) whole(ctx context.Context, q *call) (dispute.Case, error) {
	row, err := a.row(ctx, q.disputeID)
	if err != nil {
		return dispute.Case{}, err
	}
	if row.DisputeID != "" && !q.token.knows(row.MerchantID) {
		return dispute.Case{}, unknown(q.disputeID)
	}
	whole, err := a.Whole(ctx, row, q.disputeID)
	erased, gone := errors.AsType[*ErasedError](err)
	switch {
	case gone:
		return dispute.Case{}, &failure{code: codeErased, detail: erased.Error()}
	case dispute.CodeOf(err) == dispute.CodeUnknownDispute || err == nil && !q.token.knows(whole.Dispute.MerchantID):
		return dispute.Case{}, unknown(q.disputeID)
	case err != nil:
		return dispute.Case{}, away(err)
	}
	return whole, nil
}

// away is the answer of what only reads, while a system is away.
func away(err error) error {
	return &failure{
		code: codeUnavailable, cause: err,
		detail: "a system behind the API does not answer at the moment; nothing has changed, and nothing is lost",
	}
}

// row reads the case as lists show it; it is zero for a dispute whose invoice is not paused.
func (a *API) row(ctx context.Context, id string) (ledger.CaseSummary, error) {
	if !dispute.IsID(id) {
		return ledger.CaseSummary{}, unknown(id)
	}
	found, err := a.Ledger.Cases(ctx, ledger.CaseFilter{DisputeIDs: []string{id}}, ledger.CaseKey{}, 1)
	if err != nil || len(found) == 0 {
		return ledger.CaseSummary{}, awayIf(err)
	}
	return found[0], nil
}

func awayIf(err error) error {
	if err == nil {
		return nil
	}
	return away(err)
}

// knows reports whether the token may know of the disputes of a merchant.
func (t Token) knows(merchant string) bool { return t.Merchant == "" || t.Merchant == merchant }

// mayAct returns why the caller may not speak for a party in a dispute, or nil.
func (a *API) mayAct(q *call, party dispute.Party) error {
	if !q.token.speaksFor(party) {
		return &failure{
			code: codeScopeMissing, detail: fmt.Sprintf("the token %s does not speak for the %s: it has no scope as:%s", q.token.Name, party, party),
		}
	}
	if q.token.Merchant == "" {
		return nil
	}
	row, err := a.row(q.Context(), q.disputeID)
	if err == nil && row.DisputeID == "" { // its invoice is not paused yet
		_, err = a.whole(q.Context(), q)
		return err
	}
	if err == nil && !q.token.knows(row.MerchantID) {
		return unknown(q.disputeID)
	}
	return err
}
