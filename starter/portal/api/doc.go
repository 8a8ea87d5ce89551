// Package api is the HTTP API of disputes, for the systems of a payment provider that have no client of Temporal: they report
// merchants, invoices and payments, open disputes, pass on what the parties say, and read where a dispute stands.
//
// It decides nothing. A body is read by the decoder that the dispute itself uses, and a refusal has the code that it has through
// Temporal. What a caller may do follows from its token alone: the API has no cookies and no sessions.
//
//	api.go         the parts, and the way of a request; call.go has what is known of one
//	operations.go  the table of all operations; document.go makes the OpenAPI document of it, bodies.go with
//	               the schemas of bodies, schemas.go with those of the Go types of answers
//	token.go       tokens and their scopes
//	problem.go     refusals and errors as problem details (RFC 9457)
//	accounts.go    merchants, invoices and bookings
//	disputes.go    opening, list and case; access.go has who sees what
//	messages.go    messages to a dispute
//	files.go       files of the parties; events.go reads what has happened
//	repeats.go     requests that are sent again under an Idempotency-Key
package api
