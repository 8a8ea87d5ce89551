package ledger

import (
	"context"
	"time"
)

// Request is a request to the API under a key with which its sender may repeat it.
type Request struct {
	// Token is the name of the sender's token: each token has keys of its own.
	Token string
	Key   string
	// Content is the hash of what is asked for.
	Content string
}

// KeepRequest records a request before it takes effect, and returns the one on record under its key: the first. One of other
// content under that key is another request.
func (l *Ledger) KeepRequest(ctx context.Context, in Request) (kept Request, err error) {
	kept = in
	err = l.lock(ctx, "record a request", func(tx *transaction) error {
		return tx.QueryRowContext(ctx, `insert into requests (token, key, content, at) values ($1, $2, $3, $4)
			on conflict (token, key) do update set key = excluded.key returning content`,
			in.Token, in.Key, in.Content, instant(now())).Scan(&kept.Content)
	})
	return kept, err
}

// DropRequests removes the requests from before an instant, whose keys can then be used anew.
func (l *Ledger) DropRequests(ctx context.Context, before time.Time) error {
	return l.lock(ctx, "remove old requests", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `delete from requests where at < $1`, instant(precise(before)))
		return err
	})
}
