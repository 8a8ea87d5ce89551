package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// The number of disputes in BenchmarkCases.
const (
	benchOpen   = 20_000
	benchClosed = 100_000
)

// BenchmarkCases measures the first page, of 50, of lists of one merchant's 20,000 open and 100,000 closed disputes.
func BenchmarkCases(b *testing.B) {
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			l := manyCases(b, db)
			for _, list := range []struct {
				name   string
				filter ledger.CaseFilter
				after  ledger.CaseKey
			}{
				{name: "merchant", filter: ledger.CaseFilter{MerchantID: "m-1"}},
				{name: "merchant-open", filter: ledger.CaseFilter{MerchantID: "m-1", Open: true}},
				{name: "merchant-agreement", filter: ledger.CaseFilter{MerchantID: "m-1", WaitingFor: dispute.WaitAgreement}},
				{name: "merchant-act", filter: ledger.CaseFilter{MerchantID: "m-1", Groups: []ledger.CaseGroup{
					{WaitingFor: dispute.WaitAgreement, Turn: dispute.PartyMerchant}, {WaitingFor: dispute.WaitEvidence, Turn: dispute.PartyMerchant},
				}}},
				{name: "merchant-customer", filter: ledger.CaseFilter{MerchantID: "m-1", Groups: []ledger.CaseGroup{
					{WaitingFor: dispute.WaitAgreement, Turn: dispute.PartyCustomer}, {WaitingFor: dispute.WaitStatement, Turn: dispute.PartyCustomer},
				}}},
				{name: "merchant-closed", filter: ledger.CaseFilter{MerchantID: "m-1", State: dispute.StateClosed}},
				{name: "merchant-page-in-the-middle", filter: ledger.CaseFilter{MerchantID: "m-1"}, after: ledger.CaseKey{DisputeID: "d-5"}},
				{name: "all", filter: ledger.CaseFilter{}},
				{name: "search", filter: ledger.CaseFilter{Search: "order-i-77777"}},
			} {
				b.Run(list.name, func(b *testing.B) {
					for b.Loop() {
						page, err := l.Cases(b.Context(), list.filter, list.after, 50)
						require.NoError(b, err)
						require.NotEmpty(b, page)
					}
				})
			}
			b.Run("counts-up-to-1000", func(b *testing.B) {
				for b.Loop() {
					counts, err := l.CountCasesUpTo(b.Context(), ledger.CaseFilter{MerchantID: "m-1"}, 1000)
					require.NoError(b, err)
					require.Equal(b, 1000, counts[ledger.CaseGroup{}])
				}
			})
			b.Run("counts", func(b *testing.B) {
				for b.Loop() {
					counts, err := l.CountCases(b.Context(), ledger.CaseFilter{MerchantID: "m-1"})
					require.NoError(b, err)
					require.Equal(b, benchClosed, counts[""])
				}
			})
		})
	}
}

// manyCases makes a ledger of disputes by SQL alone. In one of a hundred the customer has to answer, the latest ones. A third of the open ones wait for agreement, a third for the statement,
// by one of 20 deadlines, and a third for the decision.
func manyCases(b *testing.B, db database) *ledger.Ledger {
	b.Helper()
	l := db.open(b)
	imported(b, l)
	statements := []string{
		`insert into invoices (id, order_id, merchant_id, customer_id, currency, amount, paid, imported_paid, credit_notes, credited, refunded,
			decided_for_merchant, billed_due_date, due_date, state)
		select 'i-' || n, 'order-i-' || n, 'm-1', 'c-1', 'EUR', 10000, 0, 0, 0, 0, 0, 0, '2026-12-21', '2026-12-21', 'open' from numbers`,
		`insert into disputes (id, content_hash, run_id, invoice_id, currency, amount, reason, calendar, opened_at, paused_at, paused_outstanding, days_left)
		select 'd-' || n, '', '', 'i-' || n, 'EUR', 3000, 'goods_not_received', 'DE', @, @, 0, 0 from numbers`,
	}
	const message = `insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer, caused_at, state, waiting_for, deadline)
		select 'd-' || n, 'opened', 1, 'merchant', '', 'email', @, '', @, `
	for day := 10; day < 30; day++ {
		statements = append(statements, message+fmt.Sprintf(`case n %% 3 when 0 then 'PRE_ARBITRATION' else 'ARBITRATION_PENDING' end,
			case n %% 3 when 0 then 'agreement' else 'statement' end, '2026-12-%dT23:00:00.000000Z' from numbers where n <= %d and n %% 3 < 2 and n %% 20 = %d`, day, benchOpen, day-10))
	}
	statements = append(statements, message+fmt.Sprintf(`'ARBITRATION_PENDING', 'decision', null from numbers where n <= %d and n %% 3 = 2`, benchOpen),
		fmt.Sprintf(`insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer, caused_at)
			select 'd-' || n, 'message', 1001, 'customer', '', 'email', @, '', @ from numbers where n <= %d and n > %d`, benchOpen, benchOpen-benchOpen/100),
		fmt.Sprint(`update disputes set state = 'closed', outcome = 'WON', closing_reason = 'decided_for_merchant', settled_at = @
			where id in (select 'd-' || n from numbers where n > `, benchOpen, `)`))
	for _, statement := range statements {
		_, err := l.DB().ExecContext(b.Context(), fmt.Sprintf(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < %d) `,
			benchOpen+benchClosed)+timed(statement))
		require.NoError(b, err, statement)
	}
	if db.name == "PostgreSQL" { // which does so by itself within a minute
		_, err := l.DB().ExecContext(b.Context(), "analyze")
		require.NoError(b, err)
	}
	return l
}
