package dispute

import (
	"fmt"
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

// A BCP 47 tag, written with hyphens or, as programs do, with underscores.
var localePattern = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,8}$`)

// emailPattern is an address as people have them, international ones included. What only the grammar of
// mail allows (quoted names, comments, hosts without a domain, bare IP addresses) reaches no customer.
var emailPattern = regexp.MustCompile(`^` + emailWord + `(\.` + emailWord + `)*@(` + emailLabel + `\.)+` + emailTop + `$`)

const (
	emailWord  = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
	emailLabel = `[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?`
	emailTop   = `\p{L}[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]`
)

// once adds a fault unless there is one at this place already: a field of the wrong type is not missing
// as well.
func (f *Faults) once(path, format string, args ...any) {
	if !f.has(path) {
		f.Add(path, format, args...)
	}
}

// has tells whether the path, or what it lies in, has a fault.
func (f Faults) has(path string) bool {
	return slices.ContainsFunc(f, func(fault Fault) bool {
		inside, ok := strings.CutPrefix(path, fault.Path)
		return ok && (inside == "" || inside[0] == '.' || inside[0] == '[')
	})
}

// whole tells whether the input could not be read at all.
func (f Faults) whole() bool {
	return slices.ContainsFunc(f, func(fault Fault) bool { return fault.Path == "" })
}

// line wants one line of printable text: it goes into mail headers and tables.
func line(f *Faults, path, value string, limit int) {
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "":
		f.once(path, "is required: one line of 1 to %d characters", limit)
	case n > limit:
		f.once(path, "has %d characters; at most %d are allowed", n, limit)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }):
		f.once(path, "must be one line of text, without control characters")
	}
}

// text wants at most MaxText characters, and at least one where the text is required.
func text(f *Faults, path, value string, required bool) {
	switch n := utf8.RuneCountInString(value); {
	case required && strings.TrimSpace(value) == "":
		f.once(path, "is required: 1 to %d characters", MaxText)
	case n > MaxText:
		f.once(path, "has %d characters; at most %d are allowed", n, MaxText)
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }):
		f.once(path, "must be text, without control characters other than tabs and line breaks")
	}
}

// email wants a bare address, as it stands in an envelope.
func email(f *Faults, path, value string) {
	if len(value) > 254 || !emailPattern.MatchString(value) {
		f.once(path, "must be an e-mail address, written like jonas@example.de")
	}
}

// locale wants a language tag, or nothing: then mails are in English.
func locale(f *Faults, path, value string) {
	if value != "" && !localePattern.MatchString(value) {
		f.once(path, "must be a language tag such as de-DE, or left out")
	}
}

func oneOf[T ~string](f *Faults, path string, value T, allowed []T) {
	if !slices.Contains(allowed, value) {
		f.once(path, "must be one of %s", list(allowed))
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
		f.once(path+".amount", "must be a whole number of minor units (cents of EUR), 1 to %d", int64(MaxAmount))
	}
	if !m.validCurrency() {
		f.once(path+".currency", "must be the ISO 4217 code of a currency, such as EUR")
	}
}

// index appends a position to a path: merchants[2].
func index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}
