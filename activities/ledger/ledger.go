package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/sethvargo/go-retry"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Ledger keeps merchants, invoices, disputes, postings and messages in one database. It is safe for
// concurrent use, also by several processes on the same database.
type Ledger struct {
	db *sql.DB
	// prepared are statements that the driver does not remember by itself.
	prepared map[string]*sql.Stmt
	// together makes changes in one round trip; nil where none is to be saved.
	together func(context.Context, *sql.DB, []change) error
	// group makes one transaction of those that wait for each other; nil where they need not wait.
	group *group
}

var (
	_ activities.Ledger       = (*Ledger)(nil)
	_ activities.ReceiptStore = (*Ledger)(nil)

	_ activities.OpenDisputes = (*Ledger)(nil)
)

// Open opens the ledger at a URL, creates its tables where there are none and brings its schema up to
// date. The URL is sqlite:PATH, or postgres://USER:PASSWORD@HOST:5432/DATABASE with the settings of
// PostgreSQL's own programs, such as sslmode. No error tells the password. A ledger of a newer build is
// refused.
func Open(ctx context.Context, url string) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(dialect.driver, dialect.dsn)
	if err != nil {
		return nil, fmt.Errorf("open the ledger %s: %w", dialect.name, err)
	}
	return open(ctx, db, dialect, migrate)
}

// OpenExisting is Open for those who only want to look or to change a setting: a mistyped URL is an error, nothing is
// made, and the ledger of an older build is left to those who still work with it.
func OpenExisting(ctx context.Context, url string) (*Ledger, error) {
	dialect, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(dialect.driver, dialect.existing)
	if err != nil {
		return nil, fmt.Errorf("open the ledger %s: %w", dialect.name, err)
	}
	var claims int
	err = db.QueryRowContext(ctx, `select count(*) from owner`).Scan(&claims)
	if err != nil && dialect.absent(err) {
		err = fmt.Errorf("there is none; an import or a worker makes one: %w", err)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger %s: %w", dialect.name, err), db.Close())
	}
	return open(ctx, db, dialect, checkSchema)
}

// CheckURL tells what is wrong with a URL for Open. It connects to nothing.
func CheckURL(url string) error {
	_, err := parseURL(url)
	return err
}

func open(ctx context.Context, db *sql.DB, dialect dialect, ready func(context.Context, *goose.Provider) error) (*Ledger, error) {
	dialect.pool(db)
	l := &Ledger{db: db, together: dialect.together}
	provider, err := migrator(ctx, db, dialect)
	if err == nil {
		err = ready(ctx, provider)
	}
	if err == nil && dialect.prepare {
		l.group = &group{transact: l.transactToTheEnd}
		l.prepared, err = prepareAll(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the ledger %s: %w", dialect.name, err), db.Close())
	}
	return l, nil
}

// Close closes the database.
func (l *Ledger) Close() error {
	return l.db.Close()
}

// attempts is how often a transaction is tried that others get in the way of, and longestPause how long it waits at
// most between two of them: at random, because the others do the same. So many, because of 32 disputes that fight for
// one invoice some find it free and lose it again quite a few times.
const (
	attempts     = 16
	longestPause = 20 * time.Millisecond
)

// write runs do in one transaction, and again when others were in its way. It reads what is committed at
// each statement, so what must not change until its end has to be claimed. Trouble comes back with what was
// being done; a refusal of do comes back as it is. Either way nothing has changed, unless the connection
// broke, or ctx ended, while the commit was under way: then nobody knows, and a repeat finds out.
func (l *Ledger) write(ctx context.Context, what string, do func(*transaction) error) error {
	return repeatedly(ctx, what, func() error {
		return l.transact(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, do)
	})
}

// change is write for what claims nothing: all that it changes is put off until its end, and names what it has
// read, or is a single statement that is one transaction by itself. So nothing has to begin before, where each round trip
// costs. A refusal of do comes before it changes anything, and do can run in a transaction with others, and more than once:
// it hides no failure of a statement, which may have undone that transaction.
func (l *Ledger) change(ctx context.Context, what string, do func(*transaction) error) error {
	return repeatedly(ctx, what, func() error {
		if l.group != nil {
			return l.group.run(ctx, do)
		}
		tx := &transaction{session: l.db, prepared: func(string) *sql.Stmt { return nil }}
		if err := do(tx); err != nil || len(tx.changes) == 0 {
			return err
		}
		return l.together(ctx, l.db, tx.changes)
	})
}

// read runs do on one consistent snapshot, beside writers.
func (l *Ledger) read(ctx context.Context, what string, do func(*transaction) error) error {
	return explained(what, l.transact(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, do))
}

// alone runs do outside of any transaction: for single statements, each of which is one by itself, and which a
// beginning and an end of their own would cost twice as long.
func (l *Ledger) alone(what string, do func(*transaction) error) error {
	return explained(what, do(&transaction{session: l.db, prepared: func(query string) *sql.Stmt { return l.prepared[query] }}))
}

func repeatedly(ctx context.Context, what string, do func() error) error {
	pauses := retry.WithMaxRetries(attempts-1, retry.WithFullJitter(retry.NewConstant(longestPause)))
	return explained(what, retry.Do(ctx, pauses, func(context.Context) error {
		err := do()
		if overtaken(err) {
			return retry.RetryableError(err)
		}
		return err
	}))
}

// explained says of trouble what was being done.
func explained(what string, err error) error {
	if err == nil || dispute.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// transactToTheEnd is a transaction that ctx keeps from beginning, but does not end.
func (l *Ledger) transactToTheEnd(ctx context.Context, do func(*transaction) error) error {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	release := context.AfterFunc(ctx, end)
	defer release()
	err := l.transact(whole, nil, func(tx *transaction) error {
		if !release() {
			return ctx.Err()
		}
		return do(tx)
	})
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (l *Ledger) transact(ctx context.Context, options *sql.TxOptions, do func(*transaction) error) error {
	begun, err := l.db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer begun.Rollback() // after the commit it does nothing
	tx := &transaction{session: begun, prepared: func(query string) *sql.Stmt {
		if statement, known := l.prepared[query]; known {
			return begun.StmtContext(ctx, statement)
		}
		return nil
	}}
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	return begun.Commit()
}

// now is the instant of what the ledger does by itself, in the precision that it keeps.
func now() time.Time {
	return precise(time.Now())
}
