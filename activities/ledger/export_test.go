package ledger

import "database/sql"

// DB is the ledger's own connection, for tests that go around the Go code.
func (l *Ledger) DB() *sql.DB {
	return l.db
}
