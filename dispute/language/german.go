package language

import (
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// German is the language of German locales.
var German = Language{
	name: "de", date: germanDate, day: germanDay, until: germanUntil, by: germanBy, clock: ", 15:04 Uhr", decimal: ",", zoned: "Ortszeit %s",
	reasons: map[dispute.Reason]string{
		dispute.ReasonReturn:               "Rücksendung",
		dispute.ReasonGoodsNotReceived:     "Ware nicht erhalten",
		dispute.ReasonFaultyGoods:          "Mangelhafte Ware",
		dispute.ReasonIncorrectInvoice:     "Falsche Rechnung",
		dispute.ReasonAlreadyPaid:          "Bereits bezahlt",
		dispute.ReasonUnauthorizedPurchase: "Nicht autorisierter Kauf",
		dispute.ReasonHighRiskOrder:        "Bestellung mit hohem Risiko",
	},
	kinds: map[string]string{
		"proof_of_delivery":   "Zustellnachweis",
		"tracking":            "Sendungsverfolgung",
		"proof_of_refund":     "Nachweis der Erstattung",
		"return_confirmation": "Bestätigung der Rücksendung",
		"order_confirmation":  "Auftragsbestätigung",
		"correspondence":      "Schriftwechsel",
		"other":               "Sonstiges",
	},
	zones: map[string]string{
		"Europe/Vienna": "Wien", "Europe/Zurich": "Zürich", "Europe/Brussels": "Brüssel", "Europe/Copenhagen": "Kopenhagen",
	},
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
