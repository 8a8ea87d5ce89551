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

// germany are the nine holidays that all states have.
var germany = law{
	fixed:  []string{"01-01", "05-01", "10-03", "12-25", "12-26"},
	easter: []int{goodFriday, easterMonday, ascension, whitMonday},
}

// laws are the holidays of every calendar. Holidays that always are on a Sunday are left out.
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

	"AT": {
		fixed:  []string{"01-01", "01-06", "05-01", "08-15", "10-26", "11-01", "12-08", "12-25", "12-26"},
		easter: []int{easterMonday, ascension, whitMonday, corpusChristi},
	},
	"CH": {
		fixed:  []string{"01-01", "05-01", "08-01", "12-25", "12-26"},
		easter: []int{goodFriday, easterMonday, ascension, whitMonday},
	},
	"NL": {
		fixed:  []string{"01-01", "04-27", "12-25", "12-26"},
		easter: []int{easterMonday, ascension, whitMonday},
		once:   []string{"2025-05-05", "2030-05-05", "2035-05-05"},
	},
	"BE": {
		fixed:  []string{"01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25"},
		easter: []int{easterMonday, ascension, whitMonday},
	},
	"FR": {
		fixed:  []string{"01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"},
		easter: []int{easterMonday, ascension, whitMonday},
	},
	"SE": { // All Saints' Day and Midsummer Day are Saturdays
		fixed:  []string{"01-01", "01-06", "05-01", "06-06", "12-24", "12-25", "12-26", "12-31"},
		easter: []int{goodFriday, easterMonday, ascension},
		first:  []floating{{time.Friday, time.June, 19}},
	},
	"NO": {
		fixed:  []string{"01-01", "05-01", "05-17", "12-25", "12-26"},
		easter: []int{maundyThursday, goodFriday, easterMonday, ascension, whitMonday},
	},
	"DK": {
		fixed:  []string{"01-01", "06-05", "12-25", "12-26"},
		easter: []int{maundyThursday, goodFriday, easterMonday, ascension, whitMonday},
	},
	"GB": {
		fixed:  []string{"01-01", "12-25", "12-26"},
		easter: []int{goodFriday, easterMonday},
		first:  []floating{{time.Monday, time.May, 1}, {time.Monday, time.May, 25}, {time.Monday, time.August, 25}},
		once: []string{
			"2028-01-03", "2033-01-03", "2034-01-02", // for 1 January
			"2026-12-28", "2027-12-27", "2027-12-28", "2032-12-27", "2032-12-28", "2033-12-27", // for Christmas
		},
	},
	"US": {
		fixed: []string{"01-01", "06-19", "07-04", "11-11", "12-25"},
		first: []floating{
			{time.Monday, time.January, 15},
			{time.Monday, time.February, 15},
			{time.Monday, time.May, 25},
			{time.Monday, time.September, 1},
			{time.Monday, time.October, 8},
			{time.Thursday, time.November, 22},
		},
		once: []string{
			"2027-12-31", "2032-12-31", "2034-01-02", // for 1 January
			"2027-06-18", "2032-06-18", "2033-06-20", // for 19 June
			"2026-07-03", "2027-07-05", "2032-07-05", // for 4 July
			"2028-11-10", "2029-11-12", "2034-11-10", "2035-11-12", // for 11 November
			"2027-12-24", "2032-12-24", "2033-12-26", // for 25 December
		},
	},

	"TARGET": {
		fixed:  []string{"01-01", "05-01", "12-25", "12-26"},
		easter: []int{goodFriday, easterMonday},
	},
}
