package language_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/dispute/language"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for locale, name := range map[string]string{"de-DE": "de", "DE_at": "de", "en-GB": "en", "fr": "en", "": "en", "den": "en"} {
		require.Equal(t, name, language.For(locale).Name(), locale)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	midnight := time.Date(2026, time.December, 22, 0, 0, 0, 0, berlin)
	de, en := language.German, language.English
	require.Equal(t, "Dienstag, 22. Dezember 2026", de.Date(midnight))
	require.Equal(t, "Tuesday, 22 December 2026", en.Date(midnight))
	require.Equal(t, "bis einschließlich Montag, 21. Dezember 2026", de.Until(midnight))
	require.Equal(t, "until the end of Monday, 21 December 2026", en.Until(midnight))
	require.Equal(t, "bis 22. Dezember 2026, 09:30 Uhr", de.By(midnight.Add(9*time.Hour+30*time.Minute)))
	require.Equal(t, "by 09:30 on 22 December 2026", en.By(midnight.Add(9*time.Hour+30*time.Minute)))
	require.Equal(t, "22. Dezember 2026, 00:00 Uhr", de.Moment(midnight))
	require.Equal(t, "22 December 2026, 00:00", en.Moment(midnight))
}

// TestNames: every reason, kind of file and time zone of the calendars has a name in both languages.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, l := range language.All {
		for _, reason := range dispute.Reasons {
			require.NotEqual(t, l.Reason("x_"+reason), "x "+l.Reason(reason), reason)
			require.Regexp(t, `^\p{Lu}`, l.Reason(reason))
		}
		for _, kind := range dispute.FileKinds {
			require.Regexp(t, `^\p{Lu}`, l.Kind(kind))
		}
	}
	for _, name := range dispute.CalendarNames {
		used, err := calendar.Load(name)
		require.NoError(t, err)
		require.Regexp(t, `^Ortszeit \p{Lu}`, language.German.Zone(used.Zone().String()))
		require.Regexp(t, `^\p{Lu}[\p{L} ]+ time$`, language.English.Zone(used.Zone().String()))
	}
	require.Equal(t, "Ortszeit Zürich", language.German.Zone("Europe/Zurich"))
	require.Equal(t, "New York time", language.English.Zone("America/New_York"))
	require.Equal(t, "UTC", language.English.Zone("UTC"))
	require.Equal(t, "of another kind", language.English.Reason("of_another_kind"))
}

func TestSize(t *testing.T) {
	t.Parallel()
	require.Equal(t, "999 B", language.German.Size(999))
	require.Equal(t, "15 kB", language.English.Size(14_600))
	require.Equal(t, "1,4 MB", language.German.Size(1_400_000))
	require.Equal(t, "7.0 MB", language.English.Size(7_000_000))
}
