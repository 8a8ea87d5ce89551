package calendar

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"
	"github.com/rickb777/date/v2"

	"github.com/streitfall/streitfall/dispute"
)

// table has a time zone, by its name in the zone database, and the rules of the holidays.
type table struct {
	zone     string
	holidays []*cal.Holiday
}

// tables has the tables of rickar/cal, corrected where they differ from the law for 2024 to 2036. Holidays of single
// municipalities are left out unless a comment says otherwise.
var tables = map[string]table{
	"DE":    {"Europe/Berlin", de.Holidays},
	"DE-BW": {"Europe/Berlin", de.HolidaysBW},
	// 15 August is a holiday in the municipalities with a Catholic majority, which are most of Bavaria. Augsburg's Peace
	// Festival (8 August) is left out.
	"DE-BY": {"Europe/Berlin", with(de.HolidaysBY, de.MariaHimmelfahrt)},
	// The law that made 8 May 2025 a holiday also names 17 June 2028, a Saturday.
	"DE-BE": {"Europe/Berlin", with(de.HolidaysBE, tagDerBefreiung)},
	"DE-BB": {"Europe/Berlin", de.HolidaysBB},
	"DE-HB": {"Europe/Berlin", de.HolidaysHB},
	"DE-HH": {"Europe/Berlin", de.HolidaysHH},
	"DE-HE": {"Europe/Berlin", de.HolidaysHE},
	"DE-MV": {"Europe/Berlin", with(de.HolidaysMV, de.Frauentag)}, // since 2023
	"DE-NI": {"Europe/Berlin", de.HolidaysNI},
	"DE-NW": {"Europe/Berlin", de.HolidaysNW},
	"DE-RP": {"Europe/Berlin", de.HolidaysRP},
	"DE-SL": {"Europe/Berlin", de.HolidaysSL},
	"DE-SN": {"Europe/Berlin", de.HolidaysSN},
	"DE-ST": {"Europe/Berlin", de.HolidaysST},
	"DE-SH": {"Europe/Berlin", de.HolidaysSH},
	"DE-TH": {"Europe/Berlin", de.HolidaysTH},

	"AT": {"Europe/Vienna", at.Holidays},
	// The days of § 1 of Zürich's Ruhetags- und Ladenöffnungsgesetz (LS 822.4), and 2 January, which is none of them: a
	// customary day off in the city, but no legal holiday, so that art. 78 OR extends no period over it. The process does, in
	// favour of those who have to act. The half holidays Sechseläuten and Knabenschiessen are left out.
	"CH": {"Europe/Zurich", with(ch.HolidaysZH, ch.Berchtoldstag)},
	"NL": {"Europe/Amsterdam", dutch},
	"BE": {"Europe/Brussels", be.Holidays},
	// The two additional holidays of Alsace and Moselle are left out.
	"FR": {"Europe/Paris", fr.Holidays},
	// Midsummer Eve, 24 and 31 December are no holidays, but no statutory period ends on them: § 2 lag (1930:173) om
	// beräkning av lagstadgad tid.
	"SE": {"Europe/Stockholm", se.Holidays},
	"NO": {"Europe/Oslo", no.Holidays},
	// 5 June, 24 and 31 December are no church holidays, but no limitation period ends on them: forældelsesloven § 27 (2).
	// Store bededag ended with 2023.
	"DK": {"Europe/Copenhagen", with(dk.Holidays, juleaftensdag, nytaarsaftensdag)},
	// Bank holidays of England with their substitute days. No additional one has been proclaimed for 2024 to 2036.
	"GB": {"Europe/London", gb.Holidays},
	// The legal public holidays of 5 U.S.C. 6103. A holiday on a Saturday is observed on the Friday before, so 24 or 31
	// December can be closed (2027, 2032), when the Federal Reserve is open. Days off that a president grants to federal
	// offices are not holidays.
	"US": {"America/New_York", us.Holidays},

	"TARGET": {"Europe/Berlin", ecb.Holidays}, // Frankfurt's zone
}

// with returns the holidays and more of them, without changing the table of rickar/cal.
func with(holidays []*cal.Holiday, more ...*cal.Holiday) []*cal.Holiday {
	return slices.Concat(holidays, more)
}

// days returns the holidays and their substitute days in the covered years. The lookup of rickar/cal is not used: it
// computes every rule for every day, and its cache is not safe for concurrent use.
func (t table) days() map[date.Date]bool {
	days := make(map[date.Date]bool)
	for _, holiday := range t.holidays {
		// One more year, because New Year's Day can be observed on the last day of the year before.
		for year := dispute.FirstYear; year <= dispute.LastYear+1; year++ {
			actual, observed := holiday.Calc(year)
			if actual.IsZero() { // no holiday in this year
				continue
			}
			days[dayAround(actual)] = true
			days[dayAround(observed)] = true
		}
	}
	return days
}

// dayAround returns the day of a date of rickar/cal, which is a midnight in the machine's zone. A clock change can skip
// that midnight and move the date to the evening before, so dayAround takes the noon after it.
func dayAround(midnight time.Time) date.Date {
	return date.NewAt(midnight.Add(12 * time.Hour))
}
