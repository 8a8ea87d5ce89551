package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// headerKey is the header under which a caller may repeat a request.
const headerKey = "Idempotency-Key"

// maxKey is the longest key, in characters.
const maxKey = 200

// once records a request under its key before it takes effect, and refuses one of other content under a key that is taken. A request
// that is refused takes its key too: sent again as it was, it may be accepted by then.
func (a *API) once(q *call) error {
	given := q.Header.Values(headerKey)
	if len(given) == 0 {
		return nil
	}
	var faults dispute.Faults
	if strict.Line(&faults, headerKey, given[0], maxKey); len(given) > 1 {
		faults.AddOnce(headerKey, "appears more than once")
	}
	if err := invalidRequest(faults); err != nil {
		return err
	}
	asked := ledger.Request{Token: q.token.Name, Key: given[0], Content: hashOf(q.Method, q.URL.Path, string(q.body))}
	kept, err := a.Ledger.KeepRequest(q.Context(), asked)
	switch {
	case err != nil:
		return away(err)
	case kept != asked:
		return &failure{
			code: codeKeyReused, detail: "another request was sent under this Idempotency-Key; nothing has changed. " +
				"Each request needs a key of its own, and is repeated as it was",
		}
	}
	// With the content, because a key that is no longer on record may be that of another request by now.
	q.updateID = "api-" + hashOf(asked.Token, asked.Key, asked.Content)
	return nil
}

// hashOf returns the hash of some texts, in their order.
func hashOf(texts ...string) string {
	all := sha256.New()
	for _, text := range texts {
		sum := sha256.Sum256([]byte(text))
		all.Write(sum[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}

const (
	// keyAge is how long a key stays taken.
	keyAge = 30 * 24 * time.Hour
	// sweepInterval is the time between removals of old keys.
	sweepInterval = 6 * time.Hour
)

// Run removes the keys of requests that are older than 30 days, now and every six hours, until ctx ends.
func (a *API) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := a.Ledger.DropRequests(ctx, time.Now().Add(-keyAge)); err != nil && ctx.Err() == nil {
			a.Log.ErrorContext(ctx, "old Idempotency-Keys were not removed; it is repeated", slog.Any("error", err))
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}
