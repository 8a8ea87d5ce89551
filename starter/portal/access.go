package portal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// Case is a dispute as one person may see it. Portal.open alone makes one, from a session and an id, and every act takes one:
// what nobody may see cannot be acted on.
type Case struct {
	who identity
	id  string
	// row is the case as lists show it; zero for an operator's case whose invoice is not paused.
	row ledger.CaseSummary
	// source says where seen is from, which is what the person may see of the whole case.
	source source
	seen   dispute.Case
	// files are all that were uploaded to the dispute, of which the person may read some.
	files []ledger.File
	// erasedAt is when the personal data was erased.
	erasedAt time.Time
}

// source is where the details of a case are from.
type source int

const (
	// fromTemporal means that the dispute answers, and acts are possible.
	fromTemporal source = iota
	// fromArchive means that the dispute has ended.
	fromArchive
	// fromNowhere means that Temporal or the workers are away: only the row of the lists is there.
	fromNowhere
	// erased means that the personal data was erased.
	erased
)

// answerTimeout is how long the page of a case waits for Temporal.
const answerTimeout = 2 * time.Second

// open returns the case of a dispute as somebody may see it. It fails with errNotFound if there is none or if it is another
// one's, and with errMoved, which is errNotFound too, if its messages go to another address now.
func (p *Portal) open(ctx context.Context, who identity, id string) (Case, error) {
	if !dispute.IsID(id) || !who.bounded() || who.Dispute != "" && who.Dispute != id {
		return Case{}, errNotFound
	}
	c := Case{who: who, id: id}
	found, err := p.Ledger.Cases(ctx, ledger.CaseFilter{DisputeIDs: []string{id}}, ledger.CaseKey{}, 1)
	switch {
	case err != nil:
		return Case{}, err
	case len(found) == 1:
		c.row = told(found[0], who.Party)
	case who.Party != dispute.PartyOperator:
		return Case{}, errNotFound
	}
	if who.Merchant != "" && who.Merchant != c.row.MerchantID {
		return Case{}, errNotFound
	}
	erasure, gone, err := p.erasure(ctx, c.row)
	if err != nil || gone {
		c.source, c.erasedAt = erased, erasure.At
		return c, err
	}
	whole, from, err := p.whole(ctx, c.row, id, p.answerTimeout)
	if err != nil {
		return Case{}, err
	}
	if c.source = from; from == fromNowhere {
		return c, nil
	}
	if !who.reads(whole) {
		return Case{}, errMoved
	}
	c.seen = seenBy(whole, who.Party)
	c.files, err = p.Files.List(ctx, id)
	return c, err
}

// told returns the row of a case as a party may know it: only the merchant learns that it was asked for information before the
// dispute has ended.
func told(row ledger.CaseSummary, party dispute.Party) ledger.CaseSummary {
	if party == dispute.PartyCustomer && (row.WaitingFor == dispute.WaitEvidence || row.WaitingFor == dispute.WaitDecision) {
		row.Standing = dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitJustification}
		row.Turn = ""
	}
	return row
}

// seenBy returns what a party may see of a case.
func seenBy(whole dispute.Case, party dispute.Party) dispute.Case {
	if party == dispute.PartyOperator {
		return whole
	}
	return whole.For(party)
}

// whole finds all of a case, and where: in Temporal, if it answers within the timeout. A case that has ended is in the archive, where
// no worker is needed.
func (p *Portal) whole(ctx context.Context, row ledger.CaseSummary, id string, timeout time.Duration) (dispute.Case, source, error) {
	if row.State == dispute.StateClosed {
		if found, err := p.archived(ctx, id); err == nil || dispute.CodeOf(err) != dispute.CodeUnknownDispute {
			return found, fromArchive, err
		}
	}
	asked, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	found, err := p.Disputes.Case(asked, id)
	refused := found.WaitingFor == "" && found.Decision == nil // a run that was refused when the dispute was opened
	code := dispute.CodeOf(err)
	switch {
	case err == nil && !refused:
		return found, fromTemporal, nil
	case row.DisputeID == "" && (code != "" || err == nil):
		return dispute.Case{}, fromNowhere, errNotFound
	case err != nil && code == "":
		p.Log.WarnContext(ctx, "Temporal has no answer", "dispute", id, "error", err)
	}
	return dispute.Case{}, fromNowhere, nil
}

// erasure reports whether the personal data of a dispute was erased. An open one never is.
func (p *Portal) erasure(ctx context.Context, row ledger.CaseSummary) (ledger.Erasure, bool, error) {
	if row.State != dispute.StateClosed {
		return ledger.Erasure{}, false, nil
	}
	return p.Ledger.Erasure(ctx, row.DisputeID)
}

func (p *Portal) archived(ctx context.Context, id string) (found dispute.Case, err error) {
	kept, err := p.Ledger.ArchivedCase(ctx, id)
	if err != nil {
		return found, err
	}
	content, err := p.Unseal(kept.KeyID, kept.Content, id)
	if err == nil {
		err = json.Unmarshal(content, &found)
	}
	if err != nil {
		err = fmt.Errorf("the archived case cannot be read: %w", err)
	}
	return found, err
}

// AddressOf returns the address to which the messages of a case go: that of its customer, or of its merchant, whose settings
// have the address that is not corrected.
func AddressOf(whole dispute.Case, party dispute.Party, settings string) string {
	if party == dispute.PartyCustomer {
		return cmp.Or(whole.Corrected.Customer, whole.Dispute.Complainant.Email)
	}
	return cmp.Or(whole.Corrected.Merchant, settings)
}
