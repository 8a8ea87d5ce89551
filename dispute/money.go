package dispute

import (
	"regexp"
	"strconv"

	"github.com/bojanz/currency"

	"github.com/streitfall/streitfall/dispute/strict"
)

// MaxAmount is the largest amount, in minor units: the largest integer that every JSON reader represents exactly.
const MaxAmount = strict.MaxInteger

// Money is an amount in the minor units of its currency: cents of EUR, whole yen of JPY, thousandths of KWD.
type Money struct {
	// Amount in minor units.
	Amount int64 `json:"amount"`
	// Currency is the ISO 4217 code.
	Currency string `json:"currency"`
}

// String formats the amount for operators: "129.90 EUR". Of a currency that is no longer in the table, with which disputes
// may still run, it says the minor units: "12990 HRK in minor units".
func (m Money) String() string {
	decimal := m.Decimal()
	if decimal == "" {
		return strconv.FormatInt(m.Amount, 10) + " " + m.Currency + " in minor units"
	}
	return decimal + " " + m.Currency
}

// Decimal formats the amount as a decimal with a point: "129.90"; empty in a currency that is no longer in the table.
func (m Money) Decimal() string {
	amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return ""
	}
	return amount.Number()
}

// MoneyFormat returns a function that formats amounts as the locale does: "1.234,50 €" in German.
func MoneyFormat(locale string) func(Money) string {
	formatter := currency.NewFormatter(currency.NewLocale(locale))
	return func(m Money) string {
		amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
		if err != nil {
			return m.String()
		}
		return formatter.Format(amount)
	}
}

func (m Money) check(f *Faults, path string) {
	m.checkForm(f, path)
	if !m.validCurrency() {
		f.AddOnce(path+".currency", "must be the ISO 4217 code of a currency, such as EUR")
	}
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// checkForm checks an amount without the table of currencies, which changes: workflow code must judge the same on replay.
func (m Money) checkForm(f *Faults, path string) {
	if m.Amount < 1 || m.Amount > MaxAmount {
		f.AddOnce(path+".amount", "must be a whole number of minor units (cents of EUR), 1 to %d", int64(MaxAmount))
	}
	if !currencyCode.MatchString(m.Currency) {
		f.AddOnce(path+".currency", "must be the ISO 4217 code of a currency, such as EUR")
	}
}

func (m Money) validCurrency() bool {
	return m.Currency != "" && currency.IsValid(m.Currency) // IsValid accepts ""
}
