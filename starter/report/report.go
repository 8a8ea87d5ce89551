// Package report makes reports of a period from the ledger: of its disputes, for people, spreadsheets and programs, and of its
// postings, for accountants.
package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// Report is a report of the disputes of a period.
type Report struct {
	Days
	// Totals have one group for each currency; the others one for each currency and Name, which is an outcome, a closing reason,
	// a reason or a merchant.
	Totals         []Group `json:"totals"`
	Outcomes       []Group `json:"outcomes"`
	ClosingReasons []Group `json:"closingReasons"`
	Reasons        []Group `json:"reasons"`
	Merchants      []Group `json:"merchants"`
	// Rows are the finest groups, from which the others are made; but medians do not add up.
	Rows []Row `json:"rows"`
}

// Group are the disputes of a report that are alike in something. Amounts are in minor units.
type Group struct {
	Name     string `json:"name,omitzero"`
	Currency string `json:"currency"`
	// Opened and Closed happened in the period, Open is how many were open at its end, each with the disputed amounts.
	Opened         int   `json:"opened"`
	OpenedDisputed int64 `json:"openedDisputed"`
	Closed         int   `json:"closed"`
	ClosedDisputed int64 `json:"closedDisputed"`
	Open           int   `json:"open"`
	OpenDisputed   int64 `json:"openDisputed"`
	// Outcomes counts those that were closed by how they ended.
	Outcomes map[dispute.Outcome]int `json:"outcomes"`
	// Credited came off what customers owed, Refunded goes back to customers; merchants are debited both.
	Credited        int64 `json:"credited"`
	Refunded        int64 `json:"refunded"`
	AlreadyCredited int64 `json:"alreadyCredited"`
	// MedianDays and P90Days are the days from opening to closing that half and nine tenths of the closed ones did not exceed.
	MedianDays float64 `json:"medianDays"`
	P90Days    float64 `json:"p90Days"`
}

// Row is a figure with its times in days.
type Row struct {
	ledger.Figure
	MedianDays float64 `json:"medianDays"`
	P90Days    float64 `json:"p90Days"`
}

// Of makes the report of a period from its figures.
func Of(days Days, figures ledger.Figures) (r Report, err error) {
	r.Days = days
	for _, list := range []struct {
		groups *[]Group
		by     func(ledger.FigureKey) string
	}{
		{&r.Totals, func(ledger.FigureKey) string { return "" }},
		{&r.Outcomes, func(k ledger.FigureKey) string { return string(k.Outcome) }},
		{&r.ClosingReasons, func(k ledger.FigureKey) string { return string(k.ClosingReason) }},
		{&r.Reasons, func(k ledger.FigureKey) string { return string(k.Reason) }},
		{&r.Merchants, func(k ledger.FigureKey) string { return k.MerchantID }},
	} {
		if *list.groups, err = groups(figures, list.by); err != nil {
			return Report{}, err
		}
	}
	closedOnly := func(g Group) bool { return g.Name == "" } // the disputes that are not closed have no outcome
	r.Outcomes = slices.DeleteFunc(r.Outcomes, closedOnly)
	r.ClosingReasons = slices.DeleteFunc(r.ClosingReasons, closedOnly)
	r.Rows, err = rows(figures)
	return r, err
}

// groups returns the figures by name and currency, the most disputes of a currency first.
func groups(figures ledger.Figures, by func(ledger.FigureKey) string) ([]Group, error) {
	// The name stands where figures have the merchant.
	named := func(k ledger.FigureKey) ledger.FigureKey {
		return ledger.FigureKey{Happening: k.Happening, Currency: k.Currency, MerchantID: by(k)}
	}
	sums, err := figures.By(named)
	if err != nil {
		return nil, err
	}
	ended, err := figures.By(func(k ledger.FigureKey) ledger.FigureKey {
		key := named(k)
		key.Outcome = k.Outcome
		return key
	})
	if err != nil {
		return nil, err
	}
	found := map[[2]string]*Group{}
	of := func(k ledger.FigureKey) *Group {
		key := [2]string{k.MerchantID, k.Currency}
		if found[key] == nil {
			found[key] = &Group{Name: k.MerchantID, Currency: k.Currency, Outcomes: map[dispute.Outcome]int{}}
		}
		return found[key]
	}
	for _, sum := range sums {
		of(sum.FigureKey).set(sum)
	}
	for _, sum := range ended {
		if sum.Happening == ledger.HappeningClosed {
			of(sum.FigureKey).Outcomes[sum.Outcome] = sum.Disputes
		}
	}
	return sorted(found), nil
}

// sorted returns groups with the most disputes of a currency first.
func sorted(found map[[2]string]*Group) []Group {
	all := []Group{} // not nil: an empty list in JSON
	for _, group := range found {
		all = append(all, *group)
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(b.size(), a.size()), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func (g Group) size() int { return g.Opened + g.Closed + g.Open }

// set sets what happened to the disputes of a group.
func (g *Group) set(sum ledger.Figure) {
	switch sum.Happening {
	case ledger.HappeningOpened:
		g.Opened, g.OpenedDisputed = sum.Disputes, sum.Disputed
	case ledger.HappeningOpen:
		g.Open, g.OpenDisputed = sum.Disputes, sum.Disputed
	case ledger.HappeningClosed:
		g.Closed, g.ClosedDisputed = sum.Disputes, sum.Disputed
		g.Credited, g.Refunded, g.AlreadyCredited = sum.Credited, sum.Refunded, sum.AlreadyCredited
		g.MedianDays, g.P90Days = inDays(sum.Median), inDays(sum.P90)
	}
}

// rows returns the finest groups in the order of their columns in CSV.
func rows(figures ledger.Figures) ([]Row, error) {
	finest, err := figures.By(func(k ledger.FigureKey) ledger.FigureKey { return k })
	all := make([]Row, len(finest))
	for i, figure := range finest {
		all[i] = Row{Figure: figure, MedianDays: inDays(figure.Median), P90Days: inDays(figure.P90)}
	}
	slices.SortFunc(all, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(happenings, a.Happening), slices.Index(happenings, b.Happening)), cmp.Compare(a.MerchantID, b.MerchantID),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Outcome, b.Outcome),
			cmp.Compare(a.ClosingReason, b.ClosingReason),
		)
	})
	return all, err
}

var happenings = []ledger.Happening{ledger.HappeningOpened, ledger.HappeningClosed, ledger.HappeningOpen}

// inDays returns a time in days, with one decimal.
func inDays(d time.Duration) float64 {
	const day, tenths = 24, 10
	return math.Round(d.Hours()/day*tenths) / tenths
}
