//go:build race

package ledger_test

// checks is how often a property is tried: under the race detector SQLite in Go is thirty times slower.
const checks = "3"

// killedDisputes are under way while PostgreSQL dies.
const killedDisputes = 250
