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
func migrate(ctx context.Context, provider *goose.Provider) (err error) {
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
	return checkSchema(ctx, provider)
}

// checkSchema tells whether the schema is the one that this build knows.
func checkSchema(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case current > target:
		return fmt.Errorf("it has schema %d, this build knows %d: take a newer build", current, target)
	case current < target:
		return fmt.Errorf("it has schema %d, this build knows %d: an import or a worker of this build brings it up to date", current, target)
	}
	return nil
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
