package ledger

import (
	"context"
	"time"
)

// Sessions keeps the sessions of people who have signed in to the portal, as a store of the library scs. Its tokens are
// hashes of those in the cookies.
type Sessions struct {
	ledger *Ledger
}

// Sessions returns the store of sessions in the ledger's database.
func (l *Ledger) Sessions() *Sessions { return &Sessions{ledger: l} }

// FindCtx returns the content of a session, and false if there is none or it has expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (content []byte, found bool, err error) {
	scan := func(into func(...any) error) (content []byte, err error) {
		err = into(&content)
		return content, err
	}
	err = s.ledger.autocommit("read a session", func(tx *transaction) error {
		content, found, err = first(ctx, tx, scan, `select content from sessions where token = $1 and expires_at > $2`, token, instant(now()))
		return err
	})
	return content, found, err
}

// CommitCtx keeps a session until it expires, in place of the one with the same token. It removes those that have expired.
func (s *Sessions) CommitCtx(ctx context.Context, token string, content []byte, expiry time.Time) error {
	return s.ledger.lock(ctx, "keep a session", func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, `delete from sessions where expires_at <= $1`, instant(now())); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `insert into sessions (token, content, expires_at) values ($1, $2, $3)
			on conflict (token) do update set content = excluded.content, expires_at = excluded.expires_at`, token, content, instant(precise(expiry)))
		return err
	})
}

// DeleteCtx ends a session. It does nothing if there is none.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.ledger.lock(ctx, "end a session", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `delete from sessions where token = $1`, token)
		return err
	})
}

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, content []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, content, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}
