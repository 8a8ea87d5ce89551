package ledger_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// In these statements @ stands for a time.
const (
	post     = "insert into postings (movement, source, destination, amount, currency, invoice_id, dispute_id, at) values "
	reported = "insert into postings (movement, source, destination, amount, currency, invoice_id, reference, at) values "
	puts     = "insert into inbox (notice, content_hash, merchant_id, at, content) values "
	receives = "insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer) values "
	keeps    = "insert into files (dispute_id, party, purpose, kind, name, type, size, sha256, uploaded_at) values "
	opens    = "insert into disputes (id, content_hash, run_id, invoice_id, currency, amount, reason, calendar, opened_at, paused_at, paused_outstanding, days_left) values "
)

// sum is the hash of some content.
const sum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func timed(statement string) string {
	return strings.ReplaceAll(statement, "@", "'2026-11-23T09:15:00.000000Z'")
}

// forbidden are statements that the schema must refuse.
var forbidden = map[string]string{
	"a posting changed":               "update postings set amount = amount + 1",
	"a posting deleted":               "delete from postings",
	"an amount of 0":                  post + "('payment', 'customer_receivable', 'cash', 0, 'EUR', 'i-1', null, @)",
	"an amount below 0":               post + "('payment', 'customer_receivable', 'cash', -1, 'EUR', 'i-1', null, @)",
	"an amount of half a cent":        post + "('payment', 'customer_receivable', 'cash', '0.5', 'EUR', 'i-1', null, @)",
	"an amount in words":              post + "('payment', 'customer_receivable', 'cash', 'ten', 'EUR', 'i-1', null, @)",
	"an amount above the largest":     post + "('payment', 'customer_receivable', 'cash', 9007199254740992, 'EUR', 'i-1', null, @)",
	"an unknown account":              post + "('payment', 'customer_receivable', 'pocket', 1, 'EUR', 'i-1', null, @)",
	"an unknown movement":             post + "('gift', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', null, @)",
	"accounts that do not fit":        post + "('payment', 'merchant_payable', 'cash', 1, 'EUR', 'i-1', null, @)",
	"a posting in another currency":   post + "('payment', 'customer_receivable', 'cash', 1, 'SEK', 'i-1', null, @)",
	"a posting on no invoice":         post + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-404', null, @)",
	"a chargeback without dispute":    post + "('chargeback', 'customer_refund', 'merchant_payable', 1, 'EUR', 'i-1', null, @)",
	"a chargeback of no dispute":      post + "('chargeback', 'customer_refund', 'merchant_payable', 1, 'EUR', 'i-1', 'd-404', @)",
	"a dispute's posting elsewhere":   post + "('chargeback', 'customer_refund', 'merchant_payable', 1, 'EUR', 'i-2', 'd-1', @)",
	"a payment of a dispute":          post + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'd-1', @)",
	"a second settlement":             post + "('chargeback', 'customer_receivable', 'merchant_payable', 4000, 'EUR', 'i-2', 'd-2', '2026-12-14T09:15:00.123456Z')",
	"a settlement before its dispute": post + "('chargeback', 'customer_receivable', 'merchant_payable', 3000, 'EUR', 'i-1', 'd-1', @)",
	"a settlement after a win":        post + "('chargeback', 'customer_refund', 'merchant_payable', 1, 'EUR', 'i-2', 'd-9', @)",
	"a settlement of another amount":  post + "('agreed_refund', 'customer_refund', 'merchant_payable', 1, 'EUR', 'i-3', 'd-3', @)",
	"a settlement of another kind":    post + "('chargeback', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', @)",
	"a settlement of another source":  post + "('agreed_refund', 'customer_receivable', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', @)",
	"a settlement at another time":    post + "('agreed_refund', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', '2026-11-23T09:15:00.000001Z')",
	"a settlement of another invoice": post + "('agreed_refund', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-2', 'd-3', @)",
	"a settlement booked twice":       post + "('agreed_refund', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', @), ('agreed_refund', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', @)",
	"a second open dispute":           opens + "('d-4', '', '', 'i-1', 'EUR', 1, '', 'DE', @, @, 0, 0)",
	"a dispute of another currency":   opens + "('d-4', '', '', 'i-2', 'SEK', 1, '', 'DE', @, @, 0, 0)",
	"a dispute about nothing":         opens + "('d-4', '', '', 'i-2', 'EUR', 0, '', 'DE', @, @, 0, 0)",
	"a dispute on no invoice":         opens + "('d-4', '', '', 'i-404', 'EUR', 1, '', 'DE', @, @, 0, 0)",
	"a closed dispute reopened":       "update disputes set state = 'open', settled_at = null, outcome = '', closing_reason = '' where id = 'd-2'",
	"a closed dispute changed":        "update disputes set outcome = 'SETTLED' where id = 'd-2'",
	"a dispute of another id":         "update disputes set id = 'd-77' where id = 'd-1'",
	"a dispute of other content":      "update disputes set content_hash = '' where id = 'd-1'",
	"a dispute about more":            "update disputes set amount = 9000 where id = 'd-1'",
	"a dispute on another invoice":    "update disputes set invoice_id = 'i-2' where id = 'd-1'",
	"another owner":                   "update owners set namespace = 'other'",
	"an owner deleted":                "delete from owners",
	"a dispute deleted":               "delete from disputes where id = 'd-1'",
	"a dispute of another run":        "update disputes set run_id = 'r-2' where id = 'd-1'",
	"a takeover changed":              "update takeovers set number = 3",
	"a takeover deleted":              "delete from takeovers",
	"a takeover by the first":         "insert into takeovers values ('d-1', 'r-3', 1)",
	"a takeover of the same number":   "insert into takeovers values ('d-1', 'r-3', 2)",
	"a takeover by the same run":      "insert into takeovers values ('d-1', 'r-2', 3)",
	"a takeover of no dispute":        "insert into takeovers values ('d-404', 'r-2', 2)",
	"a close without decision":        "update disputes set state = 'closed' where id = 'd-1'",
	"a decision without close":        "update disputes set outcome = 'WON', closing_reason = 'decided_for_merchant' where id = 'd-1'",
	"a debit above the amount":        "update disputes set state = 'closed', settled_at = @, outcome = 'SETTLED', closing_reason = 'x', debit = 3001, credited = 3001 where id = 'd-1'",
	"a debit of the winner":           "update disputes set state = 'closed', settled_at = @, outcome = 'WON', closing_reason = 'x', debit = 1, credited = 1 where id = 'd-1'",
	"a loss in part":                  "update disputes set state = 'closed', settled_at = @, outcome = 'LOST', closing_reason = 'x', debit = 1, credited = 1 where id = 'd-1'",
	"a debit that goes nowhere":       "update disputes set state = 'closed', settled_at = @, outcome = 'SETTLED', closing_reason = 'x', debit = 2, credited = 1 where id = 'd-1'",
	"an invoice's currency changed":   "update invoices set currency = 'SEK' where id = 'i-1'",
	"an invoice deleted":              "delete from invoices where id = 'i-1'",
	"an invoice of no merchant":       "update invoices set merchant_id = 'm-404' where id = 'i-1'",
	"an open invoice without rest":    "update invoices set state = 'open', due_date = '2026-12-21' where id = 'i-2'",
	"a settled invoice with rest":     "update invoices set state = 'settled' where id = 'i-1'",
	"an open invoice that never is":   "update invoices set state = 'open', due_date = '' where id = 'i-1'",
	"a payment below 0 in all":        "update invoices set paid = -1 where id = 'i-1'",
	"credit notes above the amount":   "update invoices set credit_notes = 10001 where id = 'i-1'",
	"an invoice in dispute changed":   "update invoices set amount = 10001 where id = 'i-1'",
	"an invoice in dispute of others": "update invoices set customer_id = 'c-2' where id = 'i-1'",
	"a payment twice":                 reported + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'p', @), ('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'p', @)",
	"a return without reference":      post + "('payment_return', 'cash', 'customer_receivable', 1, 'EUR', 'i-1', null, @)",
	"a credit note without reference": post + "('credit_note', 'customer_receivable', 'merchant_payable', 1, 'EUR', 'i-1', null, @)",
	"a credit note to cash":           reported + "('credit_note', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'p', @)",
	"a bill under a reference":        reported + "('invoice', 'merchant_payable', 'customer_receivable', 1, 'EUR', 'i-1', 'p', @)",
	"a correction under a reference":  reported + "('payment', 'cash', 'customer_receivable', 1, 'EUR', 'i-1', 'p', @)",
	"a reference twice on an invoice": reported + "('credit_note', 'customer_receivable', 'merchant_payable', 1, 'EUR', 'i-1', 'g', @), " +
		"('credit_note', 'customer_receivable', 'merchant_payable', 2, 'EUR', 'i-1', 'g', @)",
	"an empty reference":              reported + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', '', @)",
	"a dispute without calendar":      opens + "('d-4', '', '', 'i-2', 'EUR', 1, '', '', @, @, 0, 0)",
	"a time in words":                 opens + "('d-4', '', '', 'i-2', 'EUR', 1, '', 'DE', 'today at noon', @, 0, 0)",
	"a second owner":                  "insert into owners values (1, 'id-2', 'other', @)",
	"an owner without name":           "insert into owners values (2, 'id-2', '', @)",
	"a webhook without a secret":      "update merchants set webhook = 'https://a.example' where id = 'm-1'",
	"a secret without a webhook":      "update merchants set webhook_secret = 'x' where id = 'm-1'",
	"a secret that signs for ever":    "update merchants set webhook_previous = 'x' where id = 'm-1'",
	"a receipt twice":                 receives + "('d-1', 'opened', 1, 'merchant', 'a', '', @, ''), ('d-1', 'opened', 1, 'merchant', 'b', '', @, '')",
	"a standing of unknown cause":     "insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer, state, waiting_for) values ('d-1', 'opened', 2, 'merchant', 'a', '', @, '', 'PRE_ARBITRATION', 'agreement')",
	"a standing without a state":      "insert into messages (dispute_id, occasion, number, recipient, content_hash, channel, at, answer, caused_at, waiting_for) values ('d-1', 'opened', 2, 'merchant', 'a', '', @, '', @, 'agreement')",
	"a case of no dispute":            "insert into cases (dispute_id, merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, updated_at) select 'd-404', merchant_id, customer_id, order_id, invoice_id, amount, currency, reason, calendar, updated_at from cases where dispute_id = 'd-1'",
	"a case of the turn of nobody":    "update cases set turn = 'desk' where dispute_id = 'd-1'",
	"a closed case that waits":        "update cases set waiting_for = 'agreement' where dispute_id = 'd-2'",
	"a case closed without outcome":   "update cases set state = 'CLOSED', waiting_for = '' where dispute_id = 'd-1'",
	"a receipt of other content":      "update messages set content_hash = 'b'",
	"a receipt of another time":       "update messages set at = @",
	"a receipt of unknown content":    receives + "('d-1', 'opened', 2, 'merchant', null, '', @, '')",
	"an inbox message twice":          puts + "('n', 'a', 'm-1', @, ''), ('n', 'b', 'm-1', @, '')",
	"an inbox message changed":        "update inbox set content = ''",
	"an inbox message of any content": puts + "('n', null, 'm-1', @, '')",
	"a file without content":          keeps + "('d-1', 'merchant', 'evidence', 'other', 'n', 't', 0, '" + sum + "', @)",
	"a file without a hash":           keeps + "('d-1', 'merchant', 'evidence', 'other', 'n', 't', 1, 'abc', @)",
	"a file without a name":           keeps + "('d-1', 'merchant', 'evidence', 'other', '', 't', 1, '" + sum + "', @)",
	"a file of the desk":              keeps + "('d-1', 'desk', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @)",
	"evidence of the customer":        keeps + "('d-1', 'customer', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @)",
	"a statement of the merchant":     keeps + "('d-1', 'merchant', 'statement', 'other', 'n', 't', 1, '" + sum + "', @)",
	"a file for nothing":              keeps + "('d-1', 'customer', 'fun', 'other', 'n', 't', 1, '" + sum + "', @)",
	"a file twice":                    keeps + "('d-1', 'merchant', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @), ('d-1', 'merchant', 'evidence', 'other', 'm', 't', 1, '" + sum + "', @)",
	"a sent file that is not stored":  "update files set sent_at = @, stored_at = null",
	"a file of other content":         "update files set sha256 = 'b' || substr(sha256, 2)",
	"a file of another dispute":       "update files set dispute_id = 'd-2'",
}

