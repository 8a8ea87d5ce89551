package strict_test

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute/strict"
)

// faultOf runs one check and returns the problem that it adds, or "".
func faultOf(t require.TestingT, check func(f *strict.Faults, path string)) string {
	var faults strict.Faults
	check(&faults, "x")
	if len(faults) == 0 {
		return ""
	}
	require.Len(t, faults, 1)
	require.Equal(t, "x", faults[0].Path)
	return faults[0].Problem
}

func faultOfEmail(t require.TestingT, address string) string {
	return faultOf(t, func(f *strict.Faults, path string) { strict.Email(f, path, address) })
}

func TestEmailAcceptsAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"jonas@example.de",
		"Jonas.Weber+klarna@Example.DE",
		"o'neill_99%x=y/z@mail.example.co.uk",
		"!#$&*?^`{|}~@example.de",
		"a@b.de",
		"1@2.de",
		"jonas@my-shop.example",
		"jonas@müller.de",
		"jonas@xn--mller-kva.de",
		"jonas@example.xn--p1ai",
		"jörg@example.de",
		"用户@例子.广告",
		"संपर्क@डाटामेल.भारत",
		strings.Repeat("a", 243) + "@example.de",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, faultOfEmail(t, address))
		})
	}
}

func TestEmailRefuses(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"NoAt":              "jonas.example.de",
		"TwoAts":            "jonas@weber@example.de",
		"NothingBefore":     "@example.de",
		"NothingAfter":      "jonas@",
		"NoDomain":          "a@b",
		"LocalHost":         "jonas@localhost",
		"BareIPAddress":     "jonas@192.0.2.1",
		"AddressLiteral":    "jonas@[192.0.2.1]",
		"OneLetterTop":      "jonas@example.d",
		"DotFirst":          ".jonas@example.de",
		"DotLast":           "jonas.@example.de",
		"TwoDots":           "jonas..weber@example.de",
		"DotFirstInDomain":  "jonas@.example.de",
		"DotLastInDomain":   "jonas@example.de.",
		"TwoDotsInDomain":   "jonas@example..de",
		"HyphenFirst":       "jonas@-example.de",
		"HyphenLast":        "jonas@example-.de",
		"Underscore":        "jonas@my_shop.de",
		"Quoted":            `"jonas weber"@example.de`,
		"Quotes":            `jonas"weber@example.de`,
		"Backslash":         `jonas\weber@example.de`,
		"Comment":           "jonas@example.de (home)",
		"WithName":          "Jonas Weber <jonas@example.de>",
		"InBrackets":        "<jonas@example.de>",
		"Link":              "mailto:jonas@example.de",
		"List":              "jonas@example.de,ops@example.de",
		"Space":             "jonas weber@example.de",
		"SpaceFirst":        " jonas@example.de",
		"SpaceLast":         "jonas@example.de ",
		"Blank":             " ",
		"NoBreakSpace":      "jonas\u00a0weber@example.de",
		"ZeroWidthSpace":    "jonas@example.de\u200b",
		"LineBreak":         "jonas@example.de\n",
		"HeaderInjection":   "jonas@example.de\r\nBcc: all@example.de",
		"Null":              "jonas\x00@example.de",
		"Delete":            "jonas\x7f@example.de",
		"OtherControl":      "jonas\u0085@example.de",
		"LineSeparator":     "jonas@exam\u2028ple.de",
		"RightToLeft":       "jonas\u202e@example.de",
		"Emoji":             "jonas@💌.de",
		"Replacement":       "jonas\ufffd@example.de",
		"TooLong":           strings.Repeat("a", 244) + "@example.de",
		"TooLongInBytes":    strings.Repeat("ä", 122) + "@example.de",
		"OfAMillionLetters": strings.Repeat("a.", 500_000) + "@example.de",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "must be an e-mail address, written like jonas@example.de", faultOfEmail(t, address))
		})
	}
}

