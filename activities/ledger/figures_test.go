package ledger_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// pastDispute is a dispute as plain data, from which a test counts for itself.
type pastDispute struct {
	merchant, currency         string
	reason                     dispute.Reason
	amount                     int64
	paused, settled            time.Time // settled is zero for an open one
	closing                    dispute.ClosingReason
	credited, refunded, before int64
}

// pastLedger is a ledger of random disputes over 60 days, some of them erased, and some at exactly the same instants.
func pastLedger(t *testing.T, db database, count int) (*ledger.Ledger, []pastDispute) {
	t.Helper()
	l, random := db.open(t), rand.New(rand.NewPCG(20, 26))
	imported(t, l)
	between := func(low, high int64) int64 { return low + random.Int64N(high-low+1) }
	all := make([]pastDispute, count)
	for n := range all {
		r := pastDispute{
			merchant: merchants[between(0, 1)].ID, currency: []string{"EUR", "SEK", "JPY"}[between(0, 2)],
			reason: dispute.Reasons[between(0, 2)], amount: between(1, 9000), paused: monday.Add(time.Duration(between(0, 60*4)) * 6 * time.Hour),
		}
		in := invoice(fmt.Sprint("i-", n), dispute.Money{Amount: 10000, Currency: r.currency}, between(0, 10000))
		in.MerchantID = r.merchant
		imported(t, l, in)
		pause := pauseOf(fmt.Sprint("d-", n), in.ID, dispute.Money{Amount: r.amount, Currency: r.currency})
		pause.Dispute.MerchantID, pause.Dispute.Reason, pause.At = r.merchant, r.reason, r.paused
		_, err := l.Pause(t.Context(), pause)
		require.NoError(t, err)
		if between(0, 3) > 0 {
			r.settle(t, l, pause.Dispute, r.paused.Add(time.Duration(between(0, 40*4))*6*time.Hour), between)
		}
		all[n] = r
	}
	return l, all
}

// settle settles a dispute at random, sometimes after a credit note, and sometimes erases it.
func (r *pastDispute) settle(t *testing.T, l *ledger.Ledger, d dispute.Dispute, at time.Time, between func(low, high int64) int64) {
	if between(0, 2) == 0 {
		note := booking("note", d.InvoiceID, dispute.Money{Amount: between(1, 10000), Currency: r.currency})
		_, err := l.Book(t.Context(), ledger.MovementCreditNote, note)
		require.NoError(t, err)
	}
	r.closing, r.settled = dispute.ClosingReasons[between(0, int64(len(dispute.ClosingReasons))-1)], at
	refund := dispute.Money{Amount: between(1, r.amount), Currency: r.currency}
	in := settleOf(d.ID, dispute.Decide(r.closing, d.DisputedAmount, &refund))
	in.At, in.Today = at, at.Format(time.DateOnly)
	answer, err := l.Settle(t.Context(), in)
	require.NoError(t, err)
	r.credited, r.refunded, r.before = answer.Credited, answer.Refunded, answer.AlreadyCredited
	if between(0, 3) == 0 {
		for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			receipt := receiptOf(notice(1))
			receipt.Key.DisputeID, receipt.Key.Occasion, receipt.Key.Recipient = d.ID, dispute.OccasionClosed, party
			saved(t, l, receipt)
		}
		_, err := l.Erase(t.Context(), ledger.Erasure{DisputeID: d.ID, At: at, ErasedBy: "test", Reason: "asked for"})
		require.NoError(t, err)
	}
}

// views are ways of looking at figures: what a group goes by.
var views = map[string]func(ledger.FigureKey) ledger.FigureKey{
	"all": func(k ledger.FigureKey) ledger.FigureKey { return k },
	"currency": func(k ledger.FigureKey) ledger.FigureKey {
		return ledger.FigureKey{Happening: k.Happening, Currency: k.Currency}
	},
	"merchant": func(k ledger.FigureKey) ledger.FigureKey {
		return ledger.FigureKey{Happening: k.Happening, Currency: k.Currency, MerchantID: k.MerchantID, Outcome: k.Outcome}
	},
}

