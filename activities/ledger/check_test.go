package ledger_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

const chargeback = "insert into postings (movement, source, destination, amount, currency, invoice_id, dispute_id, at) " +
	"values ('chargeback', 'customer_refund', 'merchant_payable', "

// corruptions are changes to the database, each with the finding about it.
var corruptions = map[string]struct{ plant, want string }{
	"files of an erased dispute": {
		"insert into erasures values ('d-2', @, 'anna', 'request'); " + keeps + "('d-2', 'merchant', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @)",
		"dispute d-2 was erased and still has 1 files; repeat `starter erase`",
	},
	"a sent file of no dispute": {
		keeps + "('d-404', 'merchant', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @); update files set stored_at = @, sent_at = @",
		"dispute d-404 is not in the ledger and has 1 files that were sent",
	},
	"evidence of the customer": {
		keeps + "('d-1', 'customer', 'evidence', 'other', 'n', 't', 1, '" + sum + "', @)", "of dispute d-1 is evidence of the customer",
	},
	"a lost posting": {
		"delete from postings where invoice_id = 'i-3' and movement = 'payment'",
		"invoice i-3 has amount/paid/imported/credit notes/credited/refunded 500/500/500/0/0/0, but its postings sum to 500/0/0/0/0/0",
	},
	"a changed posting": {
		"update postings set amount = 10001 where id = 1",
		"invoice i-1 has amount/paid/imported/credit notes/credited/refunded 10000/6000/6000/0/0/0, but its postings sum to 10001/6000/6000/0/0/0",
	},
	"a changed invoice": {
		"update invoices set paid = 5999 where id = 'i-1'",
		"invoice i-1 has amount/paid/imported/credit notes/credited/refunded 10000/5999/6000/0/0/0, but its postings sum to 10000/6000/6000/0/0/0",
	},
	"an invoice without postings": {
		"delete from postings where invoice_id = 'i-3'",
		"invoice i-3 has amount/paid/imported/credit notes/credited/refunded 500/500/500/0/0/0, but its postings sum to 0/0/0/0/0/0",
	},
	"a wrong state":             {"update invoices set state = 'open' where id = 'i-3'", "invoice i-3 is open with 0 of 500 outstanding"},
	"a settled one with a rest": {"update invoices set state = 'settled' where id = 'i-4'", "invoice i-4 is settled with 380 of 500 outstanding"},
	"a paused one without dispute": {
		"update invoices set state = 'paused' where id = 'i-4'", "invoice i-4 is paused and has 0 open disputes",
	},
	"a disputed one that is not paused": {
		"update invoices set state = 'open' where id = 'i-1'", "invoice i-1 is open and has 1 open disputes",
	},
	"two open disputes": {
		opens + "('d-3', '', '', 'i-1', 'EUR', 1, '', 'DE', @, @, 0, 0)",
		"invoice i-1 is paused and has 2 open disputes",
	},
	"a closed dispute without settlement": {
		"delete from postings where dispute_id = 'd-2'",
		"dispute d-2 is closed with debit/credited/refunded 7000/4000/3000, but its postings sum to 0/0",
	},
	"half a settlement": {
		"delete from postings where dispute_id = 'd-2' and source = 'customer_refund'",
		"dispute d-2 is closed with debit/credited/refunded 7000/4000/3000, but its postings sum to 4000/0",
	},
	"a debit that is not the sum": {
		"update disputes set debit = 6999 where id = 'd-2'",
		"dispute d-2 is closed with debit/credited/refunded 6999/4000/3000, but its postings sum to 4000/3000",
	},
	"a settlement twice": {
		chargeback + "3000, 'EUR', 'i-2', 'd-2', @)",
		"dispute d-2 is closed with debit/credited/refunded 7000/4000/3000, but its postings sum to 4000/6000",
	},
	"a settlement too early": {
		chargeback + "1, 'EUR', 'i-1', 'd-1', @)",
		"dispute d-1 is open with debit/credited/refunded 0/0/0, but its postings sum to 0/1",
	},
	"a dispute about more than there is": {
		"update disputes set amount = 10001 where id = 'd-1'",
		"dispute d-1 is about 10001, but its invoice had 10000 left to dispute",
	},
	"credit notes that the invoice has not": {
		"update disputes set paused_credit_notes = 7 where id = 'd-1'",
		"dispute d-1 was paused with 7 of credit notes and 28 days left, but its invoice has 0 of credit notes",
	},
	"days left below 0": {
		"update disputes set days_left = -1 where id = 'd-1'",
		"dispute d-1 was paused with 0 of credit notes and -1 days left, but its invoice has 0 of credit notes",
	},
	"a lost payment": {
		"delete from postings where reference = 'p-1' and movement = 'payment'",
		"invoice i-4 has amount/paid/imported/credit notes/credited/refunded 500/100/0/20/0/0, but its postings sum to 500/-50/0/20/0/0",
	},
	"a lost return": {
		"delete from postings where movement = 'payment_return'",
		"invoice i-4 has amount/paid/imported/credit notes/credited/refunded 500/100/0/20/0/0, but its postings sum to 500/150/0/20/0/0",
	},
	"a lost credit note": {
		"delete from postings where movement = 'credit_note'",
		"invoice i-4 has amount/paid/imported/credit notes/credited/refunded 500/100/0/20/0/0, but its postings sum to 500/100/0/0/0/0",
	},
	"a return without reference": {
		"update postings set reference = null where movement = 'payment_return'",
		"posting 11 moves 50 from cash to customer_receivable as payment_return without dispute",
	},
	"more decided for the merchant": {
		"update invoices set decided_for_merchant = 1 where id = 'i-2'",
		"invoice i-2 has 1 decided for the merchant, but its disputes 0",
	},
	"a merchant debited too much": {
		"update invoices set credit_notes = 501 where id = 'i-4'",
		"the merchant of invoice i-4 was debited 501 of 500",
	},
	"an invoice of no merchant": {
		"update invoices set merchant_id = 'm-404' where id = 'i-4'", "invoice i-4 references unknown merchant m-404",
	},
	"an open invoice that is never due": {
		"update invoices set due_date = '' where id = 'i-4'", "invoice i-4 is open without a due date",
	},
	"a due date in words": {"update invoices set due_date = 'soon' where id = 'i-4'", "invoice i-4 is open and due on soon"},
	"an unknown state": {
		"update invoices set state = 'sold', due_date = '' where id = 'i-4'", "invoice i-4 is sold with 380 of 500 outstanding",
	},
	"a payment below 0": {
		"update invoices set paid = -1 where id = 'i-4'", "invoice i-4 is open with 481 of 500 outstanding",
	},
	"an invoice of nothing": {
		"update invoices set amount = 0, paid = 0 where id = 'i-3'", "invoice i-3 is settled with 0 of 0 outstanding",
	},
	"a loss without a debit": {
		"delete from postings where dispute_id = 'd-2'; update disputes set debit = 0, credited = 0, refunded = 0 where id = 'd-2'; " +
			"update invoices set credited = 0, refunded = 0, state = 'open', due_date = '2026-12-21' where id = 'i-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit LOST/decided_for_customer/0 and a time",
	},
	"a loss in part": {
		"delete from postings where dispute_id = 'd-2' and source = 'customer_refund'; " +
			"update disputes set debit = 4000, refunded = 0 where id = 'd-2'; update invoices set refunded = 0 where id = 'i-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit LOST/decided_for_customer/4000 and a time",
	},
	"a debit of the winner": {
		"update disputes set outcome = 'WON', closing_reason = 'decided_for_merchant' where id = 'd-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit WON/decided_for_merchant/7000 and a time",
	},
	"a debit of the cancelled": {
		"update disputes set outcome = 'CANCELLED', closing_reason = 'cancelled_by_operator' where id = 'd-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit CANCELLED/cancelled_by_operator/7000 and a time",
	},
	"a reason of another outcome": {
		"update disputes set closing_reason = 'decided_for_merchant' where id = 'd-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit LOST/decided_for_merchant/7000 and a time",
	},
	"an agreement without one": {
		"update disputes set outcome = 'SETTLED' where id = 'd-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit SETTLED/decided_for_customer/7000 and a time",
	},
	"an agreement about more": {
		"update disputes set outcome = 'SETTLED', closing_reason = 'merchant_solved_the_dispute_with_the_customer', amount = 6999 where id = 'd-2'",
		"dispute d-2 about 6999 is closed with outcome/reason/debit SETTLED/merchant_solved_the_dispute_with_the_customer/7000 and a time",
	},
	"a close and no time": {
		"update disputes set settled_at = null where id = 'd-2'",
		"dispute d-2 about 7000 is closed with outcome/reason/debit LOST/decided_for_customer/7000 and no time",
	},
	"a decision without close": {
		"update disputes set outcome = 'WON' where id = 'd-1'",
		"dispute d-1 about 3000 is open with outcome/reason/debit WON//0 and no time",
	},
	"a dispute about nothing": {
		"update disputes set amount = 0 where id = 'd-1'", "dispute d-1 about 0 is open with outcome/reason/debit //0 and no time",
	},
	"a dispute in no known state": {
		"update disputes set state = 'lost' where id = 'd-1'", "dispute d-1 about 3000 is lost with outcome/reason/debit //0 and no time",
	},
	"a bill from another account": {
		"update postings set source = 'cash' where id = 1",
		"posting 1 moves 10000 from cash to customer_receivable as invoice without dispute",
	},
	"a payment from another account": {
		"update postings set source = 'merchant_payable' where id = 2",
		"posting 2 moves 6000 from merchant_payable to cash as payment without dispute",
	},
	"a chargeback to another account": {
		"update postings set destination = 'cash' where dispute_id = 'd-2' and source = 'customer_refund'",
		"posting 9 moves 3000 from customer_refund to cash as chargeback of dispute d-2",
	},
	"an amount below 0 the other way round": {
		"update postings set amount = -amount, source = destination, destination = source where id = 1",
		"posting 1 moves -10000 from customer_receivable to merchant_payable as invoice without dispute",
	},
	"a chargeback of no dispute": {
		"update postings set dispute_id = null where id = 9",
		"posting 9 moves 3000 from customer_refund to merchant_payable as chargeback without dispute",
	},
	"a settlement of another kind": {
		"update postings set movement = 'agreed_refund' where id = 9",
		"posting 9 moves 3000 from customer_refund as agreed_refund on invoice i-2, which does not match the settlement of dispute d-2",
	},
	"a settlement at another time": {
		"update postings set at = @ where id = 9",
		"posting 9 moves 3000 from customer_refund as chargeback on invoice i-2, which does not match the settlement of dispute d-2",
	},
	"a settlement on another invoice": {
		"update postings set invoice_id = 'i-1' where id = 9",
		"posting 9 moves 3000 from customer_refund as chargeback on invoice i-1, which does not match the settlement of dispute d-2",
	},
	"a settlement of no dispute": {
		"update postings set dispute_id = 'd-404' where id = 9",
		"posting 9 moves 3000 from customer_refund as chargeback on invoice i-2, which does not match the settlement of dispute d-404",
	},
	"a dispute in another currency": {
		"update disputes set currency = 'SEK' where id = 'd-1'", "dispute d-1 is in SEK, but its invoice i-1 is in EUR",
	},
	"a posting in another currency": {
		"update postings set currency = 'SEK' where id = 1", "posting 1 is in SEK, but its invoice i-1 is in EUR",
	},
	"a lost case": {"delete from cases where dispute_id = 'd-2'", "the case of dispute d-2 is missing, or has no dispute"},
	"a case of another order": {
		"update cases set order_id = 'order-2' where dispute_id = 'd-1'",
		"the case of dispute d-1 is about something else: merchant, customer, order, invoice, amount, reason or calendar",
	},
	"a case that nobody was told": {
		"update cases set state = 'ARBITRATION_PENDING', waiting_for = 'statement' where dispute_id = 'd-2'",
		"the case of dispute d-2 is ARBITRATION_PENDING, waiting for statement, LOST, but the dispute was closed: LOST",
	},
	"a case that was told otherwise": {
		"update cases set state = 'ARBITRATION_PENDING', waiting_for = 'statement' where dispute_id = 'd-1'",
		"the case of dispute d-1 is ARBITRATION_PENDING, waiting for statement, but the last message said otherwise: PRE_ARBITRATION, waiting for agreement (or another deadline)",
	},
	"a case with another deadline": {
		"update cases set deadline = null where dispute_id = 'd-1'",
		"the case of dispute d-1 is PRE_ARBITRATION, waiting for agreement, but the last message said otherwise: PRE_ARBITRATION, waiting for agreement (or another deadline)",
	},
	"a case of another's turn": {
		"update cases set turn = 'customer' where dispute_id = 'd-1'",
		"the case of dispute d-1 says that it is the turn of the customer, but the last word was told to the merchant",
	},
	"a case of the turn of nobody's word": {
		"update cases set turn = 'customer' where dispute_id = 'd-2'",
		"the case of dispute d-2 says that it is the turn of the customer, but nothing was said",
	},
	"a lost receipt": {
		"delete from messages", "the case of dispute d-1 is PRE_ARBITRATION, waiting for agreement, but no message said so",
	},
	"a posting on no invoice": {
		"update postings set invoice_id = 'i-404' where id = 1", "posting 1 is in EUR, but its invoice i-404 does not exist",
	},
}

