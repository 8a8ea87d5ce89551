package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// fill writes disputes of the merchants into a ledger by SQL alone. A third of the open ones wait for an agreement and a third
// for the statement, with one of 20 deadlines, and a third for the decision.
func fill(ctx context.Context, ledgerURL string, open, closed int) (err error) {
	driver, source := "pgx", ledgerURL
	if path, found := strings.CutPrefix(ledgerURL, "sqlite:"); found {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(60000)"
	}
	db, err := sql.Open(driver, source) // the ledger has registered both drivers
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := time.Now().UTC()
	const instant = "2006-01-02T15:04:05.000000Z"
	fixed := strings.NewReplacer("@now", "'"+now.Format(instant)+"'", "@day", "'"+now.AddDate(0, 0, 30).Format(time.DateOnly)+"'")
	for _, statement := range rowsOf(open, func(day int) string { return now.AddDate(0, 0, 10+day).Truncate(24 * time.Hour).Format(instant) }) {
		numbers := fmt.Sprintf("with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < %d) ", open+closed)
		if _, err := db.ExecContext(ctx, numbers+fixed.Replace(statement)); err != nil {
			return err
		}
	}
	if driver == "pgx" { // it does so by itself within a minute
		_, err = db.ExecContext(ctx, "analyze")
	}
	return err
}

// rowsOf returns the statements that make disputes of numbers, of which the first ones stay open.
func rowsOf(open int, deadline func(day int) string) []string {
	statements := []string{
		`insert into invoices (id, order_id, merchant_id, customer_id, currency, amount, paid, imported_paid, credit_notes, credited, refunded,
			decided_for_merchant, billed_due_date, due_date, state)
		select 'i-d-' || n, 'o-d-' || n, 'm-' || (case n % 4 when 0 then 0 else n % 10 end), 'c-d-' || n, 'EUR', 10000, 0, 0, 0, 0, 0, 0, @day, @day, 'open'
		from numbers`,
		`insert into disputes (id, content_hash, run_id, invoice_id, currency, amount, reason, calendar, opened_at, paused_at, paused_outstanding, days_left)
		select 'd-' || n, '', '', 'i-d-' || n, 'EUR', 3000, 'goods_not_received', 'DE', @now, @now, 0, 0 from numbers`,
		fmt.Sprintf(`update disputes set state = 'closed', outcome = 'WON', closing_reason = 'decided_for_merchant', settled_at = @now
			where id in (select 'd-' || n from numbers where n > %d)`, open),
	}
	const message = `insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer, caused_at, state, waiting_for, deadline)
		select 'd-' || n, 'opened', 1, 'merchant', '', 'email', @now, '', @now, `
	for day := range 20 {
		statements = append(statements, message+fmt.Sprintf(`case n %% 3 when 0 then 'PRE_ARBITRATION' else 'ARBITRATION_PENDING' end,
			case n %% 3 when 0 then 'agreement' else 'statement' end, '%s' from numbers where n <= %d and n %% 3 < 2 and n / 20 %% 20 = %d`,
			deadline(day), open, day))
	}
	return append(statements, message+fmt.Sprintf(`'ARBITRATION_PENDING', 'decision', null from numbers where n <= %d and n %% 3 = 2`, open))
}
