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

// table is what a calendar is made of: a name of the zone database and the rules of the holidays.
type table struct {
	zone     string
	holidays []*cal.Holiday
}

// tables are the tables of rickar/cal, corrected where they differ from the law of 2024 to 2036.
// Holidays of single communities count only where a comment says so.
var tables = map[string]table{
	"DE":    {"Europe/Berlin", de.Holidays},
	"DE-BW": {"Europe/Berlin", de.HolidaysBW},
	// 15 August is a holiday in the Catholic communities, which are most of Bavaria. The peace festival of
	// Augsburg (8 August) is left out: it is one city's.
	"DE-BY": {"Europe/Berlin", with(de.HolidaysBY, de.MariaHimmelfahrt)},
	// The same law has 17 June 2028 as the second single holiday: a Saturday.
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
	// § 1 of Zürich's Ruhetags- und Ladenöffnungsgesetz. Berchtoldstag (2 January), Sechseläuten and
	// Knabenschiessen are customs that it does not name.
	"CH": {"Europe/Zurich", ch.HolidaysZH},
	"NL": {"Europe/Amsterdam", dutch},
	"BE": {"Europe/Brussels", be.Holidays},
	// The two additional holidays of Alsace and Moselle are left out.
	"FR": {"Europe/Paris", fr.Holidays},
	// Midsummer Eve, 24 and 31 December are closed: lag (1930:173) om beräkning av lagstadgad tid counts
	// them as holidays where a period ends.
	"SE": {"Europe/Stockholm", se.Holidays},
	"NO": {"Europe/Oslo", no.Holidays},
	// 5 June is closed: it is no church holiday, but the law closes the shops, banks are closed, and no
	// limitation period ends on it (forældelsesloven § 27). Store bededag ended with 2023.
	"DK": {"Europe/Copenhagen", dk.Holidays},
	// Bank holidays of England with their substitute days. No single one is proclaimed for 2024 to 2036 yet.
	"GB": {"Europe/London", gb.Holidays},
	// The legal public holidays of 5 U.S.C. 6103: one on a Saturday is observed on the Friday before, so
	// 24 or 31 December can be closed (2027, 2032). The Federal Reserve would stay open on that Friday.
	// Days off that a president grants to federal offices are no holidays.
	"US": {"America/New_York", us.Holidays},

	"TARGET": {"Europe/Berlin", ecb.Holidays}, // Frankfurt's zone
}

// with adds to a table of rickar/cal without changing it.
func with(holidays []*cal.Holiday, more ...*cal.Holiday) []*cal.Holiday {
	return slices.Concat(holidays, more)
}

// days are the holidays and their substitute days in the covered years, computed once: the lookup of
// rickar/cal computes every rule for every day, and its cache is not safe for concurrent use.
func (t table) days() map[date.Date]bool {
	days := make(map[date.Date]bool)
	for _, holiday := range t.holidays {
		// One year more: New Year's Day can be observed on the last day of the old year.
		for year := dispute.FirstYear; year <= dispute.LastYear+1; year++ {
			actual, observed := holiday.Calc(year)
			if actual.IsZero() { // not observed in this year
				continue
			}
			days[dayAround(actual)] = true
			days[dayAround(observed)] = true
		}
	}
	return days
}

// dayAround is the day of a date of rickar/cal. It gives midnights in the machine's zone; where a clock
// change skips that midnight they lie in the evening before, and only noon is sure to be on the day.
func dayAround(midnight time.Time) date.Date {
	return date.NewAt(midnight.Add(12 * time.Hour))
}
