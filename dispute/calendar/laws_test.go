package calendar_test

import "time"

// Days after Easter Sunday.
const (
	maundyThursday = -3
	goodFriday     = -2
	easterMonday   = 1
	ascension      = 39
	whitMonday     = 50
	corpusChristi  = 60
)

// germany has the nine holidays of all states, from their holiday laws.
var germany = law{
	fixed:  []string{"01-01", "05-01", "10-03", "12-25", "12-26"},
	easter: []int{goodFriday, easterMonday, ascension, whitMonday},
}

// laws has the holidays of every calendar. Holidays that are always on a Sunday are left out.
var laws = map[string]law{
	"DE":    germany,
	"DE-BW": germany.and(law{fixed: []string{"01-06", "11-01"}, easter: []int{corpusChristi}}),
	"DE-BY": germany.and(law{fixed: []string{"01-06", "08-15", "11-01"}, easter: []int{corpusChristi}}),
	"DE-BE": germany.and(law{fixed: []string{"03-08"}, once: []string{"2025-05-08", "2028-06-17"}}),
	"DE-BB": germany.and(law{fixed: []string{"10-31"}}),
	"DE-HB": germany.and(law{fixed: []string{"10-31"}}),
	"DE-HH": germany.and(law{fixed: []string{"10-31"}}),
	"DE-HE": germany.and(law{easter: []int{corpusChristi}}),
	"DE-MV": germany.and(law{fixed: []string{"03-08", "10-31"}}),
	"DE-NI": germany.and(law{fixed: []string{"10-31"}}),
	"DE-NW": germany.and(law{fixed: []string{"11-01"}, easter: []int{corpusChristi}}),
	"DE-RP": germany.and(law{fixed: []string{"11-01"}, easter: []int{corpusChristi}}),
	"DE-SL": germany.and(law{fixed: []string{"08-15", "11-01"}, easter: []int{corpusChristi}}),
	"DE-SN": germany.and(law{fixed: []string{"10-31"}, first: []floating{{time.Wednesday, time.November, 16}}}),
	"DE-ST": germany.and(law{fixed: []string{"01-06", "10-31"}}),
	"DE-SH": germany.and(law{fixed: []string{"10-31"}}),
	"DE-TH": germany.and(law{fixed: []string{"09-20", "10-31"}}),

	"AT": { // § 7 Arbeitsruhegesetz
		fixed:  []string{"01-01", "01-06", "05-01", "08-15", "10-26", "11-01", "12-08", "12-25", "12-26"},
		easter: []int{easterMonday, ascension, whitMonday, corpusChristi},
	},
	"CH": { // § 1 Ruhetags- und Ladenöffnungsgesetz of Zürich (LS 822.4), and Berchtoldstag, which is not in it
		fixed:  []string{"01-01", "01-02", "05-01", "08-01", "12-25", "12-26"},
		easter: []int{goodFriday, easterMonday, ascension, whitMonday},
	},
	"NL": { // art. 3 Algemene termijnenwet, but no Good Friday, and 5 May only where it is a day off
		fixed:  []string{"01-01", "04-27", "12-25", "12-26"},
		easter: []int{easterMonday, ascension, whitMonday},
		once:   []string{"2025-05-05", "2030-05-05", "2035-05-05"},
	},
	"BE": { // art. 1 koninklijk besluit of 18 April 1974
		fixed:  []string{"01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25"},
		easter: []int{easterMonday, ascension, whitMonday},
	},
	"FR": { // art. L3133-1 code du travail
		fixed:  []string{"01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"},
		easter: []int{easterMonday, ascension, whitMonday},
	},
	"SE": { // lag (1989:253), whose All Saints' Day and Midsummer Day are Saturdays, and the eves of § 2 lag (1930:173)
		fixed:  []string{"01-01", "01-06", "05-01", "06-06", "12-24", "12-25", "12-26", "12-31"},
		easter: []int{goodFriday, easterMonday, ascension},
		first:  []floating{{time.Friday, time.June, 19}},
	},
	"NO": { // § 2 helligdagsfredloven and lov om 1. og 17. mai
		fixed:  []string{"01-01", "05-01", "05-17", "12-25", "12-26"},
		easter: []int{maundyThursday, goodFriday, easterMonday, ascension, whitMonday},
	},
	"DK": { // the holidays of the church, and the days of forældelsesloven § 27 (2)
		fixed:  []string{"01-01", "06-05", "12-24", "12-25", "12-26", "12-31"},
		easter: []int{maundyThursday, goodFriday, easterMonday, ascension, whitMonday},
	},
	"GB": { // Banking and Financial Dealings Act 1971, schedule 1, and the yearly proclamations
		fixed:      []string{"01-01", "12-25", "12-26"},
		easter:     []int{goodFriday, easterMonday},
		first:      []floating{{time.Monday, time.May, 1}, {time.Monday, time.May, 25}, {time.Monday, time.August, 25}},
		substitute: nextOpen,
	},
	"US": { // 5 U.S.C. 6103
		fixed: []string{"01-01", "06-19", "07-04", "11-11", "12-25"},
		first: []floating{
			{time.Monday, time.January, 15},
			{time.Monday, time.February, 15},
			{time.Monday, time.May, 25},
			{time.Monday, time.September, 1},
			{time.Monday, time.October, 8},
			{time.Thursday, time.November, 22},
		},
		substitute: nearest,
	},

	"TARGET": { // the calendar of the European Central Bank, from 2002 on
		fixed:  []string{"01-01", "05-01", "12-25", "12-26"},
		easter: []int{goodFriday, easterMonday},
	},
}