// unprotected removes what would refuse the corruptions.
var unprotected = map[string][]string{
	"SQLite": {
		"pragma foreign_keys = off", "pragma ignore_check_constraints = on",
		"drop index one_open_dispute_per_invoice", "drop index one_posting_per_dispute_and_source",
		"drop trigger postings_are_never_changed", "drop trigger postings_are_never_deleted",
		"drop trigger closed_disputes_are_never_changed", "drop trigger disputes_are_never_deleted",
		"drop trigger posting_settles_its_dispute", "drop trigger invoices_in_dispute_keep_their_terms",
		"drop trigger dispute_has_a_case", "drop trigger message_moves_its_case", "drop trigger settlement_closes_its_case", "drop trigger word_turns_its_case",
		"drop trigger erasures_are_never_deleted",
		"drop trigger events_are_never_changed", "drop trigger events_are_never_deleted", "drop trigger opening_is_told",
		"drop trigger closing_is_told", "drop trigger message_is_told", "drop trigger posting_is_told",
	},
	"PostgreSQL": {
		markDirty,
		"drop index one_open_dispute_per_invoice", "drop index one_posting_per_dispute_and_source",
		"alter table postings disable trigger all", "alter table disputes disable trigger all", "alter table invoices disable trigger all",
		"alter table invoices drop constraint invoice_is_sound", "alter table disputes drop constraint dispute_is_sound",
		"alter table messages disable trigger all", "alter table cases drop constraint closed_waits_for_nothing",
		"alter table postings drop constraint posting_is_sound", "alter table postings alter column id set generated by default",
		"alter table erasures disable trigger all", "alter table files drop constraint purpose_of_its_party",
		"alter table events disable trigger all", "alter table events alter column id set generated by default",
	},
}

