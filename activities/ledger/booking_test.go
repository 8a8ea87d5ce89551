package ledger_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// booked books on invoice i-1.
func booked(t require.TestingT, l *ledger.Ledger, movement ledger.Movement, reference string, amount int64) {
	_, err := l.Book(testContext(t), movement, booking(reference, "i-1", eur(amount)))
	require.NoError(t, err)
}

func requireInvoice(t require.TestingT, l *ledger.Ledger, id string) ledger.Invoice {
	got, err := l.Invoice(testContext(t), id)
	require.NoError(t, err)
	return got
}

func TestBook(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0))
		payment, err := l.Book(t.Context(), ledger.MovementPayment, booking("p-1", "i-1", eur(9000)))
		require.NoError(t, err)
		booked(t, l, ledger.MovementPaymentReturn, "p-1", 2000)
		booked(t, l, ledger.MovementCreditNote, "p-1", 1000)
		got := requireInvoice(t, l, "i-1")
		require.Equal(t, []int64{7000, 1000, 2000, 0, 9000}, []int64{got.Paid, got.CreditNotes, got.Outstanding, got.OwedBack, got.Left})
		require.Equal(t, payment, got.Postings[1])
		require.Equal(t, []string{
			"invoice merchant_payable→customer_receivable 100.00 EUR", "payment customer_receivable→cash 90.00 EUR",
			"payment_return cash→customer_receivable 20.00 EUR", "credit_note customer_receivable→merchant_payable 10.00 EUR",
		}, lines(got.Postings))
		requireSound(t, l)

		before := dump(t, l)
		again, err := l.Book(t.Context(), ledger.MovementPayment, booking("p-1", "i-1", eur(9000)))
		require.NoError(t, err)
		require.Equal(t, payment, again)
		imported(t, l, invoice("i-1", eur(10000), 0))
		require.Equal(t, before, dump(t, l), "an import again takes no payment back")
	})
}

// TestBookOverpayment: more than is outstanding is booked and owed back, until it is paid out.
func TestBookOverpayment(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0))
		booked(t, l, ledger.MovementPayment, "p-1", 12500)
		got := requireInvoice(t, l, "i-1")
		require.Equal(t, []any{ledger.InvoiceSettled, int64(0), int64(2500), ""}, []any{got.State, got.Outstanding, got.OwedBack, got.DueDate})
		booked(t, l, ledger.MovementPaymentReturn, "paid out", 2500)
		got = requireInvoice(t, l, "i-1")
		require.Equal(t, []any{ledger.InvoiceSettled, int64(0), int64(0)}, []any{got.State, got.Outstanding, got.OwedBack})
		booked(t, l, ledger.MovementPaymentReturn, "no cover", 10000)
		got = requireInvoice(t, l, "i-1")
		require.Equal(t, []any{ledger.InvoiceOpen, int64(10000), "2026-12-21"}, []any{got.State, got.Outstanding, got.DueDate}, "due when it was")
		requireSound(t, l)
	})
}

func TestBookRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 10000))
		booked(t, l, ledger.MovementPayment, "p-1", 5000)
		before := dump(t, l)
		for name, test := range map[string]struct {
			movement ledger.Movement
			in       dispute.Booking
			path     string
		}{
			"nothing":                   {ledger.MovementPayment, booking("p-2", "i-1", eur(0)), "amount.amount"},
			"less than nothing":         {ledger.MovementPayment, booking("p-2", "i-1", eur(-1)), "amount.amount"},
			"without reference":         {ledger.MovementPayment, booking("", "i-1", eur(1)), "reference"},
			"another currency":          {ledger.MovementPayment, booking("p-2", "i-1", dispute.Money{Amount: 1, Currency: "SEK"}), "amount.currency"},
			"an unknown invoice":        {ledger.MovementPayment, booking("p-2", "i-404", eur(1)), "invoiceId"},
			"other amount":              {ledger.MovementPayment, booking("p-1", "i-1", eur(4999)), "reference"},
			"a payment beyond counting": {ledger.MovementPayment, booking("p-2", "i-1", eur(dispute.MaxAmount)), "amount.amount"},
			"a return of more":          {ledger.MovementPaymentReturn, booking("p-1", "i-1", eur(5001)), "amount.amount"},
			"a credit note about more":  {ledger.MovementCreditNote, booking("p-1", "i-1", eur(10001)), "amount.amount"},
		} {
			_, err := l.Book(t.Context(), test.movement, test.in)
			requireFaults(t, err, dispute.CodeBookingRefused, test.path)
			require.Equal(t, before, dump(t, l), name)
		}
		_, err := l.Book(t.Context(), ledger.MovementPayment, booking("p-1", "i-1", eur(4999)))
		require.EqualError(t, err, "this cannot be booked: reference: was booked before with another amount, 50.00 EUR; "+
			"each payment on an invoice needs a reference of its own")
	})
}

