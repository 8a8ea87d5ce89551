package ledger_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// errCut is what a caller sees of a connection that broke.
var errCut = errors.New("the connection was cut")

// cut is one break of a connection: at the n-th statement from the last one on, before or after the database
// has done it. Beginnings and commits are statements too.
type cut struct {
	n     int
	after bool
}

// cutter breaks connections, one cut after the other. Its zero value breaks none.
type cutter struct {
	mu   sync.Mutex
	cuts []cut
	done int // statements since the last cut
}

func (c *cutter) arm(cuts ...cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cuts, c.done = cuts, 0
}

// next counts a statement and tells whether a cut is due at it.
func (c *cutter) next() (due, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done++; len(c.cuts) == 0 || c.done < c.cuts[0].n {
		return false, false
	}
	after = c.cuts[0].after
	c.cuts, c.done = c.cuts[1:], 0
	return true, after
}

// fate is what becomes of a packet to PostgreSQL, in which there is a statement.
func (c *cutter) fate([]byte) fate {
	switch due, after := c.next(); {
	case !due:
		return carried
	case after:
		return unanswered
	}
	return undelivered
}

// cuttingConnector makes connections that a cutter can break.
type cuttingConnector struct {
	driver driver.Driver
	dsn    string
	cutter *cutter
}

// cuttingDB opens what another database has open, through a cutter.
func cuttingDB(db *sql.DB, dsn string, c *cutter) *sql.DB {
	return sql.OpenDB(&cuttingConnector{driver: db.Driver(), dsn: dsn, cutter: c})
}

// Driver implements driver.Connector.
func (c *cuttingConnector) Driver() driver.Driver { return c.driver }

// Connect implements driver.Connector.
func (c *cuttingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &cuttingConn{Conn: inner, cutter: c.cutter}, nil
}

func (c *cuttingConnector) connect(ctx context.Context) (driver.Conn, error) {
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

// cuttingConn is a connection until it is cut.
type cuttingConn struct {
	driver.Conn
	cutter     *cutter
	statements []driver.Stmt
	cut        bool
}

// statement does what the database is asked for, unless the connection breaks here.
func (c *cuttingConn) statement(do func() error) error {
	if c.cut {
		return driver.ErrBadConn
	}
	due, after := c.cutter.next()
	if !due {
		return do()
	}
	if after {
		_ = do()
	}
	c.cut = true
	return errCut
}

// hangUp ends a connection that was cut, as the death of its process would: with all that it has open.
func (c *cuttingConn) hangUp(err error, rows driver.Rows) error {
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
func (c *cuttingConn) Close() error {
	if c.cut {
		return nil
	}
	return c.Conn.Close()
}

// IsValid implements driver.Validator.
func (c *cuttingConn) IsValid() bool { return !c.cut }

// ResetSession implements driver.SessionResetter.
func (c *cuttingConn) ResetSession(ctx context.Context) error {
	if c.cut {
		return driver.ErrBadConn
	}
	if inner, able := c.Conn.(driver.SessionResetter); able {
		return inner.ResetSession(ctx)
	}
	return nil
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *cuttingConn) CheckNamedValue(value *driver.NamedValue) error {
	if inner, able := c.Conn.(driver.NamedValueChecker); able {
		return inner.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// BeginTx implements driver.ConnBeginTx.
func (c *cuttingConn) BeginTx(ctx context.Context, options driver.TxOptions) (tx driver.Tx, err error) {
	err = c.statement(func() error {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, options)
		return err
	})
	return &cuttingTx{conn: c, tx: tx}, c.hangUp(err, nil)
}

// ExecContext implements driver.ExecerContext.
func (c *cuttingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.statement(func() error {
		result, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return result, c.hangUp(err, nil)
}

// QueryContext implements driver.QueryerContext.
func (c *cuttingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.statement(func() error {
		rows, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	return rows, c.hangUp(err, rows)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *cuttingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if c.cut {
		return nil, driver.ErrBadConn
	}
	inner, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements = append(c.statements, inner)
	return &cuttingStmt{Stmt: inner, conn: c}, nil
}

// cuttingStmt is a prepared statement of a cuttingConn.
type cuttingStmt struct {
	driver.Stmt
	conn *cuttingConn
}

// Close implements driver.Stmt.
func (s *cuttingStmt) Close() error {
	if s.conn.cut {
		return nil
	}
	return s.Stmt.Close()
}

// ExecContext implements driver.StmtExecContext.
func (s *cuttingStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	err = s.conn.statement(func() error {
		result, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return result, s.conn.hangUp(err, nil)
}

// QueryContext implements driver.StmtQueryContext.
func (s *cuttingStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.conn.statement(func() error {
		rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	return rows, s.conn.hangUp(err, rows)
}

// cuttingTx is a transaction of a cuttingConn.
type cuttingTx struct {
	conn *cuttingConn
	tx   driver.Tx
}

// Commit implements driver.Tx.
func (t *cuttingTx) Commit() error {
	return t.conn.hangUp(t.conn.statement(func() error { return t.tx.Commit() }), nil)
}

// Rollback implements driver.Tx.
func (t *cuttingTx) Rollback() error {
	if t.conn.cut {
		return nil
	}
	return t.tx.Rollback()
}
