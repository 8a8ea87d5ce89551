package dispute

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest texts that people may send, in characters.
const (
	// MaxLine bounds ids and names, which stand in one line.
	MaxLine = 200
	// MaxText bounds statements, messages, notes and rationales.
	MaxText = 5000
)

var localePattern = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)

// once adds a fault unless the path, or what it lies in, has one already: a field of the wrong type is
// not missing as well.
func (f *Faults) once(path, format string, args ...any) {
	for _, fault := range *f {
		if fault.Path == path || strings.HasPrefix(path, fault.Path+".") || strings.HasPrefix(path, fault.Path+"[") {
			return
		}
	}
	f.Add(path, format, args...)
}

// whole tells whether the input could not be read at all.
func (f Faults) whole() bool {
	return slices.ContainsFunc(f, func(fault Fault) bool { return fault.Path == "" })
}

// line wants one line of printable text: it goes into mail headers and tables.
func line(f *Faults, path, value string) {
	switch {
	case strings.TrimSpace(value) == "":
		f.once(path, "is required")
	case utf8.RuneCountInString(value) > MaxLine:
		f.once(path, "must have at most %d characters", MaxLine)
	case strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value):
		f.once(path, "must be one line of printable text")
	}
}

// text wants at most limit characters, and at least one where the text is required.
func text(f *Faults, path, value string, required bool) {
	switch {
	case required && strings.TrimSpace(value) == "":
		f.once(path, "is required, 1 to %d characters", MaxText)
	case utf8.RuneCountInString(value) > MaxText:
		f.once(path, "must have at most %d characters", MaxText)
	}
}

// email wants a bare address, as it stands in an envelope.
func email(f *Faults, path, value string) {
	if value == "" {
		f.once(path, "is required")
		return
	}
	address, err := mail.ParseAddress(value)
	if err != nil || address.Address != value || len(value) > 254 || strings.ContainsFunc(value, unicode.IsControl) {
		f.once(path, "%q cannot be an e-mail address; write it like jonas@example.de", value)
	}
}

// locale wants a language tag, or nothing: then mails are in English.
func locale(f *Faults, path, value string) {
	if value != "" && !localePattern.MatchString(value) {
		f.once(path, "%q is no language tag; write it like de-DE", value)
	}
}

func oneOf[T ~string](f *Faults, path string, value T, allowed []T) {
	if !slices.Contains(allowed, value) {
		f.once(path, "%q is not allowed; allowed are %s", string(value), list(allowed))
	}
}

// list joins names to a sentence's part: "a, b, c".
func list[T ~string](names []T) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = string(name)
	}
	return strings.Join(parts, ", ")
}

func (m Money) check(f *Faults, path string) {
	if m.Amount < 1 || m.Amount > MaxAmount {
		f.once(path+".amount", "must be a whole number of minor units, 1 to %d", int64(MaxAmount))
	}
	if !m.validCurrency() {
		f.once(path+".currency", "%q is no ISO 4217 currency; write it like EUR", m.Currency)
	}
}

// index appends a position to a path: merchants[2].
func index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}
