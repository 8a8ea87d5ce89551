package dispute_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
)

func TestMoneyFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		amount   int64
		currency string
		plain    string
		de       string
		en       string
		sv       string
	}{
		{123450, "EUR", "1234.50 EUR", "1.234,50 €", "€1,234.50", "1 234,50 €"},
		{5, "EUR", "0.05 EUR", "0,05 €", "€0.05", "0,05 €"},
		{100, "SEK", "1.00 SEK", "1,00 SEK", "SEK 1.00", "1,00 kr"},
		{123450, "JPY", "123450 JPY", "123.450 ¥", "¥123,450", "123 450 ¥"},
		{1234567, "KWD", "1234.567 KWD", "1.234,567 KWD", "KWD 1,234.567", "1 234,567 KWD"},
		{dispute.MaxAmount, "EUR", "90071992547409.91 EUR", "90.071.992.547.409,91 €", "€90,071,992,547,409.91", "90 071 992 547 409,91 €"},
	} {
		t.Run(test.plain, func(t *testing.T) {
			t.Parallel()
			money := dispute.Money{Amount: test.amount, Currency: test.currency}
			require.Equal(t, test.plain, money.String())
			require.Equal(t, test.plain, money.Decimal()+" "+test.currency)
			for locale, want := range map[string]string{
				"de": test.de, "de-DE": test.de, "de_DE": test.de, "de-DE-u-co-phonebk": test.de,
				"en": test.en, "en-US": test.en, "": test.en, "tlh": test.en,
				"sv": test.sv, "sv-SE": test.sv,
			} {
				require.Equal(t, want, strings.ReplaceAll(dispute.MoneyFormat(locale)(money), "\u00a0", " "), locale)
			}
		})
	}
}

func TestMoneyOfAnUnknownCurrency(t *testing.T) {
	t.Parallel()
	require.Empty(t, dispute.Money{Amount: 100, Currency: "XXQ"}.Decimal())
	require.Equal(t, "100 eur in minor units", dispute.Money{Amount: 100, Currency: "eur"}.String())
	require.Equal(t, "100 eur in minor units", dispute.MoneyFormat("de")(dispute.Money{Amount: 100, Currency: "eur"}))
}

func TestMoneyFormatKeepsAllDigits(t *testing.T) {
	t.Parallel()
	digits := regexp.MustCompile(`[^0-9]`)
	rapid.Check(t, func(t *rapid.T) {
		money := anyMoney(t)
		plain, _, _ := strings.Cut(money.String(), " ")
		require.Regexp(t, `^[0-9]+(\.[0-9]{2,3})?$`, plain)
		want := digits.ReplaceAllString(plain, "")
		locale := rapid.StringMatching(`[a-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}|de|en|sv|fr-CH`).Draw(t, "locale")
		if strings.HasPrefix(locale, "de") || strings.HasPrefix(locale, "en") || strings.HasPrefix(locale, "sv") {
			require.Equal(t, want, digits.ReplaceAllString(dispute.MoneyFormat(locale)(money), ""))
		}
		require.NotEmpty(t, dispute.MoneyFormat(locale)(money)) // others have other digits
	})
}