// keep saves and restore restores the tables that the corruptions change.
var (
	keep = []string{
		"create table kept_invoices as select * from invoices", "create table kept_disputes as select * from disputes",
		"create table kept_postings as select * from postings", "create table kept_cases as select * from cases",
		"create table kept_messages as select * from messages", "create table kept_events as select * from events",
	}
	restore = []string{
		"delete from events", "delete from files", "delete from erasures", "delete from messages", "delete from cases", "delete from postings", "delete from disputes", "delete from invoices", "insert into invoices select * from kept_invoices",
		"insert into disputes select * from kept_disputes", "insert into postings select * from kept_postings",
		"insert into cases select * from kept_cases", "insert into messages select * from kept_messages",
		"insert into events select * from kept_events",
	}
)

// All protection is off, as for a bad disk or a person with a database tool.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := checked(t, db)
		execute(t, l, unprotected[db.name]...)
		execute(t, l, keep...)
		all := maps.Clone(corruptions)
		maps.Copy(all, eventCorruptions)
		for name, c := range all {
			requireSound(t, l)
			execute(t, l, timed(c.plant))
			report, err := l.Check(t.Context())
			require.NoError(t, err, name)
			require.True(t, slices.ContainsFunc(report.Findings, func(finding string) bool { return strings.HasSuffix(finding, c.want) }), "%s: %s", name, report.Findings)
			execute(t, l, restore...)
		}
	})
}

