package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// CaseSummary is a dispute as lists show it: by what people were told, not by the step that the workflow is at. Pause makes
// it, the receipts of messages move it (dispute.Standing), and Settle closes it: triggers of the schema write it in the
// same transactions.
type CaseSummary struct {
	DisputeID      string         `json:"disputeId"`
	MerchantID     string         `json:"merchantId"`
	CustomerID     string         `json:"customerId"`
	OrderID        string         `json:"orderId"`
	InvoiceID      string         `json:"invoiceId"`
	DisputedAmount dispute.Money  `json:"disputedAmount"`
	Reason         dispute.Reason `json:"reason"`
	// Calendar is the name of the calendar whose zone the deadline's last day is in.
	Calendar string `json:"calendar"`
	dispute.Standing
	// Turn is the party whose answer the dispute waits for: while an agreement is possible, the one that the last word between
	// merchant and customer was told to, beginning with the complaint. It is empty when the dispute waits for neither.
	Turn    dispute.Party   `json:"turn,omitzero"`
	Outcome dispute.Outcome `json:"outcome,omitzero"`
	// UpdatedAt is when the message that moved the case was accepted, or its money moved.
	UpdatedAt time.Time `json:"updatedAt"`
}

// CaseGroup is what the cases of a list have in common: what they wait for, and whose turn it is.
type CaseGroup struct {
	WaitingFor dispute.Wait
	Turn       dispute.Party
}

// caseGroups are the groups that there are.
var caseGroups = func() (all []CaseGroup) {
	for _, standing := range dispute.Standings {
		turns := []dispute.Party{standing.WaitingFor.Turn("")}
		if standing.WaitingFor == dispute.WaitAgreement {
			turns = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer}
		}
		for _, turn := range turns {
			all = append(all, CaseGroup{standing.WaitingFor, turn})
		}
	}
	return all
}()

// Key returns the place of the case in a list.
func (c CaseSummary) Key() CaseKey {
	return CaseKey{Deadline: c.Deadline, DisputeID: c.DisputeID}
}

// CaseKey is a place in a list of cases. The zero key is before the first one.
type CaseKey struct {
	// Deadline is zero for a case without one; they come last.
	Deadline  time.Time
	DisputeID string
}

// Cases lists the cases that the filter selects, the next deadline first, those without one last, then by id: at most limit,
// the first of those after a key.
func (l *Ledger) Cases(ctx context.Context, filter CaseFilter, after CaseKey, limit int) (cases []CaseSummary, err error) {
	query, args := filter.page(after, limit)
	err = l.autocommit("list cases", func(tx *transaction) error {
		cases, err = collect(ctx, tx, scanCase, query, args...)
		return err
	})
	return cases, err
}

// CountCases counts the cases that the filter selects by what they wait for; closed ones wait for nothing ("").
func (l *Ledger) CountCases(ctx context.Context, filter CaseFilter) (counts map[dispute.Wait]int, err error) {
	var where conditions
	filter.where(&where)
	return counted[dispute.Wait](ctx, l, `select waiting_for, count(*) from cases`+where.clause()+` group by waiting_for`, where.args)
}

// CountCasesUpTo counts the cases that the filter selects by their groups, and stops at most cases of each: how long that takes
// does not depend on how many there are. It is for filters by merchant, whose cases are found by an index.
func (l *Ledger) CountCasesUpTo(ctx context.Context, filter CaseFilter, most int) (counts map[CaseGroup]int, err error) {
	var searches []string
	var args []any
	for i, group := range caseGroups {
		where := conditions{args: args}
		where.group(group)
		filter.where(&where)
		// The order is that of an index: without it, PostgreSQL looks at all rows for waits that are rare.
		searches = append(searches, fmt.Sprintf(`select %d, count(*) from (
			select waiting_for from cases%s order by deadline, dispute_id limit %d) as part group by waiting_for`, i, where.clause(), most))
		args = where.args
	}
	numbers, err := counted[int](ctx, l, strings.Join(searches, " union all "), args)
	counts = make(map[CaseGroup]int, len(numbers))
	for i, n := range numbers {
		counts[caseGroups[i]] = n
	}
	return counts, err
}

// counted runs a query whose rows are a key and a number.
func counted[K comparable](ctx context.Context, l *Ledger, query string, args []any) (counts map[K]int, err error) {
	counts = map[K]int{}
	scan := func(into func(...any) error) (n int, err error) {
		var key K
		err = into(&key, &n)
		counts[key] = n
		return n, err
	}
	err = l.autocommit("count cases", func(tx *transaction) error {
		_, err := collect(ctx, tx, scan, query, args...)
		return err
	})
	return counts, err
}

// QuestionKey is a place in the list of questions to the desk. The zero key is before the first one.
type QuestionKey struct {
	AskedAt   time.Time
	DisputeID string
}

// AskedForRuling lists the cases in which the desk was asked for a ruling, the oldest question first: at most limit, the first
// of those after a key. CaseSummary.UpdatedAt is when it was asked.
func (l *Ledger) AskedForRuling(ctx context.Context, after QuestionKey, limit int) (cases []CaseSummary, err error) {
	var where conditions
	where.in("waiting_for", []string{string(dispute.WaitJustification), string(dispute.WaitDecision)})
	if after.DisputeID != "" {
		where.add("(updated_at, dispute_id) > (?, ?)", instant(precise(after.AskedAt)), after.DisputeID)
	}
	query := fmt.Sprintf(`select %s from cases%s order by updated_at, dispute_id limit %d`, caseColumns, where.clause(), limit)
	err = l.autocommit("list the questions to the desk", func(tx *transaction) error {
		cases, err = collect(ctx, tx, scanCase, query, where.args...)
		return err
	})
	return cases, err
}

// ClosedKey is a place in the list of a merchant's closed cases. The zero key is before the first one.
type ClosedKey struct {
	ClosedAt  time.Time
	DisputeID string
}

// ClosedCases lists the closed cases of a merchant, the one that was closed last first: at most limit, the first of those after a
// key. CaseSummary.UpdatedAt is when it was closed.
func (l *Ledger) ClosedCases(ctx context.Context, merchantID string, after ClosedKey, limit int) (cases []CaseSummary, err error) {
	var where conditions
	where.add("merchant_id = ?", merchantID)
	where.add("waiting_for = ''") // as it is, because an index has only those
	if !after.ClosedAt.IsZero() {
		where.add("(updated_at, dispute_id) < (?, ?)", instant(precise(after.ClosedAt)), after.DisputeID)
	}
	query := fmt.Sprintf(`select %s from cases%s order by updated_at desc, dispute_id desc limit %d`, caseColumns, where.clause(), limit)
	err = l.autocommit("list the closed cases of a merchant", func(tx *transaction) error {
		cases, err = collect(ctx, tx, scanCase, query, where.args...)
		return err
	})
	return cases, err
}

const caseColumns = `dispute_id, merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, state, waiting_for,
	deadline, turn, outcome, updated_at`

func scanCase(into func(...any) error) (c CaseSummary, err error) {
	err = into(&c.DisputeID, &c.MerchantID, &c.CustomerID, &c.OrderID, &c.InvoiceID, &c.DisputedAmount.Amount, &c.DisputedAmount.Currency,
		&c.Reason, &c.Calendar, &c.State, &c.WaitingFor, (*instant)(&c.Deadline), &c.Turn, &c.Outcome, (*instant)(&c.UpdatedAt))
	c.Turn = c.WaitingFor.Turn(c.Turn)
	return c, err
}
