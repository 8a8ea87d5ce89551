// Package portal is the web application in which merchants, complainants, the desk and operators act for themselves.
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
//
// Pages are rendered by package pages. Lists come from the ledger, cases from Temporal or the ledger's archive.
package portal
