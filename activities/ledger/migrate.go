package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. Several processes may do so at once.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	provider, err := migrator(ctx, db, d)
	if err != nil {
		return err
	}
	// Goose looks what is missing before it takes SQLite's lock. Who loses a race between the two fails on
	// what the winner has created, is undone, and looks again: at most once for each migration.
	for range len(provider.ListSources()) + 1 {
		if _, err = provider.Up(ctx); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err == nil && current > target {
		err = fmt.Errorf("it has schema %d, this build knows %d: take a newer build", current, target)
	}
	return err
}

func migrator(ctx context.Context, db *sql.DB, d dialect) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, d.migrations)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithLogger(goose.NopLogger())}
	if d.locker != nil {
		locker, err := d.locker(ctx, db)
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(d.goose, db, folder, options...)
}
