package calendar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/nl"
)

// tagDerBefreiung is 8 May 2025, a holiday of Berlin in that year only, 80 years after the end of the war.
var tagDerBefreiung = &cal.Holiday{
	Name:      "Tag der Befreiung",
	Month:     time.May,
	Day:       8,
	StartYear: 2025,
	EndYear:   2025,
	Func:      cal.CalcDayOfMonth,
}

// dutch lists the Dutch holidays: without Good Friday, an ordinary working day outside public offices, and with
// Liberation Day only in the years in which it is a day off.
var dutch = []*cal.Holiday{
	nl.Nieuwjaar,
	nl.TweedePaasdag,
	nl.Koningsdag,
	bevrijdingsdag,
	nl.Hemelvaart,
	nl.TweedePinksterDag,
	nl.EersteKerstdag,
	nl.TweedeKerstdag,
}

// bevrijdingsdag is 5 May of every fifth year: 2025, 2030, 2035.
var bevrijdingsdag = &cal.Holiday{
	Name: "Bevrijdingsdag",
	Func: func(_ *cal.Holiday, year int) time.Time {
		if year%5 != 0 {
			return time.Time{}
		}
		return time.Date(year, time.May, 5, 0, 0, 0, 0, cal.DefaultLoc)
	},
}

// juleaftensdag and nytaarsaftensdag are 24 and 31 December, on which no Danish limitation period ends.
var (
	juleaftensdag    = &cal.Holiday{Name: "Juleaftensdag", Month: time.December, Day: 24, Func: cal.CalcDayOfMonth}
	nytaarsaftensdag = &cal.Holiday{Name: "Nytårsaftensdag", Month: time.December, Day: 31, Func: cal.CalcDayOfMonth}
)
