package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := openAt(t, db.newURL(t))
		require.NoError(t, l.Ping(t.Context()))
		require.NoError(t, l.Close())
		require.ErrorContains(t, l.Ping(t.Context()), "ping the ledger: ")
	})
}