// checked is a ledger with an invoice in dispute (i-1, d-1), one charged back (i-2, d-2), one paid (i-3)
// and one open (i-4).
func checked(t *testing.T, db database) *ledger.Ledger {
	t.Helper()
	l := db.paused(t, 6000, 3000)
	imported(t, l, invoice("i-2", eur(10000), 6000), invoice("i-3", eur(500), 500), invoice("i-4", eur(500), 0))
	_, err := l.Pause(t.Context(), pauseOf("d-2", "i-2", eur(7000)))
	require.NoError(t, err)
	_, err = l.Settle(t.Context(), settleOf("d-2", lost(7000)))
	require.NoError(t, err)
	saved(t, l, told(t, dispute.OccasionOpened, 1, monday))
	_, err = l.Book(t.Context(), ledger.MovementPayment, booking("p-1", "i-4", eur(150)))
	require.NoError(t, err)
	_, err = l.Book(t.Context(), ledger.MovementPaymentReturn, booking("p-1", "i-4", eur(50)))
	require.NoError(t, err)
	_, err = l.Book(t.Context(), ledger.MovementCreditNote, booking("p-1", "i-4", eur(20)))
	require.NoError(t, err)
	return l
}

// Disputes go on during a check: it sees all of them as they were when it began.
func TestCheckSeesOneInstant(t *testing.T) {
	t.Parallel()
	ledgerURL := postgresURL(t)
	direct := openAt(t, ledgerURL)
	imported(t, direct, invoice("i-1", eur(10000), 6000))
	_, err := direct.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
	require.NoError(t, err)
	before, err := direct.Invoice(t.Context(), "i-1")
	require.NoError(t, err)
	proxied := openWithHook(t, ledgerURL, "group by account, currency", func(ctx context.Context) error {
		_, err := direct.Settle(ctx, settleOf("d-1", lost(7000)))
		return err
	})
	report, err := proxied.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, 1, report.OpenDisputes)
	require.Equal(t, ledger.Totals(before.Postings), report.Totals)
	requireSound(t, direct)
}

