package language_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]dispute.Money{
		"30.00 EUR":                {Amount: 3000, Currency: "EUR"},
		"30 EUR":                   {Amount: 3000, Currency: "EUR"},
		"30.5 EUR":                 {Amount: 3050, Currency: "EUR"},
		" 0030.50   EUR ":          {Amount: 3050, Currency: "EUR"},
		"0.01 SEK":                 {Amount: 1, Currency: "SEK"},
		"0 EUR":                    {Amount: 0, Currency: "EUR"}, // the dispute refuses it
		"500 JPY":                  {Amount: 500, Currency: "JPY"},
		"500.00 JPY":               {Amount: 500, Currency: "JPY"},
		"1.2340 KWD":               {Amount: 1234, Currency: "KWD"},
		"90071992547409.91 EUR":    {Amount: dispute.MaxAmount, Currency: "EUR"},
		"92233720368547758.07 EUR": {Amount: 1<<63 - 1, Currency: "EUR"}, // the dispute refuses it
		// The German way, and groups of thousands.
		"30,00 EUR":        {Amount: 3000, Currency: "EUR"},
		"30,5 EUR":         {Amount: 3050, Currency: "EUR"},
		"2.610,00 EUR":     {Amount: 261000, Currency: "EUR"},
		"2,610.00 EUR":     {Amount: 261000, Currency: "EUR"},
		"1.234.567 EUR":    {Amount: 123456700, Currency: "EUR"},
		"1,234,567.89 EUR": {Amount: 123456789, Currency: "EUR"},
		"1.234.567,89 EUR": {Amount: 123456789, Currency: "EUR"},
		"1.234,567 KWD":    {Amount: 1234567, Currency: "KWD"},
		"0.500 EUR":        {Amount: 50, Currency: "EUR"}, // no group begins with 0
		"1234,500 EUR":     {Amount: 123450, Currency: "EUR"},
	} {
		got, err := language.ParseMoney(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

// TestParseMoneyAmbiguous: a separator before three digits can mean thousands or decimals. Both readings are named, as
// they have to be written.
func TestParseMoneyAmbiguous(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2.610 EUR":   "it can be read as 2610.00 EUR or as 2.61 EUR; write the one that you mean",
		"2,610 EUR":   "it can be read as 2610.00 EUR or as 2.61 EUR; write the one that you mean",
		"30.001 EUR":  "it can be read as 30001.00 EUR or as 30.001 EUR, which has more decimals than EUR; write 30001.00 EUR if you mean that",
		"500.000 JPY": "it can be read as 500000 JPY or as 500 JPY; write the one that you mean",
		"1.234 KWD":   "it can be read as 1234.000 KWD or as 1.2340 KWD; write the one that you mean",
	} {
		_, err := language.ParseMoney(text)
		require.EqualError(t, err, want, text)
	}
	for _, unambiguous := range []string{"2610.00 EUR", "2.61 EUR", "500000 JPY", "500 JPY", "1234.0000 KWD", "1.2340 KWD"} {
		_, err := language.ParseMoney(unambiguous)
		require.NoError(t, err)
	}
}

func TestParseMoneyRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "write it like", "30": "write it like", "EUR": "write it like", "EUR 30": "write it like", "30EUR": "write it like",
		"30 eur": "write it like", "-30 EUR": "write it like", "1.23.456 EUR": "write it like", "1.2345.678 EUR": "write it like",
		"1.000.00 EUR": "write it like", "1,000.000,00 EUR": "write it like", "0.000.001 EUR": "write it like",
		"1.234,567.00 EUR": "write it like", "1'234.50 CHF": "write it like",
		"+30 EUR": "write it like", "1e3 EUR": "write it like", "NaN EUR": "write it like", "Infinity EUR": "write it like",
		"0x10 EUR": "write it like", ".5 EUR": "write it like", "5. EUR": "write it like", "30 EUR USD": "write it like",
		"30 XXY": "XXY is not a currency", "0.001 EUR": "more decimals than EUR", "0.5 JPY": "more decimals than JPY",
		"1,234.567 EUR":            "more decimals than EUR",
		"92233720368547758.08 EUR": "too large", strings.Repeat("9", 400) + " EUR": "too large",
	} {
		_, err := language.ParseMoney(text)
		require.ErrorContains(t, err, want, text)
	}
}
