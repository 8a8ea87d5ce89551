package calendar_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// FuzzCalendar requires either a date or a Refusal that fits in one line of a log, for any name, instant and number of
// days.
func FuzzCalendar(f *testing.F) {
	for _, name := range []string{"DE", "TARGET", "", "de", "DE-XX", "DE\n", "\xff", strings.Repeat("DE", 1000)} {
		f.Add(name, int64(1_795_425_300), 21)
	}
	f.Add("DE-BY", int64(-1)<<62, 1)
	f.Add("US", int64(1)<<62, 1<<62)
	f.Add("GB", int64(2_114_380_800), -1)
	f.Fuzz(func(t *testing.T, name string, unix int64, days int) {
		cal, err := calendar.Load(name)
		if err != nil {
			requireRefusal(t, err, dispute.CodeUnknownCalendar)
			require.NotContains(t, dispute.CalendarNames, name)
			return
		}
		from := time.Unix(unix, 0)
		if deadline, err := cal.Deadline(from, days); err != nil {
			requireRefusal(t, err, dispute.CodeOutsideCalendar, dispute.CodeInvalidDispute)
		} else {
			require.True(t, deadline.After(from))
			require.Equal(t, "00:00:00", deadline.Format(time.TimeOnly))
		}
		if reminder, err := cal.Reminder(from, days); err != nil {
			requireRefusal(t, err, dispute.CodeOutsideCalendar, dispute.CodeInvalidDispute)
		} else {
			require.True(t, reminder.Before(from))
		}
	})
}

func requireRefusal(t *testing.T, err error, codes ...dispute.Code) {
	t.Helper()
	require.True(t, slices.Contains(codes, dispute.CodeOf(err)), "%v", err)
	require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
	require.Less(t, len(err.Error()), 1000)
}
