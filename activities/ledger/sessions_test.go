package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSessions: a session is found until it expires or is ended, and expired ones are removed.
func TestSessions(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		sessions := l.Sessions()
		require.NoError(t, sessions.Commit("expired", []byte("anna"), time.Now().Add(-time.Second)))
		_, found, err := sessions.Find("expired")
		require.NoError(t, err)
		require.False(t, found)
		for _, content := range []string{"berta", "clara"} {
			require.NoError(t, sessions.Commit("hash", []byte(content), time.Now().Add(time.Hour)))
			kept, found, err := sessions.Find("hash")
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, content, string(kept))
		}
		require.Equal(t, "select token from sessions\nhash\n", rowsOf(t, l, "select token from sessions"), "the expired one is removed")
		for range 2 {
			require.NoError(t, sessions.Delete("hash"))
		}
		_, found, err = sessions.Find("hash")
		require.NoError(t, err)
		require.False(t, found)
	})
}
