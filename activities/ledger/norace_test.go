//go:build !race

package ledger_test

// checks is how often a property is tried.
const checks = "20"

// killedDisputes are under way while PostgreSQL dies.
const killedDisputes = 1000
