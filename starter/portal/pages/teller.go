package pages

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/dispute/plain"
)

// teller writes what a page says to one viewer.
type teller struct {
	Viewer
	sentences
	money func(dispute.Money) string
	// args are put in the place of names in every text.
	args []any
}

func newTeller(v Viewer) teller {
	return teller{
		Viewer: v, sentences: site.texts[v.Language.Name()], money: dispute.MoneyFormat(cmp.Or(v.Locale, v.Language.Name())),
		args: []any{"provider", v.provider()},
	}
}

func (v Viewer) provider() string { return cmp.Or(v.Provider, "Klarna") }

// about returns a teller whose texts can name what a case is about.
func (t teller) about(c dispute.Case, merchant string) teller {
	t.args = append([]any{
		"id", line(c.Dispute.ID), "amount", t.money(clean(c.Dispute.DisputedAmount)), "invoice", line(c.Dispute.InvoiceID), "order",
		line(c.Dispute.OrderID),
		"customer", cmp.Or(line(c.Dispute.Complainant.Name), t.say("party.customer")), "merchant", cmp.Or(line(merchant),
			line(c.Dispute.MerchantID)),
	}, t.args...)
	return t
}

// say returns the text of a key.
func (t teller) say(key string, args ...any) string {
	return tie(t.sentences.say(key, append(args, t.args...)...))
}

// perhaps returns the text of a key, or nothing if it has none.
func (t teller) perhaps(key string) string {
	if !t.has(key) {
		return ""
	}
	return t.say(key)
}

// minor formats an amount in minor units of a case's currency.
func (t teller) minor(c dispute.Case, amount int64) string {
	return t.money(clean(dispute.Money{Amount: amount, Currency: c.Dispute.DisputedAmount.Currency}))
}

func clean(m dispute.Money) dispute.Money {
	return dispute.Money{Amount: m.Amount, Currency: line(m.Currency)}
}

// line makes a text of others one line.
func line(text string) string {
	return strings.Join(strings.Fields(plain.Line(text)), " ")
}

// tied matches a day and the size of a file, within which a line must not break.
var tied = regexp.MustCompile(`\d{1,2}\.? \p{Lu}\p{L}+ \d{4}|\d [kM]?B\b`)

func tie(words string) string { return tied.ReplaceAllStringFunc(words, unbroken) }

// unbroken keeps words in one line.
func unbroken(words string) string { return strings.ReplaceAll(words, " ", "\u00a0") }

// zone returns the time zone of a calendar.
func zone(name string) *time.Location {
	if c, err := calendar.Load(name); err == nil {
		return c.Zone()
	}
	return time.UTC
}

// Deadline is a deadline as people read it.
type Deadline struct {
	// Until is the last day in words, Zone the time zone that the day is in, and Left how many business days there are.
	Until, Zone, Left string
	// Instant is for programs.
	Instant string
	// Soon means that at most two business days are left to the viewer.
	Soon bool
}

// deadline describes a deadline of a calendar; nil for none.
func (t teller) deadline(at time.Time, calendarName string) *Deadline {
	if at.IsZero() {
		return nil
	}
	in := zone(calendarName)
	at = at.In(in)
	d := &Deadline{Until: tie(t.Language.Until(at)), Zone: t.Language.Zone(in.String()), Instant: at.Format(time.RFC3339)}
	used, err := calendar.Load(calendarName)
	if err != nil {
		return d
	}
	left, err := used.BusinessDaysLeft(t.Now, at)
	last := at.Add(-time.Nanosecond)
	switch {
	case err != nil:
		return d
	case !t.Now.Before(at):
		d.Left = t.say("deadline.over")
	case sameDay(t.Now.In(in), last):
		d.Left = t.say("deadline.today")
	case left == 0:
		d.Left = t.say("deadline.none-left")
	case left == 1:
		d.Left = t.say("deadline.one")
	default:
		d.Left = t.say("deadline.left", "n", left)
	}
	const fewDays = 2
	d.Soon = left <= fewDays
	return d
}

// ofOthers returns the deadline of another party, which is not urgent for the viewer.
func (d *Deadline) ofOthers() *Deadline {
	if d == nil {
		return nil
	}
	calm := *d
	calm.Soon = false
	return &calm
}

func sameDay(a, b time.Time) bool {
	return a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

// moment formats an instant in the zone of a case's calendar.
func (t teller) moment(at time.Time, calendarName string) string {
	if at.IsZero() {
		return ""
	}
	return tie(t.Language.Moment(at.In(zone(calendarName))))
}

func (t teller) day(at time.Time, calendarName string) string {
	if at.IsZero() {
		return ""
	}
	return tie(t.Language.Day(at.In(zone(calendarName))))
}
