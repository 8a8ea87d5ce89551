package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

func TestImportBooksInvoices(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		in := dispute.Import{
			Merchants: merchants,
			Invoices:  []dispute.Invoice{invoice("i-1", eur(10000), 6000), invoice("i-2", eur(500), 500), invoice("i-3", eur(700), 0)},
		}
		counts, err := l.Import(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, ledger.Imported{Merchants: ledger.Counts{New: 2}, Invoices: ledger.Counts{New: 3}}, counts)

		merchant, err := l.Merchant(t.Context(), "m-1")
		require.NoError(t, err)
		require.Equal(t, merchants[0], merchant)
		got, err := l.Invoice(t.Context(), "i-2")
		require.NoError(t, err)
		require.Equal(t, ledger.InvoiceSettled, got.State)
		require.Empty(t, got.DueDate)
		got, err = l.Invoice(t.Context(), "i-3")
		require.NoError(t, err)
		require.Equal(t, ledger.InvoiceOpen, got.State)
		require.Equal(t, "2026-12-21", got.DueDate)

		report, err := l.Check(t.Context())
		require.NoError(t, err)
		require.Equal(t, ledger.Report{
			Merchants: 2, Invoices: 3, Postings: 5, Findings: []string{},
			Totals: []ledger.Total{
				{Account: ledger.AccountCash, Currency: "EUR", Debit: 6500},
				{Account: ledger.AccountCustomerReceivable, Currency: "EUR", Debit: 11200, Credit: 6500},
				{Account: ledger.AccountMerchantPayable, Currency: "EUR", Credit: 11200},
			},
		}, report)
	})
}

func TestRepeatedImportChangesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		in := dispute.Import{Merchants: merchants, Invoices: []dispute.Invoice{invoice("i-1", eur(10000), 6000), invoice("i-1", eur(10000), 6000)}}
		counts, err := l.Import(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, ledger.Counts{New: 1, Unchanged: 1}, counts.Invoices, "the same twice in one file is one")
		unchanged := ledger.Imported{Merchants: ledger.Counts{Unchanged: 2}, Invoices: ledger.Counts{Unchanged: 2}}

		for step, do := range []func() error{
			func() error { return nil },
			func() error { _, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(3000))); return err },
			func() error { _, err := l.Settle(t.Context(), settleOf("d-1", lost(3000))); return err },
		} {
			require.NoError(t, do())
			before := dump(t, l)
			counts, err := l.Import(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, unchanged, counts)
			require.Equal(t, before, dump(t, l), fmt.Sprint("after step ", step))
		}
	})
}

func TestImportChangesWhatMayChange(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 6000))
		renamed := dispute.Merchant{ID: "m-1", Name: "Lampenladen Süd", Email: "neu@lampenladen.example", Locale: "en"}
		changed := invoice("i-1", eur(9000), 6500)
		changed.DueDate = "2027-03-01"
		counts, err := l.Import(t.Context(), dispute.Import{Merchants: []dispute.Merchant{renamed}, Invoices: []dispute.Invoice{changed}})
		require.NoError(t, err)
		require.Equal(t, ledger.Imported{Merchants: ledger.Counts{Changed: 1}, Invoices: ledger.Counts{Changed: 1}}, counts)

		merchant, err := l.Merchant(t.Context(), "m-1")
		require.NoError(t, err)
		require.Equal(t, renamed, merchant)
		got, err := l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Equal(t, []any{eur(9000), int64(6500), int64(2500), "2027-03-01"}, []any{got.Amount, got.Paid, got.Outstanding, got.DueDate})
		require.Equal(t, []string{
			"invoice merchant_payable→customer_receivable 100.00 EUR", "payment customer_receivable→cash 60.00 EUR",
			"invoice customer_receivable→merchant_payable 10.00 EUR", "payment customer_receivable→cash 5.00 EUR",
		}, lines(got.Postings))

		back := invoice("i-1", eur(9000), 0)
		back.DueDate = "2027-03-01"
		imported(t, l, back)
		got, err = l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Equal(t, []string{"payment cash→customer_receivable 65.00 EUR"}, lines(got.Postings[4:]))
		requireSound(t, l)
	})
}

