package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// statisticsDelay is how long after its last transaction a connection of PostgreSQL (15 and later) has told the
// server's statistics of it: 10 s while it is idle, and some more for a busy machine.
const statisticsDelay = 12 * time.Second

// counted is how many disputes of each mode run, after all rounds, to count their transactions.
func (p plan) counted() int { return min(sliceSize, p.Disputes) }

// addTransactions adds to all rounds of a comparison how many transactions a dispute takes in its ledger. SQLite does not
// count them. PostgreSQL does, but tells late: so a slice of each mode runs apart, with silence around it.
func (s *stage) addTransactions(ctx context.Context, c comparison, tick func()) error {
	if s.postgres == "" {
		return nil
	}
	for _, m := range modes {
		counted := 0.0
		if m != floor {
			var err error
			if counted, err = s.countTransactions(ctx, m, c.plan, tick); err != nil {
				return fmt.Errorf("count the transactions: %w", err)
			}
		}
		for _, round := range c.rounds[m] {
			round[transactions] = counted
		}
	}
	return nil
}

func (s *stage) countTransactions(ctx context.Context, m mode, p plan, tick func()) (perDispute float64, err error) {
	slice, err := s.lanes[m].newSlice(ctx, "counted", paths(mixes[p.Path], p.counted()), p.Clients, tick)
	if err != nil {
		return 0, err
	}
	before, err := s.commits(ctx, statisticsDelay)
	if err != nil {
		return 0, err
	}
	if err := slice.play(ctx); err != nil {
		return 0, err
	}
	after, err := s.commits(ctx, statisticsDelay)
	if err != nil {
		return 0, err
	}
	return float64(after-before-commitsPerCount) / float64(p.counted()), slice.find(ctx)
}

// commitsPerCount is how many transactions a count itself takes: the greeting of its connection, and its query, prepared
// and run.
const commitsPerCount = 3

// commits is how many transactions of the ledgers' database have ended well, since whenever, its upkeep included.
func (s *stage) commits(ctx context.Context, delay time.Duration) (count int64, err error) {
	if err := pause(ctx, delay); err != nil {
		return 0, err
	}
	connection, err := pgx.Connect(ctx, s.postgres)
	if err != nil {
		return 0, err
	}
	err = connection.QueryRow(ctx, "select xact_commit from pg_stat_database where datname = current_database()").Scan(&count)
	return count, errors.Join(err, connection.Close(ctx))
}
