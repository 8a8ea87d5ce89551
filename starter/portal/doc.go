// Package portal is the web application in which merchants, complainants, the desk and operators act for themselves.
//
// Read the table of routes in routes.go first. Then one file per thing:
//
//	config.go    the environment variables; portal.go puts the parts together, serve.go listens
//	signin.go    links and sessions: who somebody is
//	access.go    the case that somebody may see: the one way from a session and an id to a dispute
//	acts.go      what can be done to a case: forms that become messages to the dispute
//	guard.go     headers, limits and other sites; observe.go logs and counts
//
// Pages are rendered by package pages. Lists come from the ledger, cases from Temporal or the ledger's archive.
package portal