func lines(postings []ledger.Posting) []string {
	all := make([]string, len(postings))
	for i, p := range postings {
		all[i] = fmt.Sprintf("%s %s→%s %s", p.Movement, p.Source, p.Destination, p.Amount)
	}
	return all
}

func TestImportKeepsTheDueDateOfASettlement(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
		require.NoError(t, err)
		dueAfter := func(change dispute.Invoice) string {
			imported(t, l, change)
			requireSound(t, l)
			got, err := l.Invoice(t.Context(), "i-1")
			require.NoError(t, err)
			return got.DueDate
		}
		require.Equal(t, "2027-01-11", dueAfter(invoice("i-1", eur(10000), 6000)), "a payment does not move it")
		require.Empty(t, dueAfter(invoice("i-1", eur(10000), 7000)), "paid in full")
		require.Equal(t, "2027-01-11", dueAfter(invoice("i-1", eur(10000), 6900)), "the payment was taken back")
		moved := invoice("i-1", eur(10000), 6900)
		moved.DueDate = "2027-02-01"
		require.Equal(t, "2027-02-01", dueAfter(moved))
	})
}

func TestImportListsAllFaults(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 6000), invoice("i-2", eur(10000), 6000), invoice("i-3", eur(10000), 0))
		for id, of := range map[string]string{"d-1": "i-1", "d-2": "i-2"} {
			_, err := l.Pause(t.Context(), pauseOf(id, of, eur(7000)))
			require.NoError(t, err)
		}
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(7000))) // i-1: credited 40.00, refunded 30.00
		require.NoError(t, err)
		before := dump(t, l)

		stranger := invoice("i-1", dispute.Money{Amount: 10000, Currency: "SEK"}, 6000)
		stranger.OrderID, stranger.MerchantID, stranger.CustomerID = "o", "m-2", "c"
		nobodys := invoice("i-5", eur(100), 0)
		nobodys.MerchantID = "m-404"
		in := dispute.Import{
			Merchants: []dispute.Merchant{merchants[0], {ID: "m-1", Name: "Other", Email: "a@b.example"}, {ID: "m-3", Name: "New", Email: "a@b.example"}},
			Invoices: []dispute.Invoice{
				stranger,                             // 0: no field of these ever changes
				invoice("i-2", eur(10001), 6001),     // 1: in dispute
				nobodys,                              // 2
				invoice("i-6", eur(100), 101),        // 3: fine, 1 is owed back
				invoice("i-7", eur(100), 0),          // 4: fine
				invoice("i-7", eur(100), 1),          // 5: not the same
				invoice("i-3", eur(9000), 0),         // 6: fine
				{ID: "i-2", Amount: eur(1), Paid: 2}, // 7: not the same as in 1
			},
		}
		faults := []string{
			"merchants[1]", "invoices[0].orderId", "invoices[0].merchantId", "invoices[0].customerId", "invoices[0].amount.currency",
			"invoices[1].amount.amount", "invoices[2].merchantId", "invoices[5]", "invoices[7]",
		}
		_, err = l.ImportAll(t.Context(), in)
		requireFaults(t, err, dispute.CodeInvalidImport, faults...)
		require.ErrorContains(t, err, "invoices[1].amount.amount: cannot change while the invoice is in dispute d-2; ")
		require.Equal(t, before, dump(t, l))

		result, err := l.Import(t.Context(), in)
		requireFaults(t, err, dispute.CodeInvalidImport, faults...)
		require.ErrorContains(t, err, "9 records were refused, all others are imported: ")
		require.Len(t, result.Refused, 9)
		require.Equal(t, ledger.Counts{New: 1, Unchanged: 1}, result.Merchants)
		require.Equal(t, ledger.Counts{New: 2, Changed: 1}, result.Invoices)
		requireSound(t, l)
	})
}

func TestImportRespectsWhatDisputesHaveMoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 7000)
		_, err := l.Settle(t.Context(), settleOf("d-1", lost(7000))) // credited 40.00, refunded 30.00
		require.NoError(t, err)
		before := dump(t, l)
		_, err = l.Import(t.Context(), dispute.Import{Invoices: []dispute.Invoice{invoice("i-1", eur(6999), 3000)}})
		require.EqualError(t, err, "1 records were refused, all others are imported: "+
			"invoices[0].amount.amount: must be at least 7000: disputes and credit notes have debited that much")
		require.Equal(t, before, dump(t, l))
		imported(t, l, invoice("i-1", eur(7000), 3000))
		requireSound(t, l)
	})
}

func TestImportGoesOnListingBeyondTheLastFault(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 100)
		in := dispute.Import{}
		for i := range strict.MaxFaults + 1 {
			in.Invoices = append(in.Invoices, dispute.Invoice{ID: fmt.Sprint("new-", i), MerchantID: "m-404", Amount: eur(1), Paid: 1})
		}
		in.Invoices = append(in.Invoices, invoice("i-1", eur(10000), 1)) // in dispute
		_, err := l.Import(t.Context(), in)
		require.Equal(t, dispute.CodeInvalidImport, dispute.CodeOf(err))
		requireSound(t, l)
	})
}

func TestImportFailsOnContentThatWasNotChecked(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		for _, bad := range []dispute.Invoice{invoice("i-1", eur(0), 0), invoice("i-1", eur(dispute.MaxAmount+1), 0)} {
			_, err := l.Import(t.Context(), dispute.Import{Merchants: merchants, Invoices: []dispute.Invoice{bad}})
			require.ErrorContains(t, err, "import records: insert invoice i-1: ")
		}
		report, err := l.Check(t.Context())
		require.NoError(t, err)
		require.Zero(t, report.Invoices+report.Postings)
	})
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		_, err := l.Invoice(t.Context(), "i-404")
		requireFaults(t, err, dispute.CodeUnknownInvoice)
		_, err = l.Dispute(t.Context(), "d-404")
		requireFaults(t, err, dispute.CodeUnknownDispute)
		_, err = l.Merchant(t.Context(), "m-404")
		requireFaults(t, err, dispute.CodeUnknownMerchant)
	})
}

// Two imports that lock invoices in different orders would deadlock, so the second waits for the first. Both wait for a
// transaction that changes an invoice, even if they do not change it.
func TestImportsWait(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]string{"their turn": "update import_turn set id = id", "an invoice": "update invoices set state = state"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgerURL := postgresURL(t)
			first := openAt(t, ledgerURL)
			imported(t, first, invoice("i-1", eur(100), 0))
			tx, err := first.DB().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { require.NoError(t, tx.Rollback()) }()
			_, err = tx.ExecContext(t.Context(), held)
			require.NoError(t, err)
			second := openAt(t, with(t, ledgerURL, "lock_timeout", "10ms"))
			_, err = second.Import(t.Context(), dispute.Import{Merchants: merchants, Invoices: []dispute.Invoice{invoice("i-1", eur(100), 0)}})
			require.ErrorContains(t, err, "import records: ERROR: canceling statement due to lock timeout")
		})
	}
}

