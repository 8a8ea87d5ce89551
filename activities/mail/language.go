package mail

import (
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// language formats days and deadlines, which a template cannot do. Its name is also the name of its folder of
// templates.
type language struct {
	name string
	// date formats a day with its weekday: "Monday, 21 December 2026".
	date func(time.Time) string
	// until formats a deadline in full ("until the end of Monday, 21 December 2026"), by for a subject ("by 21 December 2026").
	until, by func(time.Time) string
}

var (
	german  = language{name: "de", date: germanDate, until: germanUntil, by: germanBy}
	english = language{name: "en", date: englishDate, until: englishUntil, by: englishBy}
)

// languageFor returns German for a German locale and English for every other one, also for none.
func languageFor(locale string) language {
	primary, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	if strings.EqualFold(primary, german.name) {
		return german
	}
	return english
}

var (
	germanMonths = [...]string{
		"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember",
	}
	germanWeekdays = [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
)

func germanDay(day time.Time) string {
	return fmt.Sprintf("%d. %s %d", day.Day(), germanMonths[day.Month()-1], day.Year())
}

func germanDate(day time.Time) string {
	return germanWeekdays[day.Weekday()] + ", " + germanDay(day)
}

func germanUntil(deadline time.Time) string {
	if day, whole := dispute.LastDay(deadline); whole {
		return "bis einschließlich " + germanDate(day)
	}
	return "bis " + germanDate(deadline) + deadline.Format(", 15:04 Uhr")
}

func germanBy(deadline time.Time) string {
	if day, whole := dispute.LastDay(deadline); whole {
		return "bis " + germanDay(day)
	}
	return "bis " + germanDay(deadline) + deadline.Format(", 15:04 Uhr")
}

func englishDate(day time.Time) string {
	return day.Format("Monday, 2 January 2006")
}

func englishUntil(deadline time.Time) string {
	return "until " + dispute.Until(deadline)
}

func englishBy(deadline time.Time) string {
	if day, whole := dispute.LastDay(deadline); whole {
		return "by " + day.Format("2 January 2006")
	}
	return "by " + deadline.Format("15:04 on 2 January 2006")
}