// TestReferencesOfAnInvoice: two merchants number their credit notes alike, and one transfer can pay two invoices.
func TestReferencesOfAnInvoice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 0), invoice("i-2", eur(10000), 0))
		for _, movement := range []ledger.Movement{ledger.MovementPayment, ledger.MovementPaymentReturn, ledger.MovementCreditNote} {
			one, err := l.Book(t.Context(), movement, booking("GS-1", "i-1", eur(1000)))
			require.NoError(t, err)
			other, err := l.Book(t.Context(), movement, booking("GS-1", "i-2", eur(2000)))
			require.NoError(t, err)
			require.NotEqual(t, one.ID, other.ID)
		}
		in := dispute.Import{CreditNotes: []dispute.Booking{booking("GS-1", "i-1", eur(1000)), booking("GS-2", "i-1", eur(1)), booking("GS-2", "i-2", eur(2))}}
		counts, err := l.Import(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, ledger.Counts{New: 2, Unchanged: 1}, counts.CreditNotes)
		require.Equal(t, []int64{1001, 2002}, []int64{requireInvoice(t, l, "i-1").CreditNotes, requireInvoice(t, l, "i-2").CreditNotes})
		requireSound(t, l)
	})
}

// TestBookOnceAtOnce: the same payment, reported by several at the same moment, is booked once.
func TestBookOnceAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l, invoice("i-1", eur(10000), 0))
		answers, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (ledger.Posting, error) {
			return l.Book(t.Context(), ledger.MovementPayment, booking([]string{"p-1", "p-2"}[n%2], "i-1", eur(100)))
		})
		for n, err := range errs {
			require.NoError(t, err)
			require.Equal(t, answers[n%2], answers[n])
		}
		require.EqualValues(t, 200, requireInvoice(t, l, "i-1").Paid)
		requireSound(t, l)
	})
}

// duringDispute is what comes in on an invoice of 100.00 EUR while a dispute waits, how the dispute ends, and what is
// then credited, refunded, outstanding and owed back.
var duringDispute = map[string]struct {
	paid, disputed int64
	movements      map[ledger.Movement]int64
	decision       dispute.Decision
	want           [4]int64
}{
	"paid, lost":                     {0, 10000, map[ledger.Movement]int64{ledger.MovementPayment: 10000}, lost(10000), [4]int64{0, 10000, 0, 0}},
	"paid, agreed refund":            {0, 10000, map[ledger.Movement]int64{ledger.MovementPayment: 10000}, agreed(3000), [4]int64{0, 3000, 0, 0}},
	"paid in part, agreed refund":    {0, 10000, map[ledger.Movement]int64{ledger.MovementPayment: 8000}, agreed(3000), [4]int64{2000, 1000, 0, 0}},
	"paid, won":                      {0, 10000, map[ledger.Movement]int64{ledger.MovementPayment: 10000}, won(), [4]int64{0, 0, 0, 0}},
	"paid too much, lost":            {0, 10000, map[ledger.Movement]int64{ledger.MovementPayment: 12000}, lost(10000), [4]int64{0, 10000, 0, 2000}},
	"returned, lost":                 {10000, 10000, map[ledger.Movement]int64{ledger.MovementPaymentReturn: 10000}, lost(10000), [4]int64{10000, 0, 0, 0}},
	"returned, won":                  {10000, 10000, map[ledger.Movement]int64{ledger.MovementPaymentReturn: 10000}, won(), [4]int64{0, 0, 10000, 0}},
	"credit note of all, lost":       {0, 10000, map[ledger.Movement]int64{ledger.MovementCreditNote: 10000}, lost(10000), [4]int64{0, 0, 0, 0}},
	"credit note of all, paid, lost": {10000, 10000, map[ledger.Movement]int64{ledger.MovementCreditNote: 10000}, lost(10000), [4]int64{0, 0, 0, 10000}},
	"credit note of a part, lost":    {0, 7000, map[ledger.Movement]int64{ledger.MovementCreditNote: 2000}, lost(7000), [4]int64{5000, 0, 3000, 0}},
	"credit note above, lost":        {0, 7000, map[ledger.Movement]int64{ledger.MovementCreditNote: 9000}, lost(7000), [4]int64{0, 0, 1000, 0}},
	"credit note, agreed refund":     {0, 7000, map[ledger.Movement]int64{ledger.MovementCreditNote: 9000}, agreed(3000), [4]int64{1000, 0, 0, 0}},
	"the example of the package":     {6000, 7000, map[ledger.Movement]int64{ledger.MovementPayment: 4000, ledger.MovementCreditNote: 2000}, lost(7000), [4]int64{0, 5000, 0, 2000}},
	"credit note, cancelled":         {0, 7000, map[ledger.Movement]int64{ledger.MovementCreditNote: 9000}, dispute.Decide(dispute.ClosedByOperator, eur(1), nil), [4]int64{0, 0, 1000, 0}},
}

