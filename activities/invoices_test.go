package activities_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

var errAway = errors.New("the ledger is away")

// opening returns the request of a run that was started with a dispute.
func opening(t *testing.T, d dispute.Dispute) activities.Opening {
	t.Helper()
	input, err := json.Marshal(d)
	require.NoError(t, err)
	return activities.Opening{Input: string(input), RunID: "run-1"}
}

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
			d.Calendar, d.OpenedAt = test.calendar, test.now.UTC()
			paused, err := activities.NewInvoices(l, at(test.now)).PauseInvoice(t.Context(), opening(t, d))
			require.NoError(t, err)
			require.Equal(t, activities.Pause{Dispute: d, RunID: "run-1", At: test.now.Truncate(time.Microsecond), Today: test.today}, l.pause)
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
		"unknown calendar":     {"XX", monday, nil, dispute.CodeInvalidDispute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, l := aDispute(), &ledger{err: test.ledger}
			d.Calendar = test.calendar
			_, err := activities.NewInvoices(l, at(test.now)).PauseInvoice(t.Context(), opening(t, d))
			require.Error(t, err)
			require.Equal(t, test.code, dispute.CodeOf(err))
			require.Equal(t, test.asked, !l.pause.At.IsZero())
		})
	}
}

// TestPauseInvoiceValidates: input that is not a valid dispute is refused before the ledger is asked. Unknown names are
// refused only when the update open has asked for the dispute.
func TestPauseInvoiceValidates(t *testing.T) {
	t.Parallel()
	valid := opening(t, aDispute())
	misspelt := valid
	misspelt.Input = strings.Replace(valid.Input, `"id"`, `"calender":"AT","id"`, 1)
	strictly := misspelt
	strictly.Strict = true
	for name, test := range map[string]struct {
		in      activities.Opening
		refused string
	}{
		"valid": {valid, ""}, "not JSON": {activities.Opening{Input: "hello"}, "not JSON"}, "nothing": {activities.Opening{}, "not JSON"},
		"a currency that does not exist": {activities.Opening{Input: strings.Replace(valid.Input, "EUR", "EUX", 1)}, "disputedAmount.currency"},
		"unknown name, plain start":      {misspelt, ""}, "unknown name, update": {strictly, "calender"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			_, err := activities.NewInvoices(l, at(monday)).PauseInvoice(t.Context(), test.in)
			if test.refused == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, dispute.CodeInvalidDispute, dispute.CodeOf(err))
			require.ErrorContains(t, err, test.refused)
			require.Zero(t, l.pause.At)
		})
	}
}

// TestClockBehindHistory: no step is dated before its cause in the history; a clock that is more than a minute behind
// is a transient error.
func TestClockBehindHistory(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, time.November, 23, 23, 0, 0, 0, time.UTC) // in Berlin
	for _, lag := range []time.Duration{50 * time.Millisecond, time.Minute, 2 * time.Minute} {
		clock := at(midnight.Add(-lag))
		l, f, in := &ledger{}, newFixture(), opening(t, aDispute())
		in.CausedAt = midnight
		_, pauseErr := activities.NewInvoices(l, clock).PauseInvoice(t.Context(), in)
		_, settleErr := activities.NewInvoices(l, clock).SettleInvoice(t.Context(), activities.Settle{Calendar: "DE", CausedAt: midnight})
		message := opened()
		message.Facts.CausedAt = midnight
		delivery, notifyErr := activities.NewNotifications(f.receipts, f.portal, f.email, f.desk, clock).Notify(t.Context(), message)
		if lag > time.Minute {
			for _, err := range []error{pauseErr, settleErr, notifyErr} {
				require.ErrorContains(t, err, "clock of this worker is 2m0s behind")
				require.Empty(t, dispute.CodeOf(err))
			}
			require.Empty(t, f.email.sent)
			continue
		}
		require.NoError(t, errors.Join(pauseErr, settleErr, notifyErr))
		require.Equal(t, []any{midnight, "2026-11-24"}, []any{l.pause.At, l.pause.Today})
		require.Equal(t, []any{midnight, "2026-11-24"}, []any{l.settle.At, l.settle.Today})
		require.Equal(t, midnight, delivery.At)
		require.Equal(t, "2026-12-24T00:00:00+01:00", delivery.Deadline.At.Format(time.RFC3339), "21 business days after the 24th")
	}
}

// TestPortalTimeout: a message that opens a period goes by e-mail when the portal has not taken it for a day.
func TestPortalTimeout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		waited time.Duration
		period int
		want   dispute.Channel
	}{{24 * time.Hour, 21, ""}, {24*time.Hour + 1, 21, dispute.ChannelEmail}, {48 * time.Hour, 0, ""}} {
		f, in := newFixture(), opened()
		f.receipts.merchant.PortalActive, f.portal.err, f.now = true, errAway, monday
		in.Facts.CausedAt, in.Period = monday.Add(-test.waited), test.period
		delivery, err := f.notify(t, in)
		require.Equal(t, test.want == "", err != nil)
		require.Equal(t, test.want, delivery.Channel)
		if err == nil {
			require.Contains(t, delivery.Answer, "the portal refused: not taken for a day: "+errAway.Error())
		}
	}
}

// TestSettleInvoice: the ledger gets the instant and its date as for the pause, but no error is final: the step is
// retried while an operator fixes the cause.
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

// TestAskArbiterValidates: an answer that is not a ruling on the question is a transient error.
func TestAskArbiterValidates(t *testing.T) {
	t.Parallel()
	yes := true
	for name, ruling := range map[string]dispute.Ruling{
		"a decision without a party": {Stage: dispute.StageDecision, RuledBy: "rules", Rationale: "r"},
		"a ruling without a reason":  {Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "rules"},
		"another stage":              {Stage: dispute.StageJustification, Justified: &yes, RuledBy: "rules", Rationale: "r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := activities.Case{Dispute: aDispute(), Stage: dispute.StageDecision}
			judgement, err := activities.NewArbitration(arbiter{ruling: &ruling}).AskArbiter(t.Context(), in)
			require.ErrorContains(t, err, "not a valid ruling")
			require.Empty(t, dispute.CodeOf(err), "a transient error")
			require.Nil(t, judgement.Ruling)
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
