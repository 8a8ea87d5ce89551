package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// step is one request to the ledger.
type step struct {
	name string
	do   func(context.Context, *ledger.Ledger) (any, error)
	// lasting steps, once they have succeeded, get the same answer for ever or are refused.
	lasting bool
}

// Any requests in any order leave the ledger sound, and repeats change nothing.
func TestRepeatsChangeNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		unrepeated, repeated := db.emptyLedgers(t, nil), db.emptyLedgers(t, nil)
		rapid.Check(t, func(t *rapid.T) {
			once, repeating := unrepeated(t), repeated(t)
			steps := rapid.SliceOfN(stepGenerator(), 8, 20).Draw(t, "steps")
			var done []step
			for i, s := range append([]step{importStep(0, 0, 0), importStep(1, 100, 60), importStep(2, dispute.MaxAmount, 1)}, steps...) {
				want, wantErr := s.do(t.Context(), once)
				for range rapid.IntRange(1, 2).Draw(t, fmt.Sprint("times ", i)) {
					got, err := s.do(t.Context(), repeating)
					if wantErr != nil {
						require.EqualError(t, err, wantErr.Error(), s.name)
						continue
					}
					require.NoError(t, err, s.name)
					if s.lasting {
						require.Equal(t, want, got, s.name)
					}
				}
				if s.lasting && wantErr == nil {
					done = append(done, s)
				}
				if len(done) > 0 { // repeat an old request, which has no effect
					_, _ = rapid.SampledFrom(done).Draw(t, fmt.Sprint("again ", i)).do(t.Context(), repeating)
				}
			}
			require.Equal(t, dump(t, once), dump(t, repeating))
			requireSound(t, once)
			requireSound(t, repeating)
		})
	})
}

// amounts are around both ends of the allowed range, and small ones that add up to each other.
var amounts = []int64{1, 2, 3, 5, 99, 100, 101, dispute.MaxAmount - 1, dispute.MaxAmount}

func stepGenerator() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		id, of := rapid.IntRange(1, 5).Draw(t, "dispute"), rapid.IntRange(1, 2).Draw(t, "invoice")
		amount := rapid.SampledFrom(amounts).Draw(t, "amount")
		switch rapid.SampledFrom([]string{"import", "pause", "pause", "settle", "settle"}).Draw(t, "step") {
		case "import":
			return importStep(of, amount, rapid.Int64Range(0, amount).Draw(t, "paid"))
		case "pause":
			return pauseStep(id, of, amount)
		default:
			return settleStep(id, rapid.SampledFrom(dispute.ClosingReasons).Draw(t, "closing reason"), rapid.Int64Range(0, 3).Draw(t, "refund"))
		}
	})
}

// importStep imports the merchants and, unless of is 0, invoice of.
func importStep(of int, amount, paid int64) step {
	in := dispute.Import{Merchants: merchants}
	if of > 0 {
		in.Invoices = []dispute.Invoice{invoice(fmt.Sprint("i-", of), eur(amount), paid)}
	}
	return step{name: fmt.Sprintf("import i-%d %d/%d", of, amount, paid), do: func(ctx context.Context, l *ledger.Ledger) (any, error) {
		return l.Import(ctx, in)
	}}
}

func pauseStep(id, of int, amount int64) step {
	in := pauseOf(fmt.Sprint("d-", id), fmt.Sprint("i-", of), eur(amount))
	return step{name: fmt.Sprintf("pause d-%d on i-%d for %d", id, of, amount), lasting: true, do: func(ctx context.Context, l *ledger.Ledger) (any, error) {
		return l.Pause(ctx, in)
	}}
}

// settleStep settles with a closing reason. The refund counts in an agreement only and may be too high.
func settleStep(id int, reason dispute.ClosingReason, refund int64) step {
	name := fmt.Sprint("d-", id)
	return step{name: fmt.Sprintf("settle %s: %s, %d", name, reason, refund), lasting: true, do: func(ctx context.Context, l *ledger.Ledger) (any, error) {
		record, err := l.Dispute(ctx, name)
		if err != nil {
			return nil, err
		}
		back := eur(refund)
		return l.Settle(ctx, settleOf(name, dispute.Decide(reason, record.DisputedAmount, &back)))
	}}
}
