package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Book books a payment, a return of a payment, or a credit note (MovementPayment, MovementPaymentReturn or
// MovementCreditNote), at any time, also while the invoice is in dispute: it changes no due date and ends no dispute. The
// same booking under the same reference again gets the recorded posting.
//
// Book refuses with CodeBookingRefused what is not valid, another amount under the same reference, an unknown invoice,
// another currency, a return of more than was paid, and a credit note about more than the merchant still has of the
// invoice. A payment of more than is outstanding is booked: the customer is owed the rest back.
func (l *Ledger) Book(ctx context.Context, movement Movement, in dispute.Booking) (posting Posting, err error) {
	if err := in.Validate(); err != nil {
		return Posting{}, err
	}
	err = l.lock(ctx, fmt.Sprintf("book %s %s", movement, in.Reference), func(tx *transaction) error {
		var faults dispute.Faults
		posting, _, faults, err = book(ctx, tx, movement, in, now())
		if err == nil {
			err = dispute.RefuseFaults(dispute.CodeBookingRefused, faults, "this cannot be booked")
		}
		return err
	})
	if err != nil {
		return Posting{}, err
	}
	return posting, nil
}

// book books within a transaction and reports whether the booking is new.
func book(ctx context.Context, tx *transaction, movement Movement, in dispute.Booking, at time.Time) (p Posting, booked bool, faults dispute.Faults, err error) {
	p, found, err := first(ctx, tx, scanPosting, `select `+postingColumns+` from postings 
		where invoice_id = $1 and movement = $2 and reference = $3`, in.InvoiceID, movement, in.Reference)
	switch {
	case err != nil:
		return p, false, nil, err
	case found && p.Amount != in.Amount:
		faults.Add("reference", "was booked before with another amount, %s; each %s on an invoice needs a reference of its own", p.Amount, movement)
		return p, false, faults, nil
	case found:
		return p, false, nil, nil
	}
	invoice, known, err := lockInvoice(ctx, tx, in.InvoiceID)
	if err != nil {
		return p, false, nil, err
	}
	if !known {
		faults.Add("invoiceId", "the ledger has no such invoice")
		return p, false, faults, nil
	}
	if invoice.apply(&faults, movement, in.Amount); len(faults) > 0 {
		return p, false, faults, nil
	}
	invoice.rebalance(at)
	invoice.save(tx)
	p = Posting{Movement: movement, Amount: in.Amount, InvoiceID: in.InvoiceID, Reference: in.Reference, At: at}
	p.Source, p.Destination = accountsOf[movement].source, accountsOf[movement].destination
	err = tx.QueryRowContext(ctx, insertPosting+` returning id`, p.columns()...).Scan(&p.ID)
	return p, err == nil, nil, err
}

// accountsOf are the accounts between which the reported movements move money.
var accountsOf = map[Movement]struct{ source, destination Account }{
	MovementPayment:       {AccountCustomerReceivable, AccountCash},
	MovementPaymentReturn: {AccountCash, AccountCustomerReceivable},
	MovementCreditNote:    {AccountCustomerReceivable, AccountMerchantPayable},
}

// apply adds a booking to the amounts of the invoice, or adds the faults why it does not fit.
func (i *Invoice) apply(faults *dispute.Faults, movement Movement, amount dispute.Money) {
	if amount.Currency != i.Amount.Currency {
		faults.Add("amount.currency", "must be %s, the currency of the invoice", i.Amount.Currency)
		return
	}
	switch undebited := i.balance().Undebited(); movement {
	case MovementPayment:
		if i.Paid += amount.Amount; i.Paid > dispute.MaxAmount {
			faults.Add("amount.amount", "is too much: with it, more than %d would be paid of the invoice", int64(dispute.MaxAmount))
		}
	case MovementPaymentReturn:
		if i.Paid -= amount.Amount; i.Paid < 0 {
			faults.Add("amount.amount", "is too much: %s was paid of the invoice and not returned", i.money(i.Paid+amount.Amount))
		}
	case MovementCreditNote:
		if i.CreditNotes += amount.Amount; amount.Amount > undebited {
			faults.Add("amount.amount", "is too much: disputes and credit notes have left %s of the invoice to give up", i.money(undebited))
		}
	case MovementInvoice, MovementChargeback, MovementAgreedRefund:
		faults.Add("", "%s is not reported; reported are payments, their returns and credit notes", movement)
	}
}
