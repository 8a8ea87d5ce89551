package ledger

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Period is a span of time: From is in it, Until is not.
type Period struct {
	From, Until time.Time
}

// Figures are the figures of the disputes of a period. A dispute is opened when its invoice is paused and closed when its
// money has moved, so what is said of a period that has passed does not change.
type Figures struct {
	groups map[FigureKey]*tally
}

// Happening is what happened to a dispute in a period.
type Happening string

// The happenings. A dispute that was opened and closed in the period counts for both.
const (
	HappeningOpened Happening = "opened"
	HappeningClosed Happening = "closed"
	// HappeningOpen means that the dispute was open at the end of the period.
	HappeningOpen Happening = "open"
)

// FigureKey is what the disputes of a group have in common. A field that a group does not go by is empty.
type FigureKey struct {
	Happening  Happening      `json:"happening"`
	MerchantID string         `json:"merchantId,omitzero"`
	Currency   string         `json:"currency"`
	Reason     dispute.Reason `json:"reason,omitzero"`
	// Outcome and ClosingReason are empty for disputes that are not counted as closed.
	Outcome       dispute.Outcome       `json:"outcome,omitzero"`
	ClosingReason dispute.ClosingReason `json:"closingReason,omitzero"`
}

// Figure has the figures of a group, amounts in minor units. Of disputes that are not counted as closed, all but Disputes and
// Disputed are zero.
type Figure struct {
	FigureKey
	Disputes int   `json:"disputes"`
	Disputed int64 `json:"disputed"`
	// Credited came off what customers owed, Refunded goes back to customers. Together they are what merchants are debited.
	Credited int64 `json:"credited"`
	Refunded int64 `json:"refunded"`
	// AlreadyCredited is the part of the decided amounts that credit notes had given up already.
	AlreadyCredited int64 `json:"alreadyCredited"`
	// Median and P90 are the time from opening to closing that half and nine tenths of the disputes did not exceed.
	Median time.Duration `json:"-"`
	P90    time.Duration `json:"-"`
}

// tally adds up the disputes of a group.
type tally struct {
	disputes                                      int
	disputed, credited, refunded, alreadyCredited int64
	took                                          []time.Duration
}

var errTooMuch = errors.New("the amounts add up to more than 9223372036854775807 minor units; take a shorter period")

func (t *tally) add(more tally) (err error) {
	for _, sum := range []struct {
		of  *int64
		add int64
	}{
		{&t.disputed, more.disputed}, {&t.credited, more.credited}, {&t.refunded, more.refunded}, {&t.alreadyCredited, more.alreadyCredited},
	} {
		if sum.add > math.MaxInt64-*sum.of {
			return errTooMuch
		}
		*sum.of += sum.add
	}
	t.disputes += more.disputes
	t.took = append(t.took, more.took...)
	return nil
}

// By adds up the figures of the groups that a function makes alike, by leaving out what they are not to go by. They are in no
// order.
func (f Figures) By(key func(FigureKey) FigureKey) (figures []Figure, err error) {
	sums := map[FigureKey]*tally{}
	for of, group := range f.groups {
		if err := addTo(sums, key(of), *group); err != nil {
			return nil, err
		}
	}
	for of, sum := range sums {
		slices.Sort(sum.took)
		figures = append(figures, Figure{
			FigureKey: of, Disputes: sum.disputes, Disputed: sum.disputed, Credited: sum.credited, Refunded: sum.refunded,
			AlreadyCredited: sum.alreadyCredited, Median: nearestRank(sum.took, 50), P90: nearestRank(sum.took, 90),
		})
	}
	return figures, nil
}

func addTo(sums map[FigureKey]*tally, key FigureKey, more tally) error {
	if sums[key] == nil {
		sums[key] = &tally{}
	}
	return sums[key].add(more)
}

// nearestRank returns the smallest of the sorted values that at least so many per cent of them do not exceed; 0 for none.
func nearestRank(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	const all = 100
	return sorted[(len(sorted)*percent+all-1)/all-1]
}

// countedDispute is a dispute as figures count it.
type countedDispute struct {
	key                FigureKey // without what happened
	amounts            tally
	openedAt, closedAt time.Time // closedAt is zero for an open one
}

// Figures reads the figures of a period, of one merchant or, for "", of all. It reads the record of the money alone, which no
// erasure takes away.
func (l *Ledger) Figures(ctx context.Context, in Period, merchantID string) (figures Figures, err error) {
	figures.groups = map[FigureKey]*tally{}
	var where conditions
	where.add("d.paused_at < ?", instant(in.Until))
	where.add("(d.settled_at is null or d.settled_at >= ?)", instant(in.From))
	if merchantID != "" {
		where.add("i.merchant_id = ?", merchantID)
	}
	err = l.autocommit("read the figures of disputes", func(tx *transaction) error {
		return each(ctx, tx, scanCounted, func(d countedDispute) error { return figures.count(in, d) },
			`select i.merchant_id, d.currency, d.reason, d.outcome, d.closing_reason, d.amount, d.credited, d.refunded, d.already_credited,
				d.paused_at, d.settled_at
			from disputes d join invoices i on i.id = d.invoice_id`+where.clause(), where.args...)
	})
	return figures, err
}

func scanCounted(into func(...any) error) (d countedDispute, err error) {
	err = into(&d.key.MerchantID, &d.key.Currency, &d.key.Reason, &d.key.Outcome, &d.key.ClosingReason,
		&d.amounts.disputed, &d.amounts.credited, &d.amounts.refunded, &d.amounts.alreadyCredited, (*instant)(&d.openedAt), (*instant)(&d.closedAt))
	return d, err
}

// count counts a dispute for all that happened to it in the period.
func (f Figures) count(in Period, d countedDispute) error {
	undecided := d.key
	undecided.Outcome, undecided.ClosingReason = "", ""
	about := tally{disputes: 1, disputed: d.amounts.disputed}
	if !d.openedAt.Before(in.From) {
		undecided.Happening = HappeningOpened
		if err := addTo(f.groups, undecided, about); err != nil {
			return err
		}
	}
	if d.closedAt.IsZero() || !d.closedAt.Before(in.Until) {
		undecided.Happening = HappeningOpen
		return addTo(f.groups, undecided, about)
	}
	d.key.Happening, d.amounts.disputes = HappeningClosed, 1
	d.amounts.took = []time.Duration{max(0, d.closedAt.Sub(d.openedAt))}
	return addTo(f.groups, d.key, d.amounts)
}
