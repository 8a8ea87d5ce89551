package strict_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute/strict"
)

func TestTimesInRFC3339(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-23T10:15:00Z":                "2026-11-23T10:15:00Z",
		"2026-11-23t10:15:00z":                "2026-11-23T10:15:00Z",
		"2026-11-23t10:15:00.5+01:00":         "2026-11-23T10:15:00.5+01:00",
		"2026-11-23T10:15:00.123456789-23:59": "2026-11-23T10:15:00.123456789-23:59",
		"2026-11-23T10:15:00-00:00":           "2026-11-23T10:15:00Z",
		"2028-02-29T23:59:59+23:59":           "2028-02-29T23:59:59+23:59",
		"0001-01-01T00:00:00Z":                "0001-01-01T00:00:00Z",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := decode(t, `{"sentAt": "`+text+`"}`, strict.RefuseUnknownNames).SentAt
			require.Equal(t, want, got.Format(time.RFC3339Nano))
			require.NotSame(t, time.Local, got.Location(), "the zone of the machine must not matter")
		})
	}
	escaped := decode(t, `{"sentAt": "2026-11-23\u004010:15:00Z", "id": "x"}`, strict.RefuseUnknownNames, "sentAt: "+wantTime)
	require.Equal(t, "x", escaped.ID)
	escaped = decode(t, `{"sentAt": "2026-11-23\u005410:15:00Z"}`, strict.RefuseUnknownNames)
	require.Equal(t, "2026-11-23T10:15:00Z", escaped.SentAt.Format(time.RFC3339))
}

func TestTimesThatAreNotRFC3339(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2026-11-23T10:15:00,5Z", "2026-11-23T10:15:00.Z", "2026-11-23T10:15:00+24:00", "2026-11-23T10:15:00+01:60", "2026-11-23T1:15:00Z",
		"2026-11-23T10:15:00+01", "2026-11-23T10:15:00+0100", "2026-11-23T10:15:00+1:00", "2026-11-23T10:15:00", "2026-11-23 10:15:00Z",
		"2026-11-23T10:15:00 Z", "2026-11-23T10:15Z", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:15:61Z",
		"2026-11-31T10:15:00Z", "2027-02-29T10:15:00Z", "2026-13-01T10:15:00Z", "26-11-23T10:15:00Z", "+2026-11-23T10:15:00Z",
		"2026-11-23T10:15:00\u22121:00", "2026-11-23T10:15:00Z\n", " 2026-11-23T10:15:00Z", "٢٠٢٦-11-23T10:15:00Z", "2026-11-23", "23.11.2026", "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			decode(t, `{"sentAt": `+strconv.Quote(text)+`}`, strict.RefuseUnknownNames, "sentAt: "+wantTime)
		})
	}
}

func TestEveryTimeSurvivesJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-23*60-59, 23*60+59).Draw(t, "minutes east")*60)
		at := time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
		var p parcel
		require.Empty(t, strict.Decode([]byte(`{"sentAt": "`+at.Format(time.RFC3339Nano)+`"}`), strict.RefuseUnknownNames, &p))
		require.True(t, at.Equal(p.SentAt))
		require.Equal(t, at.Format(time.RFC3339Nano), p.SentAt.Format(time.RFC3339Nano))
	})
}
