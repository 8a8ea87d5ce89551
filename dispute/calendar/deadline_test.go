package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// The dates in these tests were counted by hand on a calendar.

func TestDeadlineInGermany(t *testing.T) {
	t.Parallel()
	deadlines(t, map[string]deadline{
		"NextDay":             {"DE", "2026-11-24T12:00:00+01:00", 1, "2026-11-26T00:00:00+01:00"},
		"FridayToMonday":      {"DE", "2026-11-20T12:00:00+01:00", 1, "2026-11-24T00:00:00+01:00"},
		"EventOnSaturday":     {"DE", "2026-11-21T12:00:00+01:00", 1, "2026-11-24T00:00:00+01:00"},
		"EventOnHoliday":      {"DE", "2026-05-01T12:00:00+02:00", 1, "2026-05-05T00:00:00+02:00"},
		"FirstMomentOfDay":    {"DE", "2026-11-24T00:00:00+01:00", 1, "2026-11-26T00:00:00+01:00"},
		"LastMomentOfDay":     {"DE", "2026-11-24T23:59:59+01:00", 1, "2026-11-26T00:00:00+01:00"},
		"LocalDayDecides":     {"DE", "2026-11-23T23:30:00Z", 1, "2026-11-26T00:00:00+01:00"},
		"FourteenDays":        {"DE", "2026-11-20T12:00:00+01:00", 14, "2026-12-11T00:00:00+01:00"},
		"TwentyOneDays":       {"DE", "2026-11-20T12:00:00+01:00", 21, "2026-12-22T00:00:00+01:00"},
		"BeforeGoodFriday":    {"DE", "2026-03-31T12:00:00+02:00", 2, "2026-04-03T00:00:00+02:00"},
		"AcrossEaster":        {"DE", "2026-03-31T12:00:00+02:00", 3, "2026-04-08T00:00:00+02:00"},
		"ChristmasEveCounts":  {"DE", "2026-12-22T10:00:00+01:00", 2, "2026-12-25T00:00:00+01:00"},
		"AcrossChristmas":     {"DE", "2026-12-22T10:00:00+01:00", 5, "2026-12-31T00:00:00+01:00"},
		"NewYearsEveCounts":   {"DE", "2026-12-22T10:00:00+01:00", 6, "2027-01-01T00:00:00+01:00"},
		"AcrossNewYear":       {"DE", "2026-12-22T10:00:00+01:00", 7, "2027-01-05T00:00:00+01:00"},
		"ThirdOfOctober":      {"DE", "2025-10-02T12:00:00+02:00", 1, "2025-10-07T00:00:00+02:00"},
		"BeforeClocksForward": {"DE", "2026-03-26T12:00:00+01:00", 1, "2026-03-28T00:00:00+01:00"},
		"AcrossClocksForward": {"DE", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"BeforeClocksBack":    {"DE", "2026-10-22T12:00:00+02:00", 1, "2026-10-24T00:00:00+02:00"},
		"AcrossClocksBack":    {"DE", "2026-10-23T23:30:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		"LastCoveredDay":      {"DE", "2036-12-30T12:00:00+01:00", 1, "2037-01-01T00:00:00+01:00"},
	})
}

func TestDeadlineInGermanStates(t *testing.T) {
	t.Parallel()
	deadlines(t, map[string]deadline{
		"BavariaEaster":           {"DE-BY", "2026-03-31T12:00:00+02:00", 3, "2026-04-08T00:00:00+02:00"},
		"BavariaChristmas":        {"DE-BY", "2026-12-22T10:00:00+01:00", 5, "2026-12-31T00:00:00+01:00"},
		"BavariaEpiphany":         {"DE-BY", "2027-01-05T10:00:00+01:00", 1, "2027-01-08T00:00:00+01:00"},
		"BavariaCorpusChristi":    {"DE-BY", "2026-06-03T10:00:00+02:00", 1, "2026-06-06T00:00:00+02:00"},
		"BavariaAssumption":       {"DE-BY", "2025-08-14T10:00:00+02:00", 1, "2025-08-19T00:00:00+02:00"},
		"BavariaThirdOfOctober":   {"DE-BY", "2025-10-02T12:00:00+02:00", 1, "2025-10-07T00:00:00+02:00"},
		"BavariaClocksForward":    {"DE-BY", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"BavariaClocksBack":       {"DE-BY", "2026-10-23T18:00:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		"MecklenburgWomensDay":    {"DE-MV", "2027-03-05T12:00:00+01:00", 1, "2027-03-10T00:00:00+01:00"},
		"MecklenburgEaster":       {"DE-MV", "2026-03-31T12:00:00+02:00", 3, "2026-04-08T00:00:00+02:00"},
		"MecklenburgChristmas":    {"DE-MV", "2026-12-22T10:00:00+01:00", 5, "2026-12-31T00:00:00+01:00"},
		"MecklenburgOctober":      {"DE-MV", "2025-10-02T12:00:00+02:00", 1, "2025-10-07T00:00:00+02:00"},
		"MecklenburgReformation":  {"DE-MV", "2025-10-30T12:00:00+01:00", 1, "2025-11-04T00:00:00+01:00"},
		"MecklenburgClocksBack":   {"DE-MV", "2026-10-23T18:00:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		"MecklenburgForward":      {"DE-MV", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"NoWomensDayElsewhere":    {"DE", "2027-03-05T12:00:00+01:00", 1, "2027-03-09T00:00:00+01:00"},
		"NoAssumptionElsewhere":   {"DE", "2025-08-14T10:00:00+02:00", 1, "2025-08-16T00:00:00+02:00"},
		"BerlinLiberation2025":    {"DE-BE", "2025-05-07T12:00:00+02:00", 1, "2025-05-10T00:00:00+02:00"},
		"BerlinNoLiberation2026":  {"DE-BE", "2026-05-07T12:00:00+02:00", 1, "2026-05-09T00:00:00+02:00"},
		"SaxonyRepentanceDay":     {"DE-SN", "2026-11-17T12:00:00+01:00", 1, "2026-11-20T00:00:00+01:00"},
		"ThuringiaChildrensDay":   {"DE-TH", "2027-09-17T12:00:00+02:00", 1, "2027-09-22T00:00:00+02:00"},
		"SaxonyAnhaltEpiphany":    {"DE-ST", "2027-01-05T10:00:00+01:00", 1, "2027-01-08T00:00:00+01:00"},
		"WestphaliaAllSaintsDay":  {"DE-NW", "2027-10-29T12:00:00+02:00", 1, "2027-11-03T00:00:00+01:00"},
		"SaarlandAssumption":      {"DE-SL", "2025-08-14T10:00:00+02:00", 1, "2025-08-19T00:00:00+02:00"},
		"HesseHasNoAllSaintsDay":  {"DE-HE", "2027-10-29T12:00:00+02:00", 1, "2027-11-02T00:00:00+01:00"},
		"HamburgReformationDay":   {"DE-HH", "2025-10-30T12:00:00+01:00", 1, "2025-11-04T00:00:00+01:00"},
		"BrandenburgChristmasEve": {"DE-BB", "2026-12-23T12:00:00+01:00", 1, "2026-12-25T00:00:00+01:00"},
	})
}

func TestDeadlineElsewhere(t *testing.T) {
	t.Parallel()
	deadlines(t, map[string]deadline{
		"AustriaGoodFridayCounts":    {"AT", "2026-04-02T12:00:00+02:00", 1, "2026-04-04T00:00:00+02:00"},
		"AustriaEasterMonday":        {"AT", "2026-04-02T12:00:00+02:00", 2, "2026-04-08T00:00:00+02:00"},
		"AustriaChristmas":           {"AT", "2026-12-22T10:00:00+01:00", 5, "2026-12-31T00:00:00+01:00"},
		"AustriaThirdOfOctober":      {"AT", "2025-10-02T12:00:00+02:00", 1, "2025-10-04T00:00:00+02:00"},
		"AustriaNationalDayAndClock": {"AT", "2026-10-23T09:00:00+02:00", 1, "2026-10-28T00:00:00+01:00"},
		"AustriaClocksForward":       {"AT", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"SwedenEaster":               {"SE", "2026-03-31T12:00:00+02:00", 3, "2026-04-08T00:00:00+02:00"},
		"SwedenMidsummerEve":         {"SE", "2026-06-18T12:00:00+02:00", 1, "2026-06-23T00:00:00+02:00"},
		"SwedenThirdOfOctober":       {"SE", "2025-10-02T12:00:00+02:00", 1, "2025-10-04T00:00:00+02:00"},
		"SwedenChristmasEve":         {"SE", "2026-12-23T12:00:00+01:00", 1, "2026-12-29T00:00:00+01:00"},
		"SwedenNewYearsEve":          {"SE", "2026-12-30T12:00:00+01:00", 1, "2027-01-05T00:00:00+01:00"},
		"SwedenClocksForward":        {"SE", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"SwedenClocksBack":           {"SE", "2026-10-23T18:00:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		"TargetEaster":               {"TARGET", "2026-03-31T12:00:00+02:00", 3, "2026-04-08T00:00:00+02:00"},
		"TargetChristmas":            {"TARGET", "2026-12-22T10:00:00+01:00", 5, "2026-12-31T00:00:00+01:00"},
		"TargetThirdOfOctoberCounts": {"TARGET", "2025-10-02T12:00:00+02:00", 1, "2025-10-04T00:00:00+02:00"},
		"TargetAscensionCounts":      {"TARGET", "2026-05-13T12:00:00+02:00", 1, "2026-05-15T00:00:00+02:00"},
		"TargetClocksForward":        {"TARGET", "2026-03-27T18:00:00+01:00", 1, "2026-03-31T00:00:00+02:00"},
		"TargetClocksBack":           {"TARGET", "2026-10-23T18:00:00+02:00", 1, "2026-10-27T00:00:00+01:00"},
		"ZurichSecondOfJanuary":      {"CH", "2025-12-31T12:00:00+01:00", 1, "2026-01-06T00:00:00+01:00"},
		"ZurichFirstOfAugust":        {"CH", "2025-07-31T12:00:00+02:00", 1, "2025-08-05T00:00:00+02:00"},
		"DutchGoodFridayCounts":      {"NL", "2026-04-02T12:00:00+02:00", 1, "2026-04-04T00:00:00+02:00"},
		"DutchKingsDay":              {"NL", "2026-04-24T12:00:00+02:00", 1, "2026-04-29T00:00:00+02:00"},
		"DutchLiberation2025":        {"NL", "2025-05-02T12:00:00+02:00", 1, "2025-05-07T00:00:00+02:00"},
		"DutchNoLiberation2026":      {"NL", "2026-05-04T12:00:00+02:00", 1, "2026-05-06T00:00:00+02:00"},
		"BelgianNationalDay":         {"BE", "2026-07-20T12:00:00+02:00", 1, "2026-07-23T00:00:00+02:00"},
		"FrenchNationalDay":          {"FR", "2026-07-13T12:00:00+02:00", 1, "2026-07-16T00:00:00+02:00"},
		"NorwegianConstitutionDay":   {"NO", "2027-05-14T12:00:00+02:00", 1, "2027-05-19T00:00:00+02:00"},
		"DanishConstitutionDay":      {"DK", "2026-06-04T12:00:00+02:00", 1, "2026-06-09T00:00:00+02:00"},
		"DanishChristmasEve":         {"DK", "2026-12-23T12:00:00+01:00", 1, "2026-12-29T00:00:00+01:00"},
		"DanishNewYearsEve":          {"DK", "2026-12-30T12:00:00+01:00", 1, "2027-01-05T00:00:00+01:00"},
		"DanishPrayerDayCounts":      {"DK", "2024-04-25T12:00:00+02:00", 1, "2024-04-27T00:00:00+02:00"},
		"EnglishBoxingDayMoves":      {"GB", "2026-12-24T12:00:00Z", 1, "2026-12-30T00:00:00Z"},
		"EnglishSpringBankHoliday":   {"GB", "2026-05-22T12:00:00+01:00", 1, "2026-05-27T00:00:00+01:00"},
		"AmericanFourthOfJulyMoves":  {"US", "2026-07-02T12:00:00-04:00", 1, "2026-07-07T00:00:00-04:00"},
		"AmericanJuneteenth":         {"US", "2026-06-18T12:00:00-04:00", 1, "2026-06-23T00:00:00-04:00"},
		"AmericanClocksBack":         {"US", "2026-10-30T12:00:00-04:00", 1, "2026-11-03T00:00:00-05:00"},
	})
}

func TestDeadlineRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from string
		n    int
		code dispute.Code
	}{
		"NoDays":       {"2026-11-20T12:00:00+01:00", 0, dispute.CodeInvalidDispute},
		"NegativeDays": {"2026-11-20T12:00:00+01:00", -1, dispute.CodeInvalidDispute},
		"TooManyDays":  {"2026-11-20T12:00:00+01:00", 61, dispute.CodeInvalidDispute},
		"Year2023":     {"2023-06-01T12:00:00+02:00", 21, dispute.CodeOutsideCalendar},
		"Year2037":     {"2037-01-02T12:00:00+01:00", 1, dispute.CodeOutsideCalendar},
		"RunsInto2037": {"2036-12-30T12:00:00+01:00", 2, dispute.CodeOutsideCalendar},
		"NoInstant":    {"0001-01-01T00:00:00Z", 21, dispute.CodeOutsideCalendar},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, "DE").Deadline(instant(t, test.from), test.n)
			require.Equal(t, test.code, dispute.CodeOf(err))
		})
	}
}

type deadline struct {
	calendar string
	from     string
	n        int
	want     string
}

func deadlines(t *testing.T, tests map[string]deadline) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, test.calendar).Deadline(instant(t, test.from), test.n)
			require.NoError(t, err)
			require.Equal(t, test.want, got.Format(time.RFC3339))
		})
	}
}

func TestBusinessDaysLeft(t *testing.T) {
	t.Parallel()
	c, err := calendar.Load("DE")
	require.NoError(t, err)
	at := func(day, hour int) time.Time { return time.Date(2026, time.December, day, hour, 0, 0, 0, c.Zone()) }
	deadline := at(22, 0) // the end of Monday, 21 December
	for _, want := range []struct {
		now  time.Time
		left int
	}{
		{at(14, 9), 5}, {at(18, 23), 1}, {at(19, 1), 1}, {at(20, 23), 1}, {at(21, 0), 0}, {at(21, 23), 0}, {at(22, 0), 0}, {at(30, 9), 0},
	} {
		left, err := c.BusinessDaysLeft(want.now, deadline)
		require.NoError(t, err)
		require.Equal(t, want.left, left, want.now)
	}
	left, err := c.BusinessDaysLeft(at(23, 12), at(29, 15)) // over Christmas; a deadline within a day
	require.NoError(t, err)
	require.Equal(t, 3, left, "24, 28 and 29 December")
	_, err = c.BusinessDaysLeft(at(23, 12), at(23, 12).AddDate(40, 0, 0))
	require.Equal(t, dispute.CodeOutsideCalendar, dispute.CodeOf(err))
}
