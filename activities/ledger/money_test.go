package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/race"
)

var (
	moneySequences = flag.Int("money.sequences", 2000, "how many sequences of events the ledger's money is tried with, on each database")
	moneySeed      = flag.Uint64("money.seed", 1, "the seed of the first of them")
)

// TestMoney compares the ledger with plain arithmetic over random sequences of imports, payments, returns, credit notes,
// pauses and settlements. Sequence n has an invoice of its own and the seed money.seed + n.
func TestMoney(t *testing.T) {
	t.Parallel()
	sequences := *moneySequences
	if race.Enabled {
		sequences = min(sequences, 50)
	}
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		if db.name == "SQLite" {
			execute(t, l, "pragma synchronous = off") // the test survives no power failure
		}
		_, err := l.Import(t.Context(), dispute.Import{Merchants: merchants})
		require.NoError(t, err)
		var next atomic.Int64
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for n := next.Add(1); n <= int64(sequences) && !t.Failed(); n = next.Add(1) {
					newMoneyRun(t, l, int(n)).play()
				}
			})
		}
		group.Wait()
		requireSound(t, l)
	})
}

// moneyRun is one sequence of events, on the ledger and on the model.
type moneyRun struct {
	*testing.T
	ledger   *ledger.Ledger
	random   *rand.Rand
	model    moneyModel
	invoice  string
	disputes int
	today    time.Time
	trace    []string
}

func newMoneyRun(t *testing.T, l *ledger.Ledger, n int) *moneyRun {
	seed := *moneySeed + uint64(n)
	r := &moneyRun{
		T: t, ledger: l, random: rand.New(rand.NewPCG(seed, 0)),
		invoice: fmt.Sprint("i-", n), today: monday.Truncate(24 * time.Hour), trace: []string{fmt.Sprint("seed ", seed)},
	}
	r.model.references = map[ledger.Movement]map[string]int64{ledger.MovementPayment: {}, ledger.MovementPaymentReturn: {}, ledger.MovementCreditNote: {}}
	return r
}

// play plays the sequence. It stops at the first difference.
func (r *moneyRun) play() {
	r.imports(r.between(1, 20), r.between(0, 25), r.today.AddDate(0, 0, int(r.between(-3, 30))))
	for range r.between(3, 14) {
		r.today = r.today.AddDate(0, 0, int(r.between(0, 9)))
		switch what := r.between(0, 9); {
		case what == 0:
			due := r.model.billedDue
			if r.between(0, 2) == 0 {
				due = r.today.AddDate(0, 0, int(r.between(0, 30)))
			}
			r.imports(max(1, r.model.amount+r.between(-2, 2)*r.between(0, 1)), max(0, r.model.importedPaid+r.between(-5, 5)), due)
		case what <= 4:
			r.books([]ledger.Movement{ledger.MovementPayment, ledger.MovementPaymentReturn, ledger.MovementCreditNote}[r.between(0, 2)])
		case what <= 6 || r.model.disputed == 0:
			r.pauses()
		default:
			r.settles(dispute.ClosingReasons[r.between(0, int64(len(dispute.ClosingReasons))-1)])
		}
	}
	got, err := r.ledger.Invoice(r.Context(), r.invoice)
	require.NoError(r, err)
	r.model.compare(r, got, r.trace)
}

// between returns a number from low to high.
func (r *moneyRun) between(low, high int64) int64 {
	return low + r.random.Int64N(high-low+1)
}

// agrees wants the ledger to take what the model takes, and to refuse what it refuses.
func (r *moneyRun) agrees(taken bool, err error, event string) {
	r.trace = append(r.trace, event)
	if refusal, refused := errors.AsType[*dispute.Refusal](err); refused {
		require.False(r, taken, "%s: %v", r.trace, refusal)
		return
	}
	require.NoError(r, err, r.trace)
	require.True(r, taken, r.trace)
}

func (r *moneyRun) imports(amount, paid int64, due time.Time) {
	in := invoice(r.invoice, eur(amount), paid)
	in.DueDate = due.Format(time.DateOnly)
	_, err := r.ledger.Import(r.Context(), dispute.Import{Invoices: []dispute.Invoice{in}})
	r.agrees(r.model.imports(amount, paid, due), err, fmt.Sprintf("import %d paid %d due %s", amount, paid, in.DueDate))
}

func (r *moneyRun) books(movement ledger.Movement) {
	reference := fmt.Sprint("r-", r.between(0, 9))
	amount := r.between(1, 8) * r.between(1, 3)
	if before, known := r.model.references[movement][reference]; known && r.between(0, 1) == 0 {
		amount = before
	}
	_, err := r.ledger.Book(r.Context(), movement, booking(reference, r.invoice, eur(amount)))
	r.agrees(r.model.books(movement, reference, amount), err, fmt.Sprintf("%s %d as %s", movement, amount, reference))
}

func (r *moneyRun) pauses() {
	amount := max(1, r.between(-2, 2)*r.between(0, 1)+r.between(1, max(1, r.model.left())))
	id := fmt.Sprint("d-", r.invoice, "-", r.disputes+1)
	in := pauseOf(id, r.invoice, eur(amount))
	in.At, in.Today = r.today, r.today.Format(time.DateOnly)
	owed := max(0, r.model.owes())
	answer, err := r.ledger.Pause(r.Context(), in)
	r.agrees(r.model.pauses(amount, r.today), err, fmt.Sprintf("pause %d on %s", amount, in.Today))
	if err == nil {
		r.disputes++
		require.Equal(r, []any{owed, r.model.daysLeft}, []any{answer.Outstanding, answer.DaysLeft}, r.trace)
	}
}

func (r *moneyRun) settles(reason dispute.ClosingReason) {
	refund := eur(r.between(0, r.model.disputed))
	in := settleOf(fmt.Sprint("d-", r.invoice, "-", r.disputes), dispute.Decide(reason, eur(r.model.disputed), &refund))
	in.At, in.Today = r.today, r.today.Format(time.DateOnly)
	r.trace = append(r.trace, fmt.Sprintf("settle on %s: %s, %d", in.Today, reason, refund.Amount))
	want := r.model.settles(reason, refund.Amount, r.today)
	want.At = r.today
	for range r.between(1, 2) {
		answer, err := r.ledger.Settle(r.Context(), in)
		require.NoError(r, err, r.trace)
		require.Equal(r, want, answer, r.trace)
	}
}
