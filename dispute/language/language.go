// Package language writes days, deadlines, amounts and the names of reasons and files as people read them, so that mails and
// pages say the same.
package language

import (
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Language is a language that people are addressed in. The zero value is none: use For, German or English.
type Language struct {
	name string
	// date formats a day with its weekday, and day without.
	date, day func(time.Time) string
	// until formats a deadline in full, by for a subject; clock a time of day.
	until, by func(time.Time) string
	clock     string
	// decimal separates the decimals of a number.
	decimal string
	reasons map[dispute.Reason]string
	kinds   map[string]string
	zones   map[string]string
	// zoned has the name of a zone's city in the place of %s.
	zoned string
}

// For returns German for a German locale and English for every other one, also for none.
func For(locale string) Language {
	primary, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	if strings.EqualFold(primary, German.name) {
		return German
	}
	return English
}

// All lists the languages.
var All = []Language{German, English}

// Name returns the language's tag: "de" or "en".
func (l Language) Name() string { return l.name }

// Date formats a day with its weekday: "Monday, 21 December 2026".
func (l Language) Date(day time.Time) string { return l.date(day) }

// Day formats a day without its weekday: "21 December 2026".
func (l Language) Day(day time.Time) string { return l.day(day) }

// Moment formats an instant in its own time zone: "21 December 2026, 15:04".
func (l Language) Moment(at time.Time) string { return l.day(at) + at.Format(l.clock) }

// Until formats a deadline in full: "until the end of Monday, 21 December 2026".
func (l Language) Until(deadline time.Time) string { return l.until(deadline) }

// By formats a deadline for a subject: "by 21 December 2026".
func (l Language) By(deadline time.Time) string { return l.by(deadline) }

// Reason names the kind of a complaint. A reason without a name is its identifier in words.
func (l Language) Reason(reason dispute.Reason) string {
	return named(l.reasons, reason)
}

// Kind names the kind of a file, as Reason does.
func (l Language) Kind(kind string) string {
	return named(l.kinds, kind)
}

// Zone names a time zone of the calendars by its city: "Berlin time".
func (l Language) Zone(zone string) string {
	city, known := l.zones[zone]
	if !known {
		_, city, _ = strings.Cut(zone, "/")
		city = strings.ReplaceAll(city, "_", " ")
	}
	if city == "" {
		return zone
	}
	return fmt.Sprintf(l.zoned, city)
}

// Size formats the size of a file: "1.4 MB".
func (l Language) Size(bytes int64) string {
	const kilo, mega = 1_000, 1_000_000
	switch {
	case bytes < kilo:
		return fmt.Sprintf("%d B", bytes)
	case bytes < mega:
		return fmt.Sprintf("%d kB", (bytes+kilo/2)/kilo)
	default:
		return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/mega), ".", l.decimal, 1)
	}
}

func named[K ~string](names map[K]string, key K) string {
	if name, known := names[key]; known {
		return name
	}
	return strings.ReplaceAll(string(key), "_", " ")
}
