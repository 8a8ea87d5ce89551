package portal

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/dispute/strict"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// fields reads the fields of a form and collects what is wrong with them.
type fields struct {
	pages.Filled
	// references are the files that wait to be sent.
	references []dispute.File
	problems   []pages.Problem
}

func (f *fields) problem(field string, kind pages.ProblemKind, limit string) {
	f.problems = append(f.problems, pages.Problem{Field: field, Kind: kind, Limit: limit})
}

// text reads a text that may be empty.
func (f *fields) text(field string) string {
	value := strings.TrimSpace(f.Value(field))
	var faults dispute.Faults
	strict.Text(&faults, field, value, dispute.MaxText)
	switch {
	case utf8.RuneCountInString(value) > dispute.MaxText:
		f.problem(field, pages.ProblemTooLong, strconv.Itoa(dispute.MaxText))
	case len(faults) > 0 || !utf8.ValidString(value):
		f.problem(field, pages.ProblemCharacters, "")
	}
	return value
}

func (f *fields) required(field string) string {
	value := f.text(field)
	if value == "" {
		f.problem(field, pages.ProblemRequired, "")
	}
	return value
}

// choice reads one of several values.
func (f *fields) choice(field string, allowed ...string) string {
	if value := f.Value(field); slices.Contains(allowed, value) {
		return value
	}
	f.problem(field, pages.ProblemChoice, "")
	return ""
}

func (f *fields) number(field string) int {
	number, err := strconv.Atoi(f.Value(field))
	if err != nil || number < 1 {
		f.problem(field, pages.ProblemChoice, "")
	}
	return number
}

func (f *fields) email(field string) string {
	value := strings.TrimSpace(f.Value(field))
	var faults dispute.Faults
	if strict.Email(&faults, field, value); value != "" && len(faults) > 0 {
		f.problem(field, pages.ProblemAddress, "")
	}
	return value
}

// endOfDay reads a day and returns its end in the zone of a calendar.
func (f *fields) endOfDay(field, calendarName string) time.Time {
	day, err := time.Parse(time.DateOnly, f.Value(field))
	cal, calErr := calendar.Load(calendarName)
	if errors.Join(err, calErr) != nil {
		f.problem(field, pages.ProblemDay, "")
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, cal.Zone())
}

// invalid says what is wrong with a message that the dispute's own checks refuse, by the fields that are named otherwise than
// their members.
func invalid(err error) []pages.Problem {
	refusal, ok := errors.AsType[*dispute.Refusal](err)
	if !ok || len(refusal.Faults) == 0 {
		return []pages.Problem{{Kind: pages.ProblemChanged}}
	}
	members := map[string]string{
		"statement": pages.FieldText, "refund.amount": pages.FieldAmount, "refund": pages.FieldAmount, "to": pages.FieldDay, "reason": pages.FieldWhy,
	}
	var problems []pages.Problem
	for _, fault := range refusal.Faults {
		field, renamed := members[fault.Path]
		if !renamed {
			field = fault.Path
		}
		kind := pages.ProblemCharacters
		if field == pages.FieldDay {
			kind = pages.ProblemDay
		}
		problems = append(problems, pages.Problem{Field: field, Kind: kind})
	}
	return problems
}
