package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/streitfall/streitfall/activities"
)

// Ledger keeps merchants, invoices, disputes, postings and messages in one database. It is safe for concurrent use, also
// by several processes on the same database.
type Ledger struct {
	db *sql.DB
	// prepared are the frequent statements, by query; nil where the driver prepares them by itself.
	prepared map[string]*sql.Stmt
	// sendBatch runs statements as one transaction in one round trip; nil on SQLite.
	sendBatch func(context.Context, *sql.DB, []stmt) error
	// sendWithin runs statements in one round trip within a transaction; nil on SQLite.
	sendWithin func(context.Context, *sql.Conn, []stmt) error
	// groupCommit is nil on PostgreSQL.
	groupCommit *groupCommit
	// name is the dialect's, made is true if Open has made the ledger.
	name string
	made bool
	// probe is the dialect's.
	probe []string
	// afterErasure is a statement that runs after an erasure, if any.
	afterErasure string
	// lockName is the dialect's.
	lockName string
	// clockQuery is the dialect's clock.
	clockQuery string
	// claimed is the namespace that this process has claimed the ledger for; nil without a Claim.
	claimed atomic.Pointer[Namespace]
}

var (
	_ activities.Ledger             = (*Ledger)(nil)
	_ activities.ReceiptStore       = (*Ledger)(nil)
	_ activities.UnfinishedDisputes = (*Ledger)(nil)
)

// Open opens the ledger at a URL, after it has created its tables or upgraded its schema where necessary. The URL is
// sqlite:PATH, or postgres://USER:PASSWORD@HOST:5432/DATABASE with the parameters of libpq, such as sslmode. No error
// contains the password. Open refuses a ledger of a newer build.
func Open(ctx context.Context, url string) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := dialect.open(dialect.dsn)
	if err != nil {
		return nil, fmt.Errorf("open the ledger %s: %w", dialect.name, err)
	}
	return open(ctx, db, dialect, migrate)
}

// OpenExisting opens the ledger at a URL like Open, but creates and upgrades nothing: a mistyped URL is an error, and the
// ledger of an older build stays as it is for the processes that use it.
func OpenExisting(ctx context.Context, url string) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := dialect.open(dialect.existing)
	if err != nil {
		return nil, fmt.Errorf("open the ledger %s: %w", dialect.name, err)
	}
	var claims int
	err = db.QueryRowContext(ctx, `select count(*) from owners`).Scan(&claims)
	if err != nil && dialect.absent(err) {
		err = fmt.Errorf("no ledger here; `starter ledger import` or a worker creates it: %w", err)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger %s: %w", dialect.name, dialect.explain(err)), db.Close())
	}
	return open(ctx, db, dialect, func(ctx context.Context, provider *goose.Provider) (made bool, err error) {
		return false, checkSchema(ctx, provider)
	})
}

// CheckURL returns an error if Open would refuse the URL. It does not connect.
func CheckURL(url string) error {
	_, err := parseURL(url)
	return err
}

func open(ctx context.Context, db *sql.DB, dialect dialect, ready func(context.Context, *goose.Provider) (made bool, err error)) (*Ledger, error) {
	dialect.pool(db)
	l := &Ledger{db: db, name: dialect.name, sendBatch: dialect.sendBatch, sendWithin: dialect.sendWithin, probe: dialect.probe, afterErasure: dialect.afterErasure, lockName: dialect.lockName, clockQuery: dialect.clock}
	provider, err := migrator(ctx, db, dialect)
	if err == nil {
		l.made, err = ready(ctx, provider)
	}
	if err == nil && dialect.check != nil {
		err = dialect.check(ctx, db)
	}
	if err == nil && dialect.prepare {
		l.prepared, err = prepareAll(ctx, db)
		l.groupCommit = &groupCommit{db: db, prepared: l.prepared, lead: make(chan struct{}, 1), lend: make(chan *group)}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger %s: %w", dialect.name, dialect.explain(err)), db.Close())
	}
	return l, nil
}

// Name says which ledger this is, without its password: the absolute path of its file, or hosts and database. made is true if
// Open has made it: a path that is relative to another folder names another ledger.
func (l *Ledger) Name() (name string, made bool) { return l.name, l.made }

// Close closes the database.
func (l *Ledger) Close() error {
	return l.db.Close()
}

// clock is the time by which events are delivered, the same for all processes.
func (l *Ledger) clock(ctx context.Context, tx *transaction) (at time.Time, err error) {
	if l.clockQuery == "" {
		return now(), nil
	}
	err = tx.QueryRowContext(ctx, l.clockQuery).Scan((*instant)(&at))
	return at, err
}

// now is the current time in the precision of the database.
func now() time.Time {
	return precise(time.Now())
}
