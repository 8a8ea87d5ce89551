package demo

import (
	"context"
	"io"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
)

// Play opens and drives the demo's disputes in an installation that runs already, with an empty ledger and its
// workers, and prints on out what happens. It fails when a dispute does not end as it should, and when the
// ledger does not agree.
func Play(ctx context.Context, out io.Writer, temporal client.Client, books *ledger.Ledger) error {
	return (&stage{temporal: temporal, ledger: books}).play(ctx, out, Options{})
}
