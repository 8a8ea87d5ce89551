package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

var errAway = errors.New("the ledger is away")

// TestPauseInvoice: the ledger gets the instant in the precision of databases, and its date in the zone of the
// dispute's calendar.
func TestPauseInvoice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calendar string
		now      time.Time
		today    string
	}{
		"Berlin":            {"DE", monday, "2026-11-23"},
		"past midnight":     {"DE", time.Date(2026, time.November, 23, 23, 30, 0, 1234, time.UTC), "2026-11-24"},
		"still the day":     {"US", time.Date(2026, time.November, 24, 3, 0, 0, 0, time.UTC), "2026-11-23"},
		"summer in Germany": {"DE-BY", time.Date(2026, time.June, 30, 22, 30, 0, 0, time.UTC), "2026-07-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, l := aDispute(), &ledger{}
			d.Calendar = test.calendar
			paused, err := activities.NewInvoices(l, at(test.now)).PauseInvoice(t.Context(), activities.Pause{Dispute: d})
			require.NoError(t, err)
			require.Equal(t, activities.Pause{Dispute: d, At: test.now.Truncate(time.Microsecond), Today: test.today}, l.pause)
			require.Equal(t, l.pause.At, paused.At)
		})
	}
}

// TestPauseInvoiceRefuses: the ledger's refusal is returned unchanged, and a response window beyond the calendar is
// refused before the ledger is asked.
func TestPauseInvoiceRefuses(t *testing.T) {
	t.Parallel()
	refused := dispute.Refuse(dispute.CodeDisputeRefused, "there is no such invoice")
	for name, test := range map[string]struct {
		calendar string
		now      time.Time
		ledger   error
		code     dispute.Code
		asked    bool
	}{
		"the ledger":           {"DE", monday, refused, dispute.CodeDisputeRefused, true},
		"transient error":      {"DE", monday, errAway, "", true},
		"beyond the calendars": {"DE", time.Date(2036, time.December, 10, 9, 0, 0, 0, time.UTC), nil, dispute.CodeOutsideCalendar, false},
		"unknown calendar":     {"XX", monday, nil, dispute.CodeUnknownCalendar, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, l := aDispute(), &ledger{err: test.ledger}
			d.Calendar = test.calendar
			_, err := activities.NewInvoices(l, at(test.now)).PauseInvoice(t.Context(), activities.Pause{Dispute: d})
			require.Error(t, err)
			require.Equal(t, test.code, dispute.CodeOf(err))
			require.Equal(t, test.asked, !l.pause.At.IsZero())
		})
	}
}

// TestSettleInvoice: the ledger gets the instant and its date as for the pause, but no error is final: the step is
// retried while an operator mends the cause.
func TestSettleInvoice(t *testing.T) {
	t.Parallel()
	decision := dispute.Decide(dispute.ClosedForCustomer, aDispute().DisputedAmount, nil)
	in := activities.Settle{DisputeID: "d-1", Calendar: "DE", Decision: decision}
	for name, test := range map[string]struct {
		calendar string
		ledger   error
		want     string
	}{
		"booked":           {"DE", nil, ""},
		"refused":          {"DE", dispute.Refuse(dispute.CodeDisputeDiffers, "settled otherwise"), "settled otherwise"},
		"away":             {"DE", errAway, "away"},
		"unknown calendar": {"XX", nil, "XX"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, in := &ledger{err: test.ledger}, in
			in.Calendar = test.calendar
			settled, err := activities.NewInvoices(l, at(monday)).SettleInvoice(t.Context(), in)
			require.Empty(t, dispute.CodeOf(err))
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			in.At, in.Today = monday, "2026-11-23"
			require.Equal(t, in, l.settle)
			require.EqualValues(t, 12990, settled.Credited)
		})
	}
}

// TestAskArbiter: the answer is a ruling or a referral to the desk; an error is transient.
func TestAskArbiter(t *testing.T) {
	t.Parallel()
	ruling := &dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "rules", Rationale: "r"}
	in := activities.Case{Dispute: aDispute(), Stage: dispute.StageDecision}
	judgement, err := activities.NewArbitration(arbiter{ruling: ruling}).AskArbiter(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, ruling, judgement.Ruling)
	judgement, err = activities.NewArbitration(arbiter{}).AskArbiter(t.Context(), in)
	require.NoError(t, err)
	require.Nil(t, judgement.Ruling)
	_, err = activities.NewArbitration(arbiter{err: dispute.Refuse(dispute.CodeNotAccepted, "not now")}).AskArbiter(t.Context(), in)
	require.ErrorContains(t, err, "not now")
	require.Empty(t, dispute.CodeOf(err))
}
