package ledger_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// moneyModel is one invoice as plain arithmetic: what the ledger must say after any sequence of events.
type moneyModel struct {
	amount, importedPaid, paid      int64
	creditNotes, credited, refunded int64
	wonByMerchant                   int64
	billedDue, due                  time.Time
	references                      map[ledger.Movement]map[string]int64

	// The open dispute, if disputed is more than 0.
	disputed, creditNotesBefore int64
	daysLeft                    int
}

func (m *moneyModel) debited() int64 { return m.creditNotes + m.credited + m.refunded }
func (m *moneyModel) owes() int64    { return m.amount - m.paid - m.creditNotes - m.credited }
func (m *moneyModel) left() int64    { return max(0, m.amount-m.debited()-m.wonByMerchant) }

// imports reports whether an import of these terms is taken.
func (m *moneyModel) imports(amount, paid int64, due time.Time) bool {
	total := m.paid - m.importedPaid + paid
	if m.disputed > 0 && (amount != m.amount || !due.Equal(m.billedDue)) || amount < m.debited() || total < 0 {
		return false
	}
	if !due.Equal(m.billedDue) {
		m.billedDue, m.due = due, due
	}
	m.amount, m.importedPaid, m.paid = amount, paid, total
	return true
}

// books reports whether a booking is taken.
func (m *moneyModel) books(movement ledger.Movement, reference string, amount int64) bool {
	if before, known := m.references[movement][reference]; known {
		return before == amount
	}
	switch movement {
	case ledger.MovementPayment:
		m.paid += amount
	case ledger.MovementPaymentReturn:
		if amount > m.paid {
			return false
		}
		m.paid -= amount
	default:
		if amount > m.amount-m.debited() {
			return false
		}
		m.creditNotes += amount
	}
	m.references[movement][reference] = amount
	return true
}

// pauses reports whether a dispute about an amount is taken.
func (m *moneyModel) pauses(amount int64, today time.Time) bool {
	if m.disputed > 0 || amount > m.left() {
		return false
	}
	m.disputed, m.creditNotesBefore = amount, m.creditNotes
	m.daysLeft = max(0, int(m.due.Sub(today).Hours()/24))
	return true
}

// settles returns what a settlement answers.
func (m *moneyModel) settles(reason dispute.ClosingReason, refund int64, today time.Time) activities.Settled {
	creditedSince := min(m.disputed, m.creditNotes-m.creditNotesBefore)
	var debit, already int64
	switch reason {
	case dispute.ClosedLossAccepted, dispute.ClosedMerchantSilent, dispute.ClosedNoInformation, dispute.ClosedForCustomer:
		debit, already = m.disputed-creditedSince, creditedSince
	case dispute.ClosedForMerchant, dispute.ClosedNotJustified, dispute.ClosedNotSubstantiated:
		m.wonByMerchant += m.disputed - creditedSince
		already = creditedSince
	case dispute.ClosedByAgreement:
		debit = min(refund, m.amount-m.debited())
		already = refund - debit
	}
	off := min(debit, max(0, m.owes()))
	m.credited, m.refunded, m.disputed = m.credited+off, m.refunded+debit-off, 0
	m.due = today.AddDate(0, 0, max(5, m.daysLeft))
	answer := activities.Settled{
		Credited: off, Refunded: debit - off, AlreadyCredited: already, Outstanding: max(0, m.owes()), OwedBack: max(0, -m.owes()),
	}
	if answer.Outstanding > 0 {
		answer.NewDueDate = m.due.Format(time.DateOnly)
	}
	return answer
}

// compare wants the ledger's invoice to be that of the model, to the unit.
func (m *moneyModel) compare(t require.TestingT, got ledger.Invoice, trace []string) {
	state, due := ledger.InvoiceOpen, m.due.Format(time.DateOnly)
	switch {
	case m.disputed > 0:
		state, due = ledger.InvoicePaused, ""
	case m.owes() <= 0:
		state, due = ledger.InvoiceSettled, ""
	}
	require.Equal(t,
		[]any{state, due, m.amount, m.paid, m.creditNotes, m.credited, m.refunded, max(0, m.owes()), max(0, -m.owes()), m.left()},
		[]any{
			got.State, got.DueDate, got.Amount.Amount, got.Paid, got.CreditNotes, got.Credited, got.Refunded,
			got.Outstanding, got.OwedBack, got.Left,
		}, trace)
	// What the customer has paid and still has to pay, less what goes back, is what the merchant keeps: nobody is charged
	// for what was paid, and nothing goes back twice.
	kept := got.Paid + got.Outstanding - got.OwedBack - got.Refunded
	require.Equal(t, m.amount-m.debited(), kept, trace)
	require.GreaterOrEqual(t, kept, int64(0), trace)
	requireBooks(t, got, trace)
}

// requireBooks wants the balances of the accounts to be what the invoice says.
func requireBooks(t require.TestingT, got ledger.Invoice, trace []string) {
	balances := map[ledger.Account]int64{}
	for _, p := range got.Postings {
		balances[p.Destination] += p.Amount.Amount
		balances[p.Source] -= p.Amount.Amount
	}
	require.Equal(t, []int64{
		got.Outstanding - got.OwedBack, got.Paid, -got.Refunded, -(got.Amount.Amount - got.CreditNotes - got.Credited - got.Refunded),
	}, []int64{
		balances[ledger.AccountCustomerReceivable], balances[ledger.AccountCash],
		balances[ledger.AccountCustomerRefund], balances[ledger.AccountMerchantPayable],
	}, trace)
}
