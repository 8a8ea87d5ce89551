package ledger

import (
	"context"
	"fmt"

	"github.com/streitfall/streitfall/dispute"
)

// JournalEntry is a posting with the merchant of its invoice.
type JournalEntry struct {
	Posting
	MerchantID string `json:"merchantId"`
}

// Journal reads the postings of a period, of one merchant's invoices or, for "", of all, and calls do with each of them, by
// time and then in the order in which they were booked. It holds one at a time, and ends with the first error of do.
func (l *Ledger) Journal(ctx context.Context, in Period, merchantID string, do func(JournalEntry) error) error {
	scan := func(into func(...any) error) (e JournalEntry, err error) {
		e.Posting, err = scanPosting(func(columns ...any) error { return into(append(columns, &e.MerchantID)...) })
		return e, err
	}
	_, where := booked(in, merchantID)
	return l.autocommit("read the journal", func(tx *transaction) error {
		return each(ctx, tx, scan, do, `select p.id, p.movement, p.source, p.destination, p.amount, p.currency, p.invoice_id, p.dispute_id,
			p.reference, p.at, i.merchant_id from postings p join invoices i on i.id = p.invoice_id`+where.clause()+` order by p.at, p.id`, where.args...)
	})
}

// booked selects the postings of a period as p.
func booked(in Period, merchantID string) (from string, where conditions) {
	where.add("p.at >= ?", instant(in.From))
	where.add("p.at < ?", instant(in.Until))
	return postingsFor(merchantID, &where), where
}

// postingsFor selects the postings of a merchant as p, with their invoices as i, or those of all, without invoices: twice as fast.
func postingsFor(merchantID string, where *conditions) (from string) {
	if merchantID == "" {
		return "postings p"
	}
	where.add("i.merchant_id = ?", merchantID)
	return "postings p join invoices i on i.id = p.invoice_id"
}

// JournalTotals are the sums of the postings of a period. In each currency the debits of all accounts are the credits.
type JournalTotals struct {
	Movements []MovementTotal `json:"movements"`
	Accounts  []AccountTotal  `json:"accounts"`
}

// MovementTotal is the sum of the postings that a movement has made between two accounts.
type MovementTotal struct {
	Movement Movement      `json:"movement"`
	Debit    Account       `json:"debit"`
	Credit   Account       `json:"credit"`
	Postings int           `json:"postings"`
	Amount   dispute.Money `json:"amount"`
}

// AccountTotal is an account over a period, in minor units. Opening and Closing are its balances, debit less credit, at the
// beginning and at the end.
type AccountTotal struct {
	Total
	Opening int64 `json:"opening"`
	Closing int64 `json:"closing"`
}

// Sum adds up the accounts of a currency.
func (t JournalTotals) Sum(currency string) (sum AccountTotal) {
	sum.Currency = currency
	for _, a := range t.Accounts {
		if a.Currency == currency {
			sum.Opening, sum.Debit, sum.Credit, sum.Closing = sum.Opening+a.Opening, sum.Debit+a.Debit, sum.Credit+a.Credit, sum.Closing+a.Closing
		}
	}
	return sum
}

// JournalTotals reads the sums of what Journal reads, and the balances of the accounts before and after.
func (l *Ledger) JournalTotals(ctx context.Context, in Period, merchantID string) (totals JournalTotals, err error) {
	err = l.snapshot(ctx, "add up the journal", func(tx *transaction) error {
		if totals.Movements, err = movementTotals(ctx, tx, in, merchantID); err != nil {
			return err
		}
		totals.Accounts, err = accountTotals(ctx, tx, in, merchantID)
		return err
	})
	return totals, err
}

func movementTotals(ctx context.Context, tx *transaction, in Period, merchantID string) ([]MovementTotal, error) {
	from, where := booked(in, merchantID)
	scan := func(into func(...any) error) (t MovementTotal, err error) {
		err = into(&t.Movement, &t.Debit, &t.Credit, &t.Amount.Currency, &t.Postings, &t.Amount.Amount)
		return t, err
	}
	return collect(ctx, tx, scan, `select p.movement, p.destination, p.source, p.currency, count(*), cast(sum(p.amount) as bigint)
		from `+from+where.clause()+`
		group by p.movement, p.destination, p.source, p.currency order by p.currency, p.movement, p.destination, p.source`, where.args...)
}

func accountTotals(ctx context.Context, tx *transaction, in Period, merchantID string) ([]AccountTotal, error) {
	where := conditions{args: []any{instant(in.From)}}
	where.add("p.at < ?", instant(in.Until))
	from := postingsFor(merchantID, &where)
	side := func(account, debit, credit string) string {
		return fmt.Sprintf(`select p.%s as account, p.currency as currency, p.at < $1 as earlier, sum(%s) as debit, sum(%s) as credit
			from %s%s group by 1, 2, 3`, account, debit, credit, from, where.clause())
	}
	scan := func(into func(...any) error) (t AccountTotal, err error) {
		err = into(&t.Account, &t.Currency, &t.Opening, &t.Debit, &t.Credit)
		t.Closing = t.Opening + t.Debit - t.Credit
		return t, err
	}
	return collect(ctx, tx, scan, `select account, currency, cast(sum(case when earlier then debit - credit else 0 end) as bigint),
			cast(sum(case when earlier then 0 else debit end) as bigint), cast(sum(case when earlier then 0 else credit end) as bigint)
		from (`+side("destination", "p.amount", "0")+` union all `+side("source", "0", "p.amount")+`) as sides
		group by account, currency order by currency, account`, where.args...)
}
