// Package activities has the side effects of the process: they pause and settle invoices, send messages, ask the
// arbiter and compute deadlines. The package owns the interfaces that it needs; the adapters in its sub-folders
// implement them, and the worker wires them up.
//
//	invoices.go        pause and settle, on the ledger
//	notifications.go   what a message says, and which channel it takes
//	delivery.go        send once, record the receipt, compute the period's deadline
//	arbitration.go     the arbiter's ruling
//	deadlines.go       a moved deadline and its reminders
//	reconciliation.go  disputes that are open in the ledger and have no running workflow
//	errors.go          refusals and transient errors, and their form in Temporal
//
// A message goes down these functions:
//
//	Deliver → tryOnce → deliverOne  several messages, each tried once
//	Notify → deliverOne             one message, retried by Temporal
//	deliverOne → send → route       a message without a receipt goes to a Channel: portal or e-mail
//	deliverOne → record             its receipt is saved
//
// Every activity can run more than once for the same step: after a crash, and also when a signal or an update arrives
// while the dispute's workflow task runs. Each is therefore idempotent by dispute and step, and returns the recorded
// answer when it is repeated.
package activities