func TestEveryAcceptedEmailIsOneForNetMail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching("[\\p{L}\\p{N}\\p{M}!#$%&'*+/=?^_`{|}~.@ -]{0,20}@[\\p{L}\\p{N}.-]{1,12}\\.[\\pL]{1,4}").Draw(t, "address")
		if faultOfEmail(t, address) != "" {
			return
		}
		parsed, err := mail.ParseAddress(address)
		require.NoError(t, err)
		require.Equal(t, address, parsed.Address)
	})
}

func TestLocale(t *testing.T) {
	t.Parallel()
	for tag, valid := range map[string]bool{
		"": true, "de": true, "de-DE": true, "de_AT": true, "DE-de": true, "nds": true, "zh-Hant-TW": true, "de-CH-1996": true, "es-419": true,
		"de-DE-u-co-phonebk": true,
		"d":                  false, "german": false, "de-": false, "-DE": false, "de--DE": false, "de DE": false, "de_DE.UTF-8": false, "dé": false, "de-DE\n": false,
		"de" + strings.Repeat("-a", 9): false,
	} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			want := "must be a language tag such as de-DE, or left out"
			if valid {
				want = ""
			}
			require.Equal(t, want, faultOf(t, func(f *strict.Faults, path string) { strict.Locale(f, path, tag) }))
		})
	}
}

func TestTextCountsCharacters(t *testing.T) {
	t.Parallel()
	const control = "must be text, without control characters other than tabs and line breaks"
	for name, test := range map[string]struct{ text, fault string }{
		"OneCharacter":       {"x", ""},
		"Longest":            {strings.Repeat("x", 50), ""},
		"LongestOfManyBytes": {strings.Repeat("💌", 50), ""},
		"Lines":              {"Paket kam nie an.\r\n\tSiehe Tracking.\n", ""},
		"Joined":             {"👩‍👧", ""},
		"TooLong":            {strings.Repeat("ü", 51), "has 51 characters; at most 50 are allowed"},
		"Null":               {"a\x00b", control},
		"TerminalEscape":     {"\x1b[2J", control},
		"OtherControl":       {"a\u009bb", control},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.fault, faultOf(t, func(f *strict.Faults, path string) { strict.Text(f, path, test.text, 50) }))
			require.Equal(t, test.fault, faultOf(t, func(f *strict.Faults, path string) { strict.RequiredText(f, path, test.text, 50) }))
		})
	}
	for _, blank := range []string{"", " \n\t ", strings.Repeat(" ", 50)} {
		require.Empty(t, faultOf(t, func(f *strict.Faults, path string) { strict.Text(f, path, blank, 50) }))
	}
	for _, blank := range []string{"", " \n\t ", strings.Repeat(" ", 51), "\v"} {
		require.Equal(t, "is required: 1 to 50 characters",
			faultOf(t, func(f *strict.Faults, path string) { strict.RequiredText(f, path, blank, 50) }))
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	const (
		required = "is required: one line of 1 to 20 characters"
		control  = "must be one line of text, without control characters"
	)
	for name, test := range map[string]struct{ line, fault string }{
		"Words":         {"Zoë O’Neill 李", ""},
		"Longest":       {strings.Repeat("ü", 20), ""},
		"TooLong":       {strings.Repeat("ü", 21), "has 21 characters; at most 20 are allowed"},
		"Empty":         {"", required},
		"Blank":         {" \t", required},
		"LineBreak":     {"a\nb", control},
		"Null":          {"a\x00b", control},
		"OtherControl":  {"a\u0085b", control},
		"LineSeparator": {"a\u2028b", control},
		"NotUTF8":       {"a\xffb", control},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.fault, faultOf(t, func(f *strict.Faults, path string) { strict.Line(f, path, test.line, 20) }))
		})
	}
}

func TestOneOf(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"a": "", "b": "", "": "must be one of a, b", "A": "must be one of a, b"} {
		require.Equal(t, want, faultOf(t, func(f *strict.Faults, path string) { strict.OneOf(f, path, value, []string{"a", "b"}) }))
	}
}
