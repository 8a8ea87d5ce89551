package doctor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
)

// afterLedger are the checks that need an open ledger.
var afterLedger = []Name{CheckLedgerWritable, CheckLedgerOwner}

func (e *examination) examineLedger(ctx context.Context) {
	if e.config.LedgerURL == "" || ledger.CheckURL(e.config.LedgerURL) != nil {
		e.skip("LEDGER_URL is not usable", append([]Name{CheckLedger, CheckLedgerSchema}, afterLedger...)...)
		return
	}
	books, err := ledger.OpenExisting(ctx, e.config.LedgerURL)
	if schema, ok := errors.AsType[*ledger.SchemaError](err); ok {
		e.ok(CheckLedger, "it answers")
		e.wrong(CheckLedgerSchema, schema, "run workers and starter of one build; the first worker of a newer one upgrades the ledger")
		e.skip("the schema is another", afterLedger...)
		return
	}
	if err != nil {
		e.wrong(CheckLedger, err, ledgerHelp(e.config.LedgerURL))
		e.skip("the ledger cannot be opened", append([]Name{CheckLedgerSchema}, afterLedger...)...)
		return
	}
	e.books = books
	e.ok(CheckLedger, "it answers")
	e.ok(CheckLedgerSchema, "that of this build")
	if err := books.Probe(ctx); err != nil {
		e.wrong(CheckLedgerWritable, err,
			"LEDGER_URL must name the primary, with a user that may write; nothing may keep it locked, and its disk must not be full")
	} else {
		e.ok(CheckLedgerWritable, "yes")
	}
	e.examineOwner(ctx)
}

func ledgerHelp(url string) string {
	if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
		return fmt.Sprintf("correct LEDGER_URL, or create the ledger: its folder is %s", filepath.Dir(path))
	}
	return "correct LEDGER_URL (host, port, database, user, password, sslmode), or create the ledger with a worker or an import"
}

// examineOwner checks that the ledger belongs to this namespace: each moves the money of its own disputes.
func (e *examination) examineOwner(ctx context.Context) {
	if e.namespace.ID == "" {
		e.skip("the namespace is not known", CheckLedgerOwner)
		return
	}
	owner, open, err := e.books.Owner(ctx)
	switch {
	case err != nil:
		e.wrong(CheckLedgerOwner, err, "see the log of the database")
	case owner.ID == "":
		e.warn(CheckLedgerOwner, "the ledger belongs to no namespace yet", "the first worker claims it")
	default:
		if err := e.books.CheckOwner(ctx, e.namespace); err != nil {
			e.wrong(CheckLedgerOwner, err, "correct TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE or LEDGER_URL")
			return
		}
		e.ok(CheckLedgerOwner, "this namespace, with %d open disputes", open)
	}
}
