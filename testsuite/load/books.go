package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// makeLedger makes the place of a lane's ledger and gives its URL: a file, or a schema that is dropped in the end.
func (s *stage) makeLedger(ctx context.Context, m mode) (string, error) {
	if s.postgres == "" {
		return "sqlite:" + filepath.Join(s.dir, string(m)+".db"), nil
	}
	u, err := url.Parse(s.postgres)
	if err != nil {
		return "", errors.New("LEDGER_URL cannot be read; write it like postgres://USER:PASSWORD@HOST:5432/DATABASE")
	}
	schema := s.prefix + string(m)
	// Not to be interrupted: the server would make it after we had dropped it.
	whole, done := context.WithTimeout(context.WithoutCancel(ctx), tidyWithin)
	defer done()
	s.later(func() error { return s.dropSchema(context.WithoutCancel(ctx), schema) })
	if err := s.execute(whole, "create schema "+schema); err != nil {
		return "", err
	}
	settings := u.Query()
	settings.Set("search_path", schema)
	u.RawQuery = settings.Encode()
	return u.String(), nil
}

// dropSchema drops a schema, which may not have come to be.
func (s *stage) dropSchema(ctx context.Context, schema string) error {
	ctx, cancel := context.WithTimeout(ctx, tidyWithin)
	defer cancel()
	if err := s.execute(ctx, "drop schema if exists "+schema+" cascade"); err != nil {
		return fmt.Errorf("schema %s is left in the database: %w", schema, err)
	}
	return nil
}

func (s *stage) execute(ctx context.Context, statement string) error {
	connection, err := pgx.Connect(ctx, s.postgres)
	if err != nil {
		return fmt.Errorf("LEDGER_URL: %w", err)
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}
