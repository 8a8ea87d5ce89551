// Package portal is the web application of a payment provider's disputes. A merchant sees the disputes that customers have
// raised about its invoices, writes to the customer, proposes a refund or sends evidence; the customer sees the own dispute and
// answers; the people of the provider's desk decide where the two do not agree; operators see what needs a person.
//
// It keeps no state of a dispute. A page is made of what the ledger and the dispute's workflow in Temporal say at that moment, and
// an act is a message to the workflow (dispute.Message), of which the page after it shows the effect.
//
// Read the table of routes in routes.go first. Then one file per thing:
//
//	config.go    the environment variables; portal.go puts the parts together, serve.go listens
//	signin.go    links and sessions, with identity.go (who somebody is), oidc.go (the desk) and mails.go (a link by mail)
//	access.go    the case that somebody may see: the one way from a session and an id to a dispute
//	acts.go      what can be done to a case: forms (fields.go) that become messages (messages.go, operations.go), with uploads.go
//	lists.go     a merchant's list and CSV; desk.go the queue and what needs attention, settings.go a merchant's settings
//	guard.go     headers, limits and other sites; observe.go logs and counts
//	views.go     which page answers a request, also one that failed
//	api.go       what the API of other systems (package api) shares with the pages
//
// Pages are rendered by package pages, and files are kept by package files. Lists come from the ledger, cases from Temporal or
// the ledger's archive.
package portal
