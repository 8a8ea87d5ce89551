package dispute_test

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// retryWith is the shortest message with an address.
func retryWith(t require.TestingT, email string) error {
	_, err := dispute.DecodeMessage[dispute.Retry]([]byte(encoded(t, dispute.Retry{Email: email, RequestedBy: "ops"})))
	return err
}

func TestAddressesThatCanBeOne(t *testing.T) {
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
			require.NoError(t, retryWith(t, address))
		})
	}
}

func TestAddressesThatCannotBeOne(t *testing.T) {
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
			requireFaults(t, retryWith(t, address), dispute.CodeInvalidMessage, "email: must be an e-mail address, written like jonas@example.de")
		})
	}
}

func TestMailTakesEveryAddressThatIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching("[\\p{L}\\p{N}\\p{M}!#$%&'*+/=?^_`{|}~.@ -]{0,20}@[\\p{L}\\p{N}.-]{1,12}\\.[\\pL]{1,4}").Draw(t, "address")
		if retryWith(t, address) != nil {
			return
		}
		parsed, err := mail.ParseAddress(address)
		require.NoError(t, err)
		require.Equal(t, address, parsed.Address)
	})
}

func TestLanguageTags(t *testing.T) {
	t.Parallel()
	for tag, valid := range map[string]bool{
		"de": true, "de-DE": true, "de_AT": true, "DE-de": true, "nds": true, "zh-Hant-TW": true, "de-CH-1996": true, "es-419": true,
		"de-DE-u-co-phonebk": true,
		"d":                  false, "german": false, "de-": false, "-DE": false, "de--DE": false, "de DE": false, "de_DE.UTF-8": false, "dé": false, "de-DE\n": false,
		"de" + strings.Repeat("-a", 9): false,
	} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			_, err := dispute.DecodeDispute([]byte(with(t, complete, "complainant.locale", encoded(t, tag))), strict.RefuseUnknownNames, now)
			if valid {
				require.NoError(t, err)
				return
			}
			requireFaults(t, err, dispute.CodeInvalidDispute, wantLocale)
		})
	}
}

func TestTextsAreCountedInCharacters(t *testing.T) {
	t.Parallel()
	const control = "statement: must be text, without control characters other than tabs and line breaks"
	for name, test := range map[string]struct{ text, fault string }{
		"OneCharacter":       {"x", ""},
		"Longest":            {strings.Repeat("x", 5000), ""},
		"LongestOfManyBytes": {strings.Repeat("💌", 5000), ""},
		"Lines":              {"Paket kam nie an.\r\n\tSiehe Tracking.\n", ""},
		"Joined":             {"👩‍👧", ""},
		"Empty":              {"", "statement: is required: 1 to 5000 characters"},
		"Blank":              {" \n\t ", "statement: is required: 1 to 5000 characters"},
		"TooLong":            {strings.Repeat("ü", 5001), "statement: has 5001 characters; at most 5000 are allowed"},
		"Null":               {"a\x00b", control},
		"TerminalEscape":     {"\x1b[2J", control},
		"OtherControl":       {"a\u009bb", control},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement, err := dispute.DecodeMessage[dispute.Statement]([]byte(encoded(t, dispute.Statement{Statement: test.text})))
			if test.fault != "" {
				requireFaults(t, err, dispute.CodeInvalidMessage, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.text, statement.Statement)
		})
	}
}