// figuresOf counts the figures of a period from plain data.
func figuresOf(all []pastDispute, in ledger.Period, merchant string, view func(ledger.FigureKey) ledger.FigureKey) []ledger.Figure {
	sums, took := map[ledger.FigureKey]ledger.Figure{}, map[ledger.FigureKey][]time.Duration{}
	within := func(at time.Time) bool { return !at.Before(in.From) && at.Before(in.Until) }
	for _, r := range all {
		if merchant != "" && merchant != r.merchant {
			continue
		}
		count := func(what ledger.Happening, closing dispute.ClosingReason, credited, refunded, before int64) ledger.FigureKey {
			key := ledger.FigureKey{Happening: what, MerchantID: r.merchant, Currency: r.currency, Reason: r.reason, ClosingReason: closing}
			if closing != "" {
				key.Outcome = closing.Outcome()
			}
			key = view(key)
			sum := sums[key]
			sums[key] = ledger.Figure{
				FigureKey: key, Disputes: sum.Disputes + 1, Disputed: sum.Disputed + r.amount,
				Credited: sum.Credited + credited, Refunded: sum.Refunded + refunded, AlreadyCredited: sum.AlreadyCredited + before,
			}
			return key
		}
		if within(r.paused) {
			count(ledger.HappeningOpened, "", 0, 0, 0)
		}
		if r.paused.Before(in.Until) && (r.settled.IsZero() || !r.settled.Before(in.Until)) {
			count(ledger.HappeningOpen, "", 0, 0, 0)
		}
		if !r.settled.IsZero() && within(r.settled) {
			key := count(ledger.HappeningClosed, r.closing, r.credited, r.refunded, r.before)
			took[key] = append(took[key], r.settled.Sub(r.paused))
		}
	}
	var figures []ledger.Figure
	for key, sum := range sums {
		sum.Median, sum.P90 = reaches(took[key], 0.5), reaches(took[key], 0.9)
		figures = append(figures, sum)
	}
	return sorted(figures)
}

// reaches returns the smallest of the values that this part of them does not exceed.
func reaches(values []time.Duration, part float64) time.Duration {
	slices.Sort(values)
	for i, value := range values {
		if float64(i+1) >= part*float64(len(values))-1e-9 {
			return value
		}
	}
	return 0
}

func sorted(figures []ledger.Figure) []ledger.Figure {
	slices.SortFunc(figures, func(a, b ledger.Figure) int {
		return cmp.Compare(fmt.Sprint(a.FigureKey), fmt.Sprint(b.FigureKey))
	})
	return figures
}

// TestFigures compares the figures of random periods with those that plain Go counts, on disputes of any age.
func TestFigures(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l, all := pastLedger(t, db, 150)
		random := rand.New(rand.NewPCG(1, 2))
		for n := range 60 {
			from := monday.Add(time.Duration(random.IntN(100*4)-20) * 6 * time.Hour)
			in := ledger.Period{From: from, Until: from.Add(time.Duration(random.IntN(60*4)) * 6 * time.Hour)}
			merchant := []string{"", "m-1", "m-2", "m-404"}[n%4]
			figures, err := l.Figures(t.Context(), in, merchant)
			require.NoError(t, err)
			for name, view := range views {
				got, err := figures.By(view)
				require.NoError(t, err)
				require.Equal(t, figuresOf(all, in, merchant, view), sorted(got), "%+v of %q by %s", in, merchant, name)
			}
		}
		requireSound(t, l)
	})
}

// TestFiguresDoNotOverflow: sums that cannot be told are an error, never a wrong number.
func TestFiguresDoNotOverflow(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		execute(t, l, fmt.Sprintf(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 1025)
			insert into invoices (id, order_id, merchant_id, customer_id, currency, amount, paid, imported_paid, credit_notes, credited, refunded,
				decided_for_merchant, billed_due_date, due_date, state)
			select 'i-' || n, 'o', 'm-1', 'c-1', 'EUR', %d, 0, 0, 0, 0, 0, 0, '', '', 'paused' from numbers`, dispute.MaxAmount),
			timed(fmt.Sprintf(`insert into disputes (id, content_hash, run_id, invoice_id, currency, amount, reason, calendar, opened_at, paused_at,
				paused_outstanding, days_left) select 'd' || id, '', '', id, 'EUR', %d, 'return', 'DE', @, @, 0, 0 from invoices`, dispute.MaxAmount)))
		_, err := l.Figures(t.Context(), ledger.Period{From: monday.AddDate(-1, 0, 0), Until: monday.AddDate(1, 0, 0)}, "")
		require.ErrorContains(t, err, "more than 9223372036854775807 minor units; take a shorter period")
	})
}
