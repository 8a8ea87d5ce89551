package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
)

func namespace(name string) ledger.Namespace {
	return ledger.Namespace{ID: "id-of-" + name, Name: name}
}

// TestNamespacesAreKnownByTheirIDs: every Temporal has a namespace "default".
func TestNamespacesAreKnownByTheirIDs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		require.NoError(t, l.Claim(t.Context(), ledger.Namespace{ID: "a", Name: "default"}))
		other := ledger.Namespace{ID: "b", Name: "default"}
		require.ErrorContains(t, l.Claim(t.Context(), other), `it belongs to the Temporal namespace "default" (id a), not to "default" (id b): `)
		require.ErrorContains(t, l.CheckOwner(t.Context(), other), `it belongs to the Temporal namespace "default" (id a), not to "default" (id b): `)
	})
}

// TestAdopt: afterwards the ledger belongs to the other namespace, and a process of the one before is not ready any more.
func TestAdopt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		worker, l := openAt(t, ledgerURL), openAt(t, ledgerURL)
		owner, open, err := l.Owner(t.Context())
		require.NoError(t, err)
		require.Equal(t, ledger.Namespace{}, owner)
		require.Zero(t, open)
		require.NoError(t, worker.Claim(t.Context(), namespace("old")))
		require.NoError(t, worker.Ping(t.Context()))
		imported(t, l, invoice("i-1", eur(1), 0))
		_, err = l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(1)))
		require.NoError(t, err)

		for range 2 {
			require.NoError(t, l.Adopt(t.Context(), namespace("new")))
		}
		owner, open, err = l.Owner(t.Context())
		require.NoError(t, err)
		require.Equal(t, namespace("new"), owner)
		require.Equal(t, 1, open)
		require.NoError(t, l.CheckOwner(t.Context(), namespace("new")))
		require.ErrorContains(t, worker.Claim(t.Context(), namespace("old")), `it belongs to the Temporal namespace "new"`)
		require.ErrorContains(t, worker.Ping(t.Context()), `ping the ledger: it belongs to the Temporal namespace "new"`)
		require.NoError(t, l.Ping(t.Context()))
		require.NoError(t, l.Adopt(t.Context(), namespace("old")))
		require.NoError(t, worker.Ping(t.Context()))
	})
}

func TestALedgerBelongsToOneNamespace(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		_, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, _ int) (any, error) { return nil, l.Claim(t.Context(), namespace("disputes")) })
		for _, err := range errs {
			require.NoError(t, err)
		}
		l := openAt(t, ledgerURL)
		require.EqualError(t, l.Claim(t.Context(), namespace("default")),
			`claim the ledger: it belongs to the Temporal namespace "disputes" (id id-of-disputes), not to "default" (id id-of-default): `+
				"each namespace needs a ledger of its own; if this one takes its place, run `starter ledger adopt`")
		require.NoError(t, l.Claim(t.Context(), namespace("disputes")))
		require.NoError(t, l.CheckOwner(t.Context(), namespace("disputes")))
		require.EqualError(t, l.CheckOwner(t.Context(), namespace("default")),
			`check the owner of the ledger: it belongs to the Temporal namespace "disputes" (id id-of-disputes), not to "default" (id id-of-default): `+
				"each namespace needs a ledger of its own; if this one takes its place, run `starter ledger adopt`")
	})
}

func TestCheckOwnerRecordsNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		require.ErrorContains(t, l.CheckOwner(t.Context(), namespace("default")), "it belongs to no Temporal namespace yet; start a worker first")
		require.NoError(t, l.Claim(t.Context(), namespace("disputes")))
	})
}

func TestTheFirstClaimWins(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		_, errs := concurrently(t, db.newURL(t), func(l *ledger.Ledger, n int) (any, error) {
			return nil, l.Claim(t.Context(), namespace([]string{"one", "other", "third"}[n%3]))
		})
		owners := 0
		for n := range 3 {
			if errs[n] == nil {
				owners++
			}
			for duplicate := n; duplicate < len(errs); duplicate += 3 {
				require.Equal(t, errs[n] == nil, errs[duplicate] == nil)
			}
		}
		require.Equal(t, 1, owners)
	})
}

func TestOpenDisputes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		none, err := l.OpenDisputes(t.Context(), monday.AddDate(9, 0, 0))
		require.NoError(t, err)
		require.Equal(t, []activities.UnfinishedDispute{}, none)
		imported(t, l, invoice("i-1", eur(1), 0), invoice("i-2", eur(1), 0), invoice("i-3", eur(1), 0), invoice("i-4", eur(1), 0))
		for id, c := range map[string]struct {
			invoice string
			at      time.Duration
		}{"d-late": {"i-1", time.Hour}, "d-b": {"i-2", 0}, "d-a": {"i-3", 0}, "d-closed": {"i-4", -time.Hour}} {
			in := pauseOf(id, c.invoice, eur(1))
			in.Dispute.Calendar, in.At = "SE", in.At.Add(c.at)
			_, err := l.Pause(t.Context(), in)
			require.NoError(t, err)
		}
		_, err = l.Settle(t.Context(), settleOf("d-closed", won()))
		require.NoError(t, err)

		open, err := l.OpenDisputes(t.Context(), monday.Add(time.Hour))
		require.NoError(t, err)
		var ids []string
		for _, record := range open {
			ids = append(ids, record.ID)
			same, err := l.Dispute(t.Context(), record.ID)
			require.NoError(t, err)
			require.Equal(t, activities.UnfinishedDispute{
				ID: same.ID, ContentHash: same.ContentHash, InvoiceID: same.InvoiceID, DisputedAmount: eur(1), Calendar: "SE", PausedAt: same.Paused.At,
			}, record)
		}
		require.Equal(t, []string{"d-a", "d-b"}, ids, "d-late was paused at that instant, not before")
		open, err = l.OpenDisputes(t.Context(), monday.Add(time.Hour+time.Microsecond))
		require.NoError(t, err)
		require.Len(t, open, 3)
	})
}