func agreed(amount int64) dispute.Decision {
	refund := eur(amount)
	return dispute.Decide(dispute.ClosedByAgreement, eur(amount), &refund)
}

// TestMoneyMovesOnWhileADisputeWaits: the settlement works on what is open then.
func TestMoneyMovesOnWhileADisputeWaits(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range duringDispute {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := db.paused(t, c.paid, c.disputed)
				for movement, amount := range c.movements {
					booked(t, l, movement, "r-1", amount)
				}
				got := requireInvoice(t, l, "i-1")
				require.Equal(t, []any{ledger.InvoicePaused, "d-1", ""}, []any{got.State, got.DisputeID, got.DueDate})
				requireSound(t, l)
				answer, err := l.Settle(t.Context(), settleOf("d-1", c.decision))
				require.NoError(t, err)
				require.Equal(t, c.want, [4]int64{answer.Credited, answer.Refunded, answer.Outstanding, answer.OwedBack})
				due := ""
				if answer.Outstanding > 0 {
					due = "2027-01-11"
				}
				require.Equal(t, due, answer.NewDueDate)
				requireSound(t, l)
				again, err := l.Settle(t.Context(), settleOf("d-1", c.decision))
				require.NoError(t, err)
				require.Equal(t, answer, again)
			})
		}
	})
}

// TestCreditNoteBeforeADispute: what was credited before the pause was not disputed. It makes no chargeback smaller, and what
// is decided for the merchant neither.
func TestCreditNoteBeforeADispute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range map[string]struct {
			decision dispute.Decision
			credited int64
		}{
			"lost": {lost(5000), 5000},
			"won":  {won(), 0},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := db.open(t)
				imported(t, l, invoice("i-1", eur(10000), 0))
				booked(t, l, ledger.MovementCreditNote, "before", 3000)
				_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(5000)))
				require.NoError(t, err)
				answer, err := l.Settle(t.Context(), settleOf("d-1", c.decision))
				require.NoError(t, err)
				require.Equal(t, []int64{c.credited, 0, 7000 - c.credited}, []int64{answer.Credited, answer.AlreadyCredited, answer.Outstanding})
				require.EqualValues(t, 2000, requireInvoice(t, l, "i-1").Left)
				requireSound(t, l)
			})
		}
	})
}

// TestCreditNoteDuringAWonDispute: what the merchant has given up by itself is not decided for the merchant as well.
func TestCreditNoteDuringAWonDispute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 7000)
		booked(t, l, ledger.MovementCreditNote, "during", 3000)
		_, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		got := requireInvoice(t, l, "i-1")
		require.Equal(t, []int64{4000, 3000}, []int64{got.DecidedForMerchant, got.Left})
		requireSound(t, l)
	})
}

// TestReturnAfterARefund: the customer has the refund and the returned debit, so the refund is owed; and no second one is
// possible.
func TestReturnAfterARefund(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 10000, 10000)
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(10000)))
		require.NoError(t, err)
		booked(t, l, ledger.MovementPaymentReturn, "no cover", 10000)
		got := requireInvoice(t, l, "i-1")
		require.Equal(t, []any{ledger.InvoiceOpen, int64(10000), int64(10000), int64(0), "2027-01-11"},
			[]any{got.State, got.Refunded, got.Outstanding, got.Left, got.DueDate}, "due as after the settlement")
		_, err = l.Book(t.Context(), ledger.MovementCreditNote, booking("c-1", "i-1", eur(1)))
		requireFaults(t, err, dispute.CodeBookingRefused, "amount.amount")
		requireSound(t, l)
	})
}

// TestBookDuringASettlement: payments and credit notes that come in with the settlement are before it or after it, and the
// books agree.
func TestBookDuringASettlement(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		imported(t, l, invoice("i-1", eur(10000), 0))
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(7000)))
		require.NoError(t, err)
		_, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (any, error) {
			switch n % 4 {
			case 0:
				return l.Settle(t.Context(), settleOf("d-1", lost(7000)))
			case 1:
				return l.Book(t.Context(), ledger.MovementCreditNote, booking(fmt.Sprint("c-", n), "i-1", eur(100)))
			default:
				return l.Book(t.Context(), ledger.MovementPayment, booking(fmt.Sprint("p-", n), "i-1", eur(1000)))
			}
		})
		for _, err := range errs {
			require.NoError(t, err)
		}
		got := requireInvoice(t, l, "i-1")
		require.EqualValues(t, 8000, got.Paid)
		require.EqualValues(t, 400, got.CreditNotes)
		record, err := l.Dispute(t.Context(), "d-1")
		require.NoError(t, err)
		require.EqualValues(t, 7000, got.Credited+got.Refunded+record.Settled.AlreadyCredited)
		requireBooks(t, got, nil)
		requireSound(t, l)
	})
}
