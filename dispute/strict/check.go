package strict

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The patterns of what Locale, Email and times allow, as Go and ECMA-262 (with the flag u) read them.
const (
	// LocalePattern matches a BCP 47 tag, written with hyphens or, as programs do, with underscores.
	LocalePattern = `^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,8}$`
	// EmailPattern matches addresses as people have them, international ones included. It leaves out what only the
	// grammar of mail allows (quoted names, comments, hosts without a domain, bare IP addresses): no customer has such an
	// address.
	EmailPattern = `^` + emailWord + `(\.` + emailWord + `)*@(` + emailLabel + `\.)+` + emailTop + `$`
	// MaxEmail is the longest address, in bytes.
	MaxEmail = 254
)

var (
	localePattern = regexp.MustCompile(LocalePattern)
	emailPattern  = regexp.MustCompile(EmailPattern)
)

const (
	emailWord  = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
	emailLabel = `[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?`
	emailTop   = `\p{L}[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]`
)

// Line checks that the value is one line of 1 to limit printable characters, fit for mail headers and tables.
func Line(f *Faults, path, value string, limit int) {
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "":
		f.AddOnce(path, "is required: one line of 1 to %d characters", limit)
	case n > limit:
		f.AddOnce(path, "has %d characters; at most %d are allowed", n, limit)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }):
		f.AddOnce(path, "must be one line of text, without control characters")
	}
}

// Text checks that the value is text of at most limit characters, which may have tabs and line breaks. It may be
// empty.
func Text(f *Faults, path, value string, limit int) {
	switch n := utf8.RuneCountInString(value); {
	case n > limit:
		f.AddOnce(path, "has %d characters; at most %d are allowed", n, limit)
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }):
		f.AddOnce(path, "must be text, without control characters other than tabs and line breaks")
	}
}

// RequiredText checks the value as Text does, and that it is not blank.
func RequiredText(f *Faults, path, value string, limit int) {
	if strings.TrimSpace(value) == "" {
		f.AddOnce(path, "is required: 1 to %d characters", limit)
	}
	Text(f, path, value, limit)
}

// Email checks that the value is a bare e-mail address, without a name or brackets.
func Email(f *Faults, path, value string) {
	if len(value) > MaxEmail || !emailPattern.MatchString(value) {
		f.AddOnce(path, "must be an e-mail address, written like jonas@example.de")
	}
}

// Locale checks that the value is a language tag (BCP 47), or empty.
func Locale(f *Faults, path, value string) {
	if value != "" && !localePattern.MatchString(value) {
		f.AddOnce(path, "must be a language tag such as de-DE, or left out")
	}
}

// OneOf checks that the value is one of those allowed.
func OneOf[T ~string](f *Faults, path string, value T, allowed []T) {
	if !slices.Contains(allowed, value) {
		f.AddOnce(path, "must be one of %s", List(allowed))
	}
}

// List joins names as part of a sentence: "a, b, c".
func List[T ~string](names []T) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = string(name)
	}
	return strings.Join(parts, ", ")
}
