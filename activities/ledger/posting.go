package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Account is an account of the books. It has a balance in each currency.
type Account string

// The chart of accounts.
const (
	// AccountCash is the money that customers have paid. It is debited when they pay.
	AccountCash Account = "cash"
	// AccountCustomerReceivable is what customers owe. It is debited when they are billed.
	AccountCustomerReceivable Account = "customer_receivable"
	// AccountCustomerRefund is what is refunded to customers who had paid. It is credited by disputes.
	AccountCustomerRefund Account = "customer_refund"
	// AccountMerchantPayable is what the merchants get. It is credited when their customers are billed.
	AccountMerchantPayable Account = "merchant_payable"
)

// Movement is the reason of a posting.
type Movement string

// The movements.
const (
	// MovementInvoice bills the customer, MovementPayment books what the customer has paid of it. Both are made by imports;
	// one that lowers the amount swaps the accounts.
	MovementInvoice Movement = "invoice"
	MovementPayment Movement = "payment"
	// MovementPaymentReturn takes a payment back, such as a direct debit without cover, or pays an overpayment out.
	// MovementCreditNote books what the merchant gives up of its own accord. Both, and payments that are not part of an
	// import's Invoice, have the reference under which they were reported.
	MovementPaymentReturn Movement = "payment_return"
	MovementCreditNote    Movement = "credit_note"
	// MovementChargeback debits the merchant after a lost dispute, MovementAgreedRefund by agreement.
	MovementChargeback   Movement = "chargeback"
	MovementAgreedRefund Movement = "agreed_refund"
)

// Posting is one line of the books: the source account is credited, the destination debited.
type Posting struct {
	ID          int64    `json:"id"`
	Movement    Movement `json:"movement"`
	Source      Account  `json:"source"`
	Destination Account  `json:"destination"`
	// Amount is more than 0, in the currency of the invoice.
	Amount    dispute.Money `json:"amount"`
	InvoiceID string        `json:"invoiceId"`
	// DisputeID is the dispute that a chargeback or an agreed refund settles. It is empty for other movements.
	DisputeID string `json:"disputeId,omitzero"`
	// Reference names a reported payment, return or credit note. It is empty for other movements.
	Reference string    `json:"reference,omitzero"`
	At        time.Time `json:"at"`
}

// columns are the values of a new posting, in the order of insertPosting.
func (p Posting) columns() []any {
	return []any{
		p.Movement, p.Source, p.Destination, p.Amount.Amount, p.Amount.Currency, p.InvoiceID,
		nullable(p.DisputeID), nullable(p.Reference), instant(p.At),
	}
}

func nullable(text string) sql.NullString {
	return sql.NullString{String: text, Valid: text != ""}
}

// insertPostings are the statements for one and for two postings.
var insertPostings = [...]string{
	1: insertPosting,
	2: insertPosting + `, ($10, $11, $12, $13, $14, $15, $16, $17, $18)`,
}

const insertPosting = `insert into postings (movement, source, destination, amount, currency, invoice_id, dispute_id, reference, at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

// insertBoth writes two postings, but none with an amount of 0.
func insertBoth(tx *transaction, one, other Posting) {
	var args []any
	var count int64
	for _, p := range []Posting{one, other} {
		if p.Amount.Amount == 0 {
			continue
		}
		count++
		args = append(args, p.columns()...)
	}
	if count > 0 {
		tx.queue(fmt.Sprintf("post %s and %s", one.Movement, other.Movement), count, insertPostings[count], args...)
	}
}

// bookImport books the differences that an import makes.
func bookImport(tx *transaction, before, after Invoice, at time.Time) {
	line := func(movement Movement, from, to Account, difference int64) Posting {
		if difference < 0 {
			from, to, difference = to, from, -difference
		}
		amount := dispute.Money{Amount: difference, Currency: after.Amount.Currency}
		return Posting{Movement: movement, Source: from, Destination: to, Amount: amount, InvoiceID: after.ID, At: at}
	}
	insertBoth(
		tx,
		line(MovementInvoice, AccountMerchantPayable, AccountCustomerReceivable, after.Amount.Amount-before.Amount.Amount),
		line(MovementPayment, AccountCustomerReceivable, AccountCash, after.imported.Paid-before.imported.Paid),
	)
}

const postingColumns = `id, movement, source, destination, amount, currency, invoice_id, dispute_id, reference, at`

func scanPosting(into func(...any) error) (p Posting, err error) {
	var disputeID, reference sql.NullString
	err = into(&p.ID, &p.Movement, &p.Source, &p.Destination, &p.Amount.Amount, &p.Amount.Currency, &p.InvoiceID,
		&disputeID, &reference, (*instant)(&p.At))
	p.DisputeID, p.Reference = disputeID.String, reference.String
	return p, err
}

// postingsOf reads the postings of an invoice, oldest first.
func postingsOf(ctx context.Context, tx *transaction, invoiceID string) ([]Posting, error) {
	return collect(ctx, tx, scanPosting, `select `+postingColumns+` from postings where invoice_id = $1 order by id`, invoiceID)
}

// Totals sums postings in one currency by account.
func Totals(postings []Posting) []Total {
	totals := []Total{}
	for _, account := range []Account{AccountCash, AccountCustomerReceivable, AccountCustomerRefund, AccountMerchantPayable} {
		sum := Total{Account: account}
		for _, p := range postings {
			sum.Currency = p.Amount.Currency
			if p.Destination == account {
				sum.Debit += p.Amount.Amount
			}
			if p.Source == account {
				sum.Credit += p.Amount.Amount
			}
		}
		if sum.Debit+sum.Credit > 0 {
			totals = append(totals, sum)
		}
	}
	return totals
}