// TestImportWhileInDispute: payments of an invoice in dispute are imported, its terms are not changed.
func TestImportWhileInDispute(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 10000)
		paid := invoice("i-1", eur(10000), 4000)
		paid.DueDate = "" // as it was
		result, err := l.Import(t.Context(), dispute.Import{
			Invoices: []dispute.Invoice{paid}, Payments: []dispute.Booking{booking("p-1", "i-1", eur(6000))},
			PaymentReturns: []dispute.Booking{booking("r-1", "i-1", eur(5000))}, CreditNotes: []dispute.Booking{booking("c-1", "i-1", eur(500))},
		})
		require.NoError(t, err)
		one := ledger.Counts{New: 1}
		require.Equal(t, ledger.Imported{Invoices: ledger.Counts{Changed: 1}, Payments: one, PaymentReturns: one, CreditNotes: one}, result)
		got := requireInvoice(t, l, "i-1")
		require.Equal(t, []int64{5000, 500, 4500}, []int64{got.Paid, got.CreditNotes, got.Outstanding})
		requireSound(t, l)
		before := dump(t, l)
		changed := invoice("i-1", eur(9000), 4000)
		changed.DueDate, changed.CustomerID = "2027-06-01", "c-2"
		_, err = l.Import(t.Context(), dispute.Import{Invoices: []dispute.Invoice{changed}})
		requireFaults(t, err, dispute.CodeInvalidImport, "invoices[0].customerId", "invoices[0].amount.amount", "invoices[0].dueDate")
		require.ErrorContains(t, err, "invoices[0].dueDate: cannot change while the invoice is in dispute d-1; paid can, and credit notes can be booked")
		require.Equal(t, before, dump(t, l))
	})
}

// TestImportSkipsOlderRecords: yesterday's import after today's takes nothing back.
func TestImportSkipsOlderRecords(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		records := func(name string, paid int64, asOf time.Time) dispute.Import {
			merchant, one := merchants[0], invoice("i-1", eur(10000), paid)
			merchant.Name, merchant.AsOf, one.AsOf = name, asOf, asOf
			return dispute.Import{Merchants: []dispute.Merchant{merchant}, Invoices: []dispute.Invoice{one}}
		}
		_, err := l.Import(t.Context(), records("today", 6000, monday))
		require.NoError(t, err)
		before := dump(t, l)
		result, err := l.Import(t.Context(), records("yesterday", 0, monday.AddDate(0, 0, -1)))
		require.NoError(t, err)
		const older = "is skipped: it is older than what is recorded, which is as of 2026-11-23T09:15:00Z"
		require.Equal(t, dispute.Faults{{Path: "merchants[0]", Problem: older}, {Path: "invoices[0]", Problem: older}}, result.Skipped)
		require.Equal(t, before, dump(t, l))
		for name, asOf := range map[string]time.Time{"the same instant": monday, "no instant": {}} {
			_, err = l.Import(t.Context(), records(name, 7000, asOf))
			require.NoError(t, err)
			require.EqualValues(t, 7000, requireInvoice(t, l, "i-1").Paid)
		}
		_, err = l.Import(t.Context(), records("tomorrow", 0, time.Now().Add(time.Hour)))
		requireFaults(t, err, dispute.CodeInvalidImport, "merchants[0].asOf", "invoices[0].asOf")
		result, err = l.Import(t.Context(), records("unchanged", 7000, monday.Add(time.Hour)))
		require.NoError(t, err)
		require.Equal(t, ledger.Counts{Unchanged: 1}, result.Invoices)
		result, err = l.Import(t.Context(), records("older", 0, monday.Add(time.Minute)))
		require.NoError(t, err)
		require.Len(t, result.Skipped, 2, "an unchanged record is newer too")
		requireSound(t, l)
	})
}

// TestImportKeepsWhatWasBookedByReference: what an import says is paid is beside the payments and returns by reference.
func TestImportKeepsWhatWasBookedByReference(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l, invoice("i-1", eur(10000), 6000))
		booked(t, l, ledger.MovementPayment, "p-1", 1500)
		booked(t, l, ledger.MovementPaymentReturn, "r-1", 500)
		for _, step := range []struct{ imported, paid int64 }{{6500, 7500}, {0, 1000}, {9000, 10000}} {
			imported(t, l, invoice("i-1", eur(10000), step.imported))
			got := requireInvoice(t, l, "i-1")
			require.Equal(t, []int64{step.paid, 10000 - step.paid}, []int64{got.Paid, got.Outstanding})
			requireSound(t, l)
		}
	})
}
