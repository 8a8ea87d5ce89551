package language

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bojanz/currency"

	"github.com/streitfall/streitfall/dispute"
)

// An amount has digits, with points and commas between them, and a currency.
var (
	amountPattern  = regexp.MustCompile(`^([0-9]+(?:[.,][0-9]+)*) +([A-Z]{3})$`)
	groupsPattern  = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:\.[0-9]{3})+$|^[1-9][0-9]{0,2}(?:,[0-9]{3})+$`)
	integerPattern = regexp.MustCompile(`^[0-9]+$`)
)

var errMoney = errors.New(`write it like "30.00 EUR"`)

// ParseMoney reads an amount such as "30.00 EUR", also with groups of thousands and with a decimal comma: "2.610,00 EUR".
// It refuses what can be read in two ways, such as "2.610 EUR", and names both.
func ParseMoney(text string) (dispute.Money, error) {
	parts := amountPattern.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return dispute.Money{}, errMoney
	}
	number, code := parts[1], parts[2]
	if !currency.IsValid(code) {
		return dispute.Money{}, fmt.Errorf("%s is not a currency", code)
	}
	decimal := strings.LastIndexAny(number, ".,")
	grouped := groupsPattern.MatchString(number)
	switch {
	case decimal < 0:
		return exactMoney(number, code)
	case grouped && strings.Count(number, number[decimal:decimal+1]) == 1:
		return dispute.Money{}, ambiguous(number, code)
	case grouped:
		return exactMoney(digits(number), code)
	case !integerPattern.MatchString(number[:decimal]) && !groupsOf(number[:decimal], number[decimal]):
		return dispute.Money{}, errMoney
	default:
		return exactMoney(digits(number[:decimal])+"."+number[decimal+1:], code)
	}
}

// groupsOf reports whether a number has groups of thousands that another separator than the decimal one separates.
func groupsOf(number string, decimal byte) bool {
	return groupsPattern.MatchString(number) && strings.IndexByte(number, decimal) < 0
}

// digits removes the separators of a number.
func digits(number string) string {
	return strings.NewReplacer(".", "", ",", "").Replace(number)
}

// exactMoney reads a number with a decimal point. It never rounds.
func exactMoney(number, code string) (dispute.Money, error) {
	amount, err := currency.NewAmount(number, code)
	if err != nil {
		return dispute.Money{}, errMoney
	}
	minor, err := amount.Int64()
	if back, _ := currency.NewAmountFromInt64(minor, code); err != nil || !back.Equal(amount) {
		return dispute.Money{}, fmt.Errorf("it has more decimals than %s, or is too large", code)
	}
	return dispute.Money{Amount: minor, Currency: code}, nil
}

// ambiguous returns the error for a number with one separator before three digits. It names both readings so that
// ParseMoney accepts them.
func ambiguous(number, code string) error {
	thousands, err := exactMoney(digits(number), code)
	if err != nil {
		return err
	}
	plain := strings.Replace(number, ",", ".", 1)
	decimals, err := exactMoney(plain, code)
	if err != nil {
		return fmt.Errorf("it can be read as %s or as %s %s, which has more decimals than %s; write %s if you mean that",
			thousands, plain, code, code, thousands)
	}
	second := decimals.String()
	if groupsPattern.MatchString(strings.TrimSuffix(second, " "+code)) {
		second = plain + "0 " + code // a currency with three decimals
	}
	return fmt.Errorf("it can be read as %s or as %s; write the one that you mean", thousands, second)
}
