package dispute

// FirstYear and LastYear are the years that the calendars cover, both included. A date outside them is an error.
const (
	FirstYear = 2024
	LastYear  = 2036
)

// CalendarNames lists the calendars that a dispute can have: Germany with its nine common holidays, the sixteen
// German states (ISO 3166-2), other countries (ISO 3166-1), and TARGET, the euro payment system. Package calendar
// has their business days.
var CalendarNames = []string{
	"DE",
	"DE-BW", "DE-BY", "DE-BE", "DE-BB", "DE-HB", "DE-HH", "DE-HE", "DE-MV",
	"DE-NI", "DE-NW", "DE-RP", "DE-SL", "DE-SN", "DE-ST", "DE-SH", "DE-TH",
	"AT", "CH", "NL", "BE", "FR", "SE", "NO", "DK", "GB", "US",
	"TARGET",
}
