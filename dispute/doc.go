// Package dispute is the domain of payment disputes at Klarna, in plain Go: what a dispute is, which messages it accepts
// when, how it ends, and what that does to the money.
//
// The process is Klarna's of 2020, as payment providers describe it to their merchants: the invoice is paused, merchant
// and customer have 14 to 21 business days to agree, and otherwise Klarna arbitrates. Package workflows runs it.
//
// A dispute:
//
//   - dispute.go: [Dispute] is the complaint about one order and its invoice, as it is opened.
//   - state.go: [State] is its phase, [Wait] what happens next, and [Cause] why it needs an operator.
//   - decision.go: [Decision] is how it ends, with an [Outcome] and a [ClosingReason].
//   - view.go: [View] is what clients see of it.
//   - case.go: [Case] is all of it, structured. audience.go: [Case.For] is what merchant, customer or desk may see of that.
//     Package schema has its JSON schema.
//
// Messages to it:
//
//   - allowed.go: [Accept] decides which message is accepted during which [Wait], and how many times.
//   - proposal.go: [Offer] is what a party would agree to, and says which terms bind whom; [Proposal] waits for the other party.
//   - agreement.go and message.go: [Agreement], [Evidence], [Ruling] and the other messages.
//   - file.go: [File] refers to a file of a message or of the [Complaint].
//   - message_check.go: [DecodeMessage] reads and validates them.
//
// Messages from it:
//
//   - notice.go: [Notice] is a message with its [NoticeKey], and [Receipt] records that it was accepted. [Occasion] says how
//     to add another one.
//   - event.go: [Event] is a notice in the portal of a merchant.
//   - deadline.go and calendars.go: [Deadline] is the end of a period; package calendar computes it.
//
// Money and accounts:
//
//   - money.go: [Money] is an amount in minor units.
//   - account_*.go: [Merchant] with its [Settings], [Invoice] with its [Balance], and [Import], which brings both into
//     the ledger.
//
// Refusals:
//
//   - refusal.go: [Refusal] is a final error with a [Code] and all [Faults] of an input. Package strict finds those.
//
// Nothing here reads a clock, a file or a network, so workflow code may call all of it.
package dispute
