// Package ledger keeps the money of disputes in SQL: merchants, invoices, disputes and the books, and with them the receipts
// of messages and the portal's inbox.
//
// Writing is idempotent. Pause and Settle happen once per dispute, each in one transaction, and answer a repeat with what is
// on record; Book happens once per reference, Save and Inbox.Send once per message. Other content under the same key is
// refused: CodeDisputeDiffers, CodeBookingRefused, CodeMessageConflict.
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
// A customer who has paid more than was billed has a credit balance on customer_receivable: it is owed back
// (Invoice.OwedBack).
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
// Payments, returns of payments and credit notes of the merchant are booked one by one as well, each under the
// reference of the system that reports it (Book, or lists of their own in an import):
//
//	payment          customer_receivable   cash                  the customer pays
//	payment_return   cash                  customer_receivable   a direct debit has no cover; an overpayment is paid out
//	credit_note      customer_receivable   merchant_payable      the merchant gives up a part, or cancels the invoice
//
// They change no due date and end no dispute, and they are booked at any time, also while the invoice is paused. A
// reference is unique among the movements of its kind on its invoice; the same again under it books nothing. What an import calls paid does not include the payments that are
// booked by reference, so the same import again takes none of them back.
//
// # Settlements
//
// On 23 November a dispute about 70.00 of that invoice, which is due on 21 December, pauses it: the
// customer owes 40.00, and 28 days are left. It is settled on 14 December, in one of three ways.
//
// Lost, the whole disputed amount is charged back. First that takes away what the customer still owes, the
// rest goes back to the customer; the merchant is debited with both:
//
//	chargeback   customer_receivable   merchant_payable   40.00
//	chargeback   customer_refund       merchant_payable   30.00
//
// The customer owes nothing and gets 30.00, the merchant gets 30.00 of 100.00, and 30.00 can still be
// disputed. The invoice is settled.
//
// Settled by an agreement that the merchant refunds 25.00, those 25.00 come off in the same order, and here
// the outstanding part bears all of it:
//
//	agreed_refund   customer_receivable   merchant_payable   25.00
//
// The customer owes 15.00, by 11 January: 14 December and the 28 days.
//
// Won, withdrawn, cancelled by an operator, or settled because the customer pays after all, the dispute
// moves no money and books nothing. The customer owes 40.00, by 11 January.
//
// Had the invoice been paid in full, each of them would leave it settled: the chargeback posts 70.00 from
// customer_refund, the agreement 25.00, and after a win nothing falls due.
//
// A customer has at least five days to pay: had there been 2 days left, the due date would be 19 December. It then stays,
// whatever later imports correct, until one of them has another due date than the import before.
//
// # Money that moves on
//
// A settlement works on what is owed when it is booked. While the dispute about 70.00 waits, the customer pays the other
// 40.00, and the merchant gives a credit note of 20.00:
//
//	payment       customer_receivable   cash               40.00
//	credit_note   customer_receivable   merchant_payable   20.00
//
// Nothing is outstanding any more, and 20.00 are owed back. Lost, the dispute takes 50.00 from the merchant, because the
// credit note has given up 20.00 of the 70.00 already (Settled.AlreadyCredited):
//
//	chargeback    customer_refund       merchant_payable   50.00
//
// The customer has paid 100.00 and gets 50.00 from the dispute and 20.00 that are owed back; the merchant keeps 30.00. Had
// the direct debit of the first 60.00 been returned instead, the chargeback would first take away what is then owed. An
// agreed refund is never more than the part of the invoice that the merchant still has.
//
// What was debited, by disputes and by credit notes, or finally decided for the merchant cannot be disputed again.
//
// # Lists, archive and erasure
//
// Cases lists disputes by what people were told: a dispute waits for its first message from the pause on, each message that
// says where it stands moves it when its receipt is recorded, and the settlement closes it. Triggers do so, in the same
// transactions.
//
// The archive keeps the case of a dispute when its workflow has ended (ArchiveCase). Erase removes what is personal of a
// closed dispute and records that; the money's record and the receipts stay.
//
// # Events
//
// Other systems are told of each change by an event (Events). Triggers write it in the transaction of the change, once, whatever
// is repeated; it points at the record of the change, and what it tells is read from there. Events get their numbers after
// their transactions have ended, one transaction at a time: so a reader that goes on after the last number it has misses
// nothing, also where a transaction that began earlier ends later. One worker at a time has the turn to deliver them
// (TakeEventTurn), by the database's clock, and only its deliveries are recorded.
//
// # Databases
//
// The ledger is a file of SQLite, or a database (or a schema, named by the URL's search_path) of PostgreSQL. The queries are
// the same for both, and so is what the schema refuses, whatever the Go code does: amounts below 1 or above 2^53 - 1;
// postings between accounts that do not fit their movement, in another currency than their invoice, or of a dispute but not
// of its settlement; a second open dispute on an invoice; a second settlement; a second posting of the same kind and
// reference on an invoice; debits of more than the invoice; a change to a posting, to a closed dispute, to what a paused invoice is
// about, or to a message that was sent.
//
// How concurrent requests share a database is explained at the four ways of running statements: lock, optimistic, snapshot
// and autocommit.
package ledger
