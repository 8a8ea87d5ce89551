// Package ledger keeps the money of disputes in SQL: merchants, invoices, disputes and the books, and
// beside them the messages that were sent and the portal's inbox. Pause and Settle each happen once per
// dispute, in one transaction, and answer a repeat with what is on record. So do Record and the inbox, once per
// message. Other content under the same dispute or message is refused: CodeDisputeDiffers, CodeMessageDiffers.
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
// the open part bears all of it:
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
// # Databases
//
// The ledger is a file of SQLite, or a database (or a schema, named by the URL's search_path) of PostgreSQL.
// The queries are the same for both, and so is what the schema refuses, whatever the Go code does: amounts
// below 1 or above 2^53 - 1, postings between accounts that do not fit, in another currency than their
// invoice, or of a dispute that say anything but its settlement; a second open dispute on an invoice, a second
// settlement, a change to a posting, to a closed dispute or to a message that was sent. The first worker writes down
// the Temporal namespace that the ledger belongs to, and Claim refuses the others.
//
// SQLite lets one transaction write at a time, and what is committed is on the disk.
//
// On PostgreSQL, transactions that write are READ COMMITTED, whatever the database's default is: each
// statement sees what is committed when it starts. Pause and Settle read before they begin one, and without locks,
// because a round trip or a lock costs as much as a change. Then all changes go out together, in a batch that is a
// transaction by itself; each names what was read, waits for whoever is changing the same, and finds nothing to
// change when that is no longer so.
//
//   - Pause reads the invoice and inserts the dispute, and pauses the invoice as it was read. A twin waits at the
//     dispute's id, another dispute at the index of open disputes; both fail there, and meet what the first has
//     recorded when they are done again.
//   - Settle reads the open dispute and its paused invoice, neither of which anybody else changes, and closes the
//     dispute, books what it says, gives the invoice back. A twin waits at the first of these, finds the dispute
//     closed, and answers from it when it is done again.
//   - Import claims each merchant and invoice by an UPDATE that changes nothing, in the order of the file, and
//     before them a row that lets in one import at a time: no two of them wait for each other. Pause and Settle
//     wait for an invoice only while they hold a dispute for which nobody but their twins waits, so there is no
//     circle. SetMerchant claims its merchant and waits for nothing else.
//   - A transaction that finds a row changed, or that PostgreSQL ends because another was first with a row
//     (unique violation) or holds locks (deadlock, failed serialization), is done again after a short pause, and
//     meets what the other has left. After sixteen attempts the caller gets the error, and may ask again.
//
// A message is one statement and no transaction: it writes the message, or nothing where one is under its key, waiting
// for whoever is about to put one there. What is there then is committed and never changes, so reading it after tells
// for good which message stands.
//
// Reads, Check among them, are on one REPEATABLE READ snapshot and hold up nobody.
//
// A connection that breaks before a batch or a COMMIT was sent has changed nothing. Whether it took place cannot be
// known when the connection breaks after it, or when the context ends and the server works on: a batch that waits for
// a lock then may still get it. The caller gets an error, asks again, and the dispute's record says what has
// happened, with the times of then.
package ledger
