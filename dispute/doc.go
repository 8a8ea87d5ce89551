// Package dispute is the domain of payment disputes at Klarna, in plain Go: what a dispute is, which
// messages it takes while it waits for what, how it can end, and what that does to the money.
//
// The process is Klarna's of 2020, as payment providers describe it to their merchants: the invoice is
// paused, merchant and customer have 14 to 21 business days to agree, and otherwise Klarna arbitrates.
// Nothing here reads a clock, a file or a network, so workflow code may call all of it.
package dispute
