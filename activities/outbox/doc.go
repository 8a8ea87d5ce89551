// Package outbox delivers the events of the ledger to a receiver of the provider, by webhook. README.md in this folder
// documents events, signatures and answers for the receiver's engineers.
//
// One worker at a time delivers. It has the turn as long as it shows that it is alive, by the clock of the database; another
// worker takes the turn over when it has not for a while.
//
// The events of one dispute are sent one after the other, those of an invoice without a dispute likewise: the next one is sent
// once the one before is recorded as delivered. So the first delivery of each is in order even where two workers deliver for a
// moment, such as after one was suspended; the receiver then gets an event twice under the same id.
package outbox
