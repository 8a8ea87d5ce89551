// Package activities is what the process does to the world: it pauses and settles invoices, sends
// messages, asks the arbiter and computes deadlines. It owns the interfaces that it needs; the adapters
// in its sub-folders implement them, and only the worker brings both together.
//
// Every activity can run more than once for the same step: after a crash, and also when a message to the
// dispute arrives while its workflow task runs. Each is therefore idempotent by dispute and step, and
// answers a repeat with what is on record.
package activities
