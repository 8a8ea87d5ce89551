// Package ledger keeps the money of disputes in SQL: merchants, invoices, disputes and the books, and
// beside them the messages that were sent and the portal's inbox. Pause and Settle each happen once per
// dispute, in one transaction, and answer a repeat with what is on record.
//
// # Books
//
// The books have double entries and only ever grow; the schema refuses to change or delete a posting. A
// posting is one row that moves an amount from a source account, which is credited, to a destination
// account, which is debited, so the books balance by construction. The accounts:
//
//	customer_receivable   what customers owe                      debited when they are billed
//	cash                  what customers have paid                debited when it comes in
//	customer_refund       what goes back to customers who paid    credited by disputes
//	merchant_payable      what the merchants get                  credited when customers are billed
//
// Importing an invoice of 100.00 EUR, of which 60.00 are paid, books
//
//	movement   source (credited)     destination (debited)   amount
//	invoice    merchant_payable      customer_receivable     100.00
//	payment    customer_receivable   cash                     60.00
//
// so the customer owes 40.00. A later import that changes the amount or the payment books the difference,
// the other way round when it is less than before.
//
// A lost dispute about 70.00 of it is a chargeback. First it takes away what the customer still owes, the
// rest goes back to the customer; the merchant is debited with both:
//
//	chargeback   customer_receivable   merchant_payable   40.00
//	chargeback   customer_refund       merchant_payable   30.00
//
// The customer owes nothing and gets 30.00, the merchant gets 30.00 of 100.00, and 30.00 can still be
// disputed. An agreement on a refund of 70.00 books the same as agreed_refund.
//
// Had only 30.00 been in dispute, the open part would have borne all of it and 10.00 stayed to be paid:
//
//	chargeback   customer_receivable   merchant_payable   30.00
//
// A dispute that the merchant wins, that is withdrawn, cancelled, or settled because the customer pays
// after all moves no money: the invoice is open again, with the days to pay that were left at the pause.
package ledger