// forbiddenIn are such statements in the dialect of one database.
var forbiddenIn = map[string]map[string]string{
	"SQLite": {
		"a posting replaced": "insert or replace into postings select id, movement, source, destination, amount + 1, currency, invoice_id, dispute_id, reference, at from postings",
	},
	"PostgreSQL": {
		"a posting replaced":     "insert into postings overriding system value select * from postings on conflict (id) do update set amount = excluded.amount + 1",
		"a posting's own number": "insert into postings (id, movement, source, destination, amount, currency, invoice_id, at) values (99, 'payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', @)",
		"all postings cut off":   "truncate postings",
		"all disputes cut off":   "truncate disputes cascade",
		"everything cut off":     "truncate merchants cascade",
	},
}

// The schema refuses what no code may do.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000) // d-1 has paused i-1
		imported(t, l, invoice("i-2", eur(10000), 6000))
		_, err := l.Pause(t.Context(), pauseOf("d-2", "i-2", eur(7000)))
		require.NoError(t, err)
		_, err = l.Settle(t.Context(), settleOf("d-2", lost(7000)))
		require.NoError(t, err)
		_, err = l.Pause(t.Context(), pauseOf("d-9", "i-2", eur(100)))
		require.NoError(t, err)
		_, err = l.Settle(t.Context(), settleOf("d-9", won()))
		require.NoError(t, err)
		unbooked(t, l)
		_, err = l.Pause(t.Context(), takeover("r-2"))
		require.NoError(t, err)
		require.NoError(t, l.Claim(t.Context(), namespace("default")))
		_, err = l.Save(t.Context(), dispute.Receipt{Key: key(1), At: monday})
		require.NoError(t, err)
		_, err = l.Inbox().Send(t.Context(), notice(1))
		require.NoError(t, err)
		sentFile(t, l)
		before := dump(t, l)

		statements := maps.Clone(forbidden)
		maps.Copy(statements, forbiddenIn[db.name])
		for name, statement := range statements {
			_, err := l.DB().ExecContext(t.Context(), timed(statement))
			require.Error(t, err, name)
			require.Regexp(t, refusals, err.Error(), name)
			require.Equal(t, before, dump(t, l), name)
		}
	})
}

