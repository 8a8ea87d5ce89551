package main

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/testsuite/postgres"
)

// TestCommits: what PostgreSQL counts is what was done, and what it takes to ask is known.
func TestCommits(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) {
		t.Skip("left out: ", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	require.NoError(t, server.CreateDatabase(t.Context(), "quiet"))
	s := &stage{postgres: server.URL("quiet")}
	connection, err := pgx.Connect(t.Context(), s.postgres)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(t.Context()) })
	// Told at once, and by its own end, a connection needs no delay: a count has all that was done before it.
	tell := func() {
		_, err := connection.Exec(t.Context(), "select pg_stat_force_next_flush()")
		require.NoError(t, err)
	}
	tell()
	before, err := s.commits(t.Context(), 0)
	require.NoError(t, err)
	for range 7 {
		tx, err := connection.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "select 1")
		require.NoError(t, err)
		require.NoError(t, tx.Commit(t.Context()))
	}
	tell()
	count := int64(0)
	require.Eventually(t, func() bool {
		var after int64
		after, err = s.commits(t.Context(), 0)
		count++
		return err == nil && after-before-count*commitsPerCount == 7+1
	}, 20*time.Second, 50*time.Millisecond)
}
