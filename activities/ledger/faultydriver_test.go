package ledger_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// errCut is the error of a statement at which the connection breaks.
var errCut = errors.New("the connection was cut")

// fault breaks a connection at the n-th statement since the last fault, before or after the database has run it. BEGIN and
// COMMIT are statements too.
type fault struct {
	n     int
	after bool
}

// faultPlan breaks connections with one fault after the other. Its zero value only counts statements.
type faultPlan struct {
	mu         sync.Mutex
	faults     []fault
	statements int // since the last fault
}

// arm sets the faults to come and restarts the count of statements.
func (p *faultPlan) arm(faults ...fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults, p.statements = faults, 0
}

// next counts a statement and reports whether a fault is due at it.
func (p *faultPlan) next() (due, after bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.statements++; len(p.faults) == 0 || p.statements < p.faults[0].n {
		return false, false
	}
	after = p.faults[0].after
	p.faults, p.statements = p.faults[1:], 0
	return true, after
}

// delivery decides about a packet to PostgreSQL, which holds a statement.
func (p *faultPlan) delivery([]byte) delivery {
	switch due, after := p.next(); {
	case !due:
		return delivered
	case after:
		return unanswered
	}
	return dropped
}

// faultyConnector opens connections that break as planned.
type faultyConnector struct {
	driver driver.Driver
	dsn    string
	plan   *faultPlan
}

// openFaultyDB replaces a database, to which nothing is connected yet, by one whose connections break as planned.
func openFaultyDB(db *sql.DB, dsn string, plan *faultPlan) *sql.DB {
	defer func() { _ = db.Close() }() // nothing is connected
	return sql.OpenDB(&faultyConnector{driver: db.Driver(), dsn: dsn, plan: plan})
}

// Driver implements driver.Connector.
func (c *faultyConnector) Driver() driver.Driver { return c.driver }

// Connect implements driver.Connector.
func (c *faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &faultyConn{Conn: inner, plan: c.plan}, nil
}

func (c *faultyConnector) connect(ctx context.Context) (driver.Conn, error) {
	opener, able := c.driver.(driver.DriverContext)
	if !able {
		return c.driver.Open(c.dsn)
	}
	connector, err := opener.OpenConnector(c.dsn)
	if err != nil {
		return nil, err
	}
	return connector.Connect(ctx)
}

// faultyConn is a connection that breaks as planned.
type faultyConn struct {
	driver.Conn
	plan       *faultPlan
	statements []driver.Stmt
	cut        bool
}

// statement runs a statement, unless the connection breaks at it.
func (c *faultyConn) statement(do func() error) error {
	if c.cut {
		return driver.ErrBadConn
	}
	due, after := c.plan.next()
	if !due {
		return do()
	}
	if after {
		_ = do()
	}
	c.cut = true
	return errCut
}

// hangUp closes a connection that was cut, with its open statements, as the end of its process would.
func (c *faultyConn) hangUp(err error, rows driver.Rows) error {
	if !errors.Is(err, errCut) {
		return err
	}
	if rows != nil {
		_ = rows.Close()
	}
	for _, statement := range c.statements {
		_ = statement.Close()
	}
	_ = c.Conn.Close()
	return err
}

// Close implements driver.Conn.
func (c *faultyConn) Close() error {
	if c.cut {
		return nil
	}
	return c.Conn.Close()
}

// IsValid implements driver.Validator.
func (c *faultyConn) IsValid() bool { return !c.cut }

// ResetSession implements driver.SessionResetter.
func (c *faultyConn) ResetSession(ctx context.Context) error {
	if c.cut {
		return driver.ErrBadConn
	}
	if inner, able := c.Conn.(driver.SessionResetter); able {
		return inner.ResetSession(ctx)
	}
	return nil
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *faultyConn) CheckNamedValue(value *driver.NamedValue) error {
	if inner, able := c.Conn.(driver.NamedValueChecker); able {
		return inner.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// BeginTx implements driver.ConnBeginTx.
func (c *faultyConn) BeginTx(ctx context.Context, options driver.TxOptions) (tx driver.Tx, err error) {
	err = c.statement(func() error {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, options)
		return err
	})
	return &faultyTx{conn: c, tx: tx}, c.hangUp(err, nil)
}

// ExecContext implements driver.ExecerContext.
func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.statement(func() error {
		result, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return result, c.hangUp(err, nil)
}

// QueryContext implements driver.QueryerContext.
func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.statement(func() error {
		rows, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	return rows, c.hangUp(err, rows)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *faultyConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if c.cut {
		return nil, driver.ErrBadConn
	}
	inner, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements = append(c.statements, inner)
	return &faultyStmt{Stmt: inner, conn: c}, nil
}

// faultyStmt is a prepared statement of a faultyConn.
type faultyStmt struct {
	driver.Stmt
	conn *faultyConn
}

// Close implements driver.Stmt.
func (s *faultyStmt) Close() error {
	if s.conn.cut {
		return nil
	}
	return s.Stmt.Close()
}

// ExecContext implements driver.StmtExecContext.
func (s *faultyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	err = s.conn.statement(func() error {
		result, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return result, s.conn.hangUp(err, nil)
}

// QueryContext implements driver.StmtQueryContext.
func (s *faultyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.conn.statement(func() error {
		rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	return rows, s.conn.hangUp(err, rows)
}

// faultyTx is a transaction of a faultyConn.
type faultyTx struct {
	conn *faultyConn
	tx   driver.Tx
}

// Commit implements driver.Tx.
func (t *faultyTx) Commit() error {
	return t.conn.hangUp(t.conn.statement(func() error { return t.tx.Commit() }), nil)
}

// Rollback implements driver.Tx.
func (t *faultyTx) Rollback() error {
	if t.conn.cut {
		return nil
	}
	return t.tx.Rollback()
}
