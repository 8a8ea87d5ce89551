package ledger

import (
	"context"
	"slices"
)

// Report is the result of a check of the ledger.
type Report struct {
	Merchants      int `json:"merchants"`
	Invoices       int `json:"invoices"`
	OpenDisputes   int `json:"openDisputes"`
	ClosedDisputes int `json:"closedDisputes"`
	Postings       int `json:"postings"`
	// Totals are sorted by account and currency.
	Totals []Total `json:"totals"`
	// Findings are the faults of the ledger, in a sentence each. A sound ledger has none.
	Findings []string `json:"findings"`
}

// Total is the sum of the postings on an account in one currency, in minor units.
type Total struct {
	Account  Account `json:"account"`
	Currency string  `json:"currency"`
	Debit    int64   `json:"debit"`
	Credit   int64   `json:"credit"`
}

// Check checks the ledger on one snapshot:
//
//   - Invoices agree with their postings, states and due dates, and their merchants exist.
//   - Every paused invoice has exactly one open dispute, and no other invoice has one.
//   - Every closed dispute has its outcome and its settlement. An open one has neither, and is about no more than was left
//     to dispute when it paused the invoice.
//   - Every posting is between the accounts of its movement, and a dispute's postings match its settlement.
//   - Disputes and postings are in the currency of their invoice.
//   - Every dispute has its case, which says what the last message said, or the settlement.
//   - Every change that other systems are told of has exactly one event, and every event its change. The events of a dispute
//     are in the order of their changes, and delivered in that order.
//   - Every file is of the party that its purpose says. Files that were sent are stored, of disputes in the ledger, and not of
//     those that were erased.
//
// The schema refuses most of these faults too. Check finds them in a database that was changed with the schema's
// protection off.
func (l *Ledger) Check(ctx context.Context) (report Report, err error) {
	err = l.snapshot(ctx, "check the ledger", func(tx *transaction) error {
		if report, err = count(ctx, tx); err != nil {
			return err
		}
		if report.Totals, err = totals(ctx, tx); err != nil {
			return err
		}
		report.Findings = []string{}
		for _, proof := range slices.Concat(proofs, eventProofs) {
			found, err := collect(ctx, tx, scanText, proof)
			if err != nil {
				return err
			}
			report.Findings = append(report.Findings, found...)
		}
		return nil
	})
	return report, err
}

func count(ctx context.Context, tx *transaction) (r Report, err error) {
	err = tx.QueryRowContext(ctx, `select (select count(*) from merchants), (select count(*) from invoices),
		(select count(*) from disputes where state = 'open'), (select count(*) from disputes where state = 'closed'),
		(select count(*) from postings)`).Scan(&r.Merchants, &r.Invoices, &r.OpenDisputes, &r.ClosedDisputes, &r.Postings)
	return r, err
}

func totals(ctx context.Context, tx *transaction) ([]Total, error) {
	scan := func(into func(...any) error) (t Total, err error) {
		err = into(&t.Account, &t.Currency, &t.Debit, &t.Credit)
		return t, err
	}
	return collect(ctx, tx, scan, `select account, currency, cast(sum(debit) as bigint), cast(sum(credit) as bigint)
		from (select destination as account, currency, amount as debit, 0 as credit from postings
			union all select source, currency, 0, amount from postings) as lines
		group by account, currency order by account, currency`)
}

func scanText(into func(...any) error) (text string, err error) {
	err = into(&text)
	return text, err
}
