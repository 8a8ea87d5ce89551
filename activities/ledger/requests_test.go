package ledger_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// TestRequests: the first request under a key stays, also of many at a time; each token has keys of its own, and old ones are dropped.
func TestRequests(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		asked := ledger.Request{Token: "shop", Key: "k", Content: "a"}
		kept, err := l.KeepRequest(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, asked, kept)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				kept, err := l.KeepRequest(t.Context(), ledger.Request{Token: "shop", Key: "k", Content: "b"})
				if err != nil || kept != asked {
					t.Errorf("%v %v", kept, err)
				}
			})
		}
		all.Wait()
		other := ledger.Request{Token: "erp", Key: "k", Content: "b"}
		kept, err = l.KeepRequest(t.Context(), other)
		require.NoError(t, err)
		require.Equal(t, other, kept)
		require.NoError(t, l.DropRequests(t.Context(), time.Now().Add(-time.Hour)))
		require.Equal(t, "select token, content from requests order by token\nerp b\nshop a\n", rowsOf(t, l, "select token, content from requests order by token"))
		require.NoError(t, l.DropRequests(t.Context(), time.Now().Add(time.Hour)))
		kept, err = l.KeepRequest(t.Context(), ledger.Request{Token: "shop", Key: "k", Content: "b"})
		require.NoError(t, err)
		require.Equal(t, "b", kept.Content)
	})
}
