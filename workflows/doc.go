// Package workflows is the process: one workflow per dispute, from opening to settlement, and the typed client with
// which backend services start and drive it.
//
// Read story and run in workflow.go first: they are the process in business steps. Then one file per thing:
//
//	opening.go      the start, the update open, the pause, the merchant's notice; startoptions.go refuses what breaks it
//	agreement.go    the response window, and what ends a dispute early: agreement, withdrawal, accepted loss, cancellation
//	proposals.go    what one party proposes: standing, replaced, declined, accepted; which offers are agreements
//	messages.go     what one party writes to the other
//	arbitration.go  reason, judgement, information, decision: Klarna's part, with the messages that answer it
//	settlement.go   the money, and the closing messages
//	deadline.go     a running deadline: its timer, reminders and moves
//	delivery.go     messages to the parties: sent, retried, refused
//	overtaken.go    the events that drop messages under way
//	bounce.go       messages that come back after they were accepted
//	takeover.go     what a run goes on from that takes a dispute over from a stopped one
//	case.go         the structured case, recorded as it happens
//	casefile.go     state, timeline and attention; publish.go shows them in Temporal, metrics.go counts
//	signals.go      signals and the cancellation; updates.go registers the updates
//	waiting.go      how the main line waits without missing a message
//	calls.go        the activities as typed functions, with policies.go (timeouts, retries) and errors.go
//	contract.go     the names that Temporal and clients in other languages know
//	client.go       the typed client; client_open.go has its openings
//	runs.go         a dispute's last run, for reconciliation.go, which finds disputes that no workflow works on
//
// A message goes down these functions, and on to those that package activities lists:
//
//	openPeriod                      it opens a period, so the dispute waits for it
//	sendInBackground                nothing waits for it
//	send → attempt → calls.deliver  tried once in a local activity
//	send → finish                   retried in a regular one until it is taken, refused or overtaken
package workflows
