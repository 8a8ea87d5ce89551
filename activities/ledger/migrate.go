package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrate upgrades the schema to that of this build, and reports whether there was none before. Several processes may do so at
// once.
func migrate(ctx context.Context, provider *goose.Provider) (made bool, err error) {
	err = checkSchema(ctx, provider)
	if err == nil {
		return false, nil // without a lock, which a pooler may forget
	}
	before, known := errors.AsType[*SchemaError](err)
	made = known && before.Current == 0
	// Goose compares versions before it takes SQLite's lock. Of two processes that do so at once one finds the tables of
	// the other, fails, is rolled back and tries again: at most once for each migration.
	for range len(provider.ListSources()) + 1 {
		if _, err = provider.Up(ctx); err == nil {
			break
		}
	}
	if err != nil {
		return false, err
	}
	return made, checkSchema(ctx, provider)
}

// checkSchema returns an error unless the schema is that of this build.
func checkSchema(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err == nil && current != target {
		err = &SchemaError{Current: current, Known: target}
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
