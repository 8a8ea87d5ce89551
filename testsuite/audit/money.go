package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// account is an invoice as plain arithmetic, without the product's own.
type account struct{ amount, paid, creditNotes, credited, refunded int64 }

func (a *account) owes() int64 { return a.amount - a.paid - a.creditNotes - a.credited }
func (a *account) left() int64 { return a.amount - a.creditNotes - a.credited - a.refunded }

// settle debits the merchant by the decision: first what the customer owes less, then what the customer gets back.
func (a *account) settle(decision dispute.Decision, e parties.Ending) {
	debit := int64(0)
	switch {
	case decision.Reason == dispute.ClosedByAgreement:
		debit = min(e.Refund.Amount, a.left())
	case decision.Reason.Outcome() == dispute.OutcomeLost: // all credit notes came during the dispute
		debit = max(0, e.Case.Dispute.DisputedAmount.Amount-a.creditNotes)
	}
	off := min(debit, max(0, a.owes()))
	a.credited, a.refunded = a.credited+off, a.refunded+debit-off
}

// checkMoney does the sums again, in the order of the books: every report that the ledger has taken is booked once, and the
// dispute moves what it has to move of what was open then. So nobody is charged for what was paid, or refunded twice.
func checkMoney(f Fact, e parties.Ending) string {
	want := account{amount: e.Case.Invoice.Amount.Amount}
	expected, imported := reported(e)
	var wrong []string
	var got account // by the postings of the dispute
	settled := false
	for _, p := range f.Invoice.Postings {
		switch name := fmt.Sprint(p.Movement, " ", p.Reference); {
		case p.DisputeID != "":
			if !settled {
				want.settle(f.Record.Decision, e)
				settled = true
			}
			if p.Source == ledger.AccountCustomerReceivable {
				got.credited += p.Amount.Amount
			} else {
				got.refunded += p.Amount.Amount
			}
		case p.Movement == ledger.MovementInvoice:
		case p.Reference == "":
			want.paid += p.Amount.Amount
			imported -= p.Amount.Amount
		case expected[name] != p.Amount.Amount:
			wrong = append(wrong, fmt.Sprintf("%s of %d is booked, and %d reported", name, p.Amount.Amount, expected[name]))
		default:
			delete(expected, name)
			want.book(p.Movement, p.Amount.Amount)
		}
	}
	if !settled {
		want.settle(f.Record.Decision, e)
	}
	wrong = append(wrong, missing(e, want, expected, imported)...)
	slices.Sort(wrong)
	return strings.Join(append(wrong, compare(f.Invoice, want, got)...), "; ")
}

// missing returns what was reported and not booked: the rest of imported payments, the expected postings that were not found,
// and what was refused although there was room for it.
func missing(e parties.Ending, want account, expected map[string]int64, imported int64) (wrong []string) {
	if imported != 0 {
		wrong = append(wrong, fmt.Sprintf("the payments of imports are off by %d", -imported))
	}
	for name, amount := range expected {
		wrong = append(wrong, fmt.Sprintf("%s of %d is not booked", name, amount))
	}
	for _, r := range e.Reports {
		if r.Refused && (r.Movement != ledger.MovementCreditNote || r.Amount <= want.left()) {
			wrong = append(wrong, fmt.Sprintf("%s %s of %d was refused", r.Movement, r.Reference, r.Amount))
		}
	}
	return wrong
}

// reported returns the amounts of what has a reference, by its name, and what imports say is paid besides.
func reported(e parties.Ending) (amounts map[string]int64, imported int64) {
	amounts, imported = map[string]int64{}, e.Case.Invoice.Paid
	for _, r := range e.Reports {
		switch {
		case r.Refused:
		case r.Reference == "":
			imported += r.Amount
		default:
			amounts[fmt.Sprint(r.Movement, " ", r.Reference)] = r.Amount
		}
	}
	return amounts, imported
}

func (a *account) book(movement ledger.Movement, amount int64) {
	switch movement {
	case ledger.MovementPayment:
		a.paid += amount
	case ledger.MovementPaymentReturn:
		a.paid -= amount
	case ledger.MovementCreditNote:
		a.creditNotes += amount
	case ledger.MovementInvoice, ledger.MovementChargeback, ledger.MovementAgreedRefund: // have no reference
	}
}

func compare(i ledger.Invoice, want, posted account) []string {
	state := ledger.InvoiceOpen
	if want.owes() <= 0 {
		state = ledger.InvoiceSettled
	}
	gotten := []any{i.State, i.Outstanding, i.OwedBack, i.Paid, i.CreditNotes, i.Credited, i.Refunded, posted.credited, posted.refunded}
	wanted := []any{
		state, max(0, want.owes()), max(0, -want.owes()), want.paid, want.creditNotes, want.credited, want.refunded, want.credited, want.refunded,
	}
	if slices.Equal(gotten, wanted) {
		return nil
	}
	return []string{fmt.Sprintf("state, outstanding, owed back, paid, credit notes, credited, refunded, and the postings of both are %v instead of %v",
		gotten, wanted)}
}