// unbooked closes dispute d-3 on invoice i-3 with a refund of 2 units that is not booked.
func unbooked(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	imported(t, l, invoice("i-3", eur(10000), 10000))
	_, err := l.Pause(t.Context(), pauseOf("d-3", "i-3", eur(3000)))
	require.NoError(t, err)
	_, err = l.DB().ExecContext(t.Context(), timed(
		"update disputes set state = 'closed', settled_at = @, outcome = 'SETTLED', closing_reason = 'x', debit = 2, refunded = 2 where id = 'd-3'"))
	require.NoError(t, err)
}

// refusals match the errors of refused statements, and not those of malformed ones.
var refusals = `constraint|are never|is never|moves only the money of its settlement|invalid input syntax for type|non-DEFAULT value`

// Statements like the forbidden ones, but correct, are accepted: so the forbidden ones fail for the right reason.
func TestSchemaAccepts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		imported(t, l, invoice("i-2", eur(10000), 6000))
		unbooked(t, l)
		for _, statement := range []string{
			post + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', null, @)",
			post + "('agreed_refund', 'customer_refund', 'merchant_payable', 2, 'EUR', 'i-3', 'd-3', @)",
			opens + "('d-4', '', '', 'i-2', 'EUR', 1, '', 'DE', @, @, 0, 0)",
			receives + "('d-1', 'opened', 1, 'merchant', 'a', '', @, ''), ('d-1', 'opened', 2, 'merchant', 'b', '', @, '')",
			puts + "('n', 'a', 'm-1', @, ''), ('o', 'b', 'm-1', @, '')",
			"update disputes set state = 'closed', settled_at = @, outcome = 'SETTLED', closing_reason = 'x', debit = 2, credited = 2 where id = 'd-1'",
			"update invoices set amount = 10001 where id = 'i-2'",
			"update invoices set paid = 20000, credit_notes = 5000 where id = 'i-1'",
			reported + "('payment', 'customer_receivable', 'cash', 1, 'EUR', 'i-1', 'p', @), ('payment_return', 'cash', 'customer_receivable', 1, 'EUR', 'i-1', 'p', @)",
			reported + "('credit_note', 'customer_receivable', 'merchant_payable', 1, 'EUR', 'i-1', 'p', @)",
			keeps + "('d-1', 'merchant', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @), ('d-1', 'customer', 'statement', 'other', 'n', 't', 1, '" + sum + "', @)",
			"update files set stored_at = @",
			"update files set sent_at = @",
		} {
			_, err := l.DB().ExecContext(t.Context(), timed(statement))
			require.NoError(t, err, statement)
		}
	})
}
