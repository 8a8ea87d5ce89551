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
	Outcome dispute.Outcome `json:"outcome,omitzero"`
	// UpdatedAt is when the message that moved the case was accepted, or its money moved.
	UpdatedAt time.Time `json:"updatedAt"`
}

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
	return l.countCases(ctx, `select waiting_for, count(*) from cases`+where.clause()+` group by waiting_for`, where.args)
}

// CountCasesUpTo counts as CountCases does, and stops at most cases of each wait: how long that takes does not depend on how
// many there are. It is for filters by merchant or by nothing, whose cases are found by an index.
func (l *Ledger) CountCasesUpTo(ctx context.Context, filter CaseFilter, most int) (counts map[dispute.Wait]int, err error) {
	var searches []string
	var args []any
	for _, standing := range dispute.Standings {
		where := conditions{args: args}
		where.add("waiting_for = ?", standing.WaitingFor)
		filter.where(&where)
		// The order is that of an index: without it, PostgreSQL looks at all rows for waits that are rare.
		searches = append(searches, fmt.Sprintf(`select waiting_for, count(*) from (
			select waiting_for from cases%s order by deadline, dispute_id limit %d) as part group by waiting_for`, where.clause(), most))
		args = where.args
	}
	return l.countCases(ctx, strings.Join(searches, " union all "), args)
}

func (l *Ledger) countCases(ctx context.Context, query string, args []any) (counts map[dispute.Wait]int, err error) {
	counts = map[dispute.Wait]int{}
	scan := func(into func(...any) error) (n int, err error) {
		var wait dispute.Wait
		err = into(&wait, &n)
		counts[wait] = n
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

const caseColumns = `dispute_id, merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, state, waiting_for,
	deadline, outcome, updated_at`

func scanCase(into func(...any) error) (c CaseSummary, err error) {
	err = into(&c.DisputeID, &c.MerchantID, &c.CustomerID, &c.OrderID, &c.InvoiceID, &c.DisputedAmount.Amount, &c.DisputedAmount.Currency,
		&c.Reason, &c.Calendar, &c.State, &c.WaitingFor, (*instant)(&c.Deadline), &c.Outcome, (*instant)(&c.UpdatedAt))
	return c, err
}