// A settlement fails on an invoice that is no longer paused because the database was changed by other means.
func TestSettleNeedsThePausedInvoice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := checked(t, db)
		execute(t, l, unprotected[db.name]...)
		execute(t, l, "update invoices set state = 'open' where id = 'i-1'")
		before := dump(t, l)
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
		require.EqualError(t, err, "settle dispute d-1: its invoice i-1 is open, not paused: "+
			"the database was changed by other means; run `starter ledger check`")
		require.Equal(t, before, dump(t, l))
	})
}

func TestCheckCounts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		report, err := checked(t, db).Check(t.Context())
		require.NoError(t, err)
		require.Equal(t, ledger.Report{
			Merchants: 2, Invoices: 4, OpenDisputes: 1, ClosedDisputes: 1, Postings: 12, Findings: []string{},
			Totals: []ledger.Total{
				{Account: ledger.AccountCash, Currency: "EUR", Debit: 12650, Credit: 50},
				{Account: ledger.AccountCustomerReceivable, Currency: "EUR", Debit: 21050, Credit: 16670},
				{Account: ledger.AccountCustomerRefund, Currency: "EUR", Credit: 3000},
				{Account: ledger.AccountMerchantPayable, Currency: "EUR", Debit: 7020, Credit: 21000},
			},
		}, report)
	})
}
