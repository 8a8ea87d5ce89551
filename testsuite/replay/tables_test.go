package replay_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/race"
)

// The tables of package currency, which are not exported. They are the only tables of a library that workflow code can
// reach: a linter keeps the calendars away from it, and languages are matched without a table.
var (
	//go:linkname currencyCodes github.com/bojanz/currency.currencyCodes
	currencyCodes []string
	//go:linkname currencies github.com/bojanz/currency.currencies
	currencies map[string]struct{}
	//go:linkname currencySymbols github.com/bojanz/currency.currencySymbols
	currencySymbols map[string]struct{}
	//go:linkname currencyFormats github.com/bojanz/currency.currencyFormats
	currencyFormats map[string]struct{}
	//go:linkname countryCurrencies github.com/bojanz/currency.countryCurrencies
	countryCurrencies map[string]string
	//go:linkname parentLocales github.com/bojanz/currency.parentLocales
	parentLocales map[string]string
)

// emptyTables leaves this process without a currency.
func emptyTables() {
	currencyCodes, currencies, currencySymbols, currencyFormats, countryCurrencies, parentLocales = nil, nil, nil, nil, nil, nil
}

// TestReplayWithoutTables: no table of a library decides what a running dispute does, because a new version of the library
// may drop a currency. A process of its own empties the tables and replays every history.
func TestReplayWithoutTables(t *testing.T) {
	t.Parallel()
	if *emptied || race.Enabled {
		t.Skip("nothing is replayed under the race detector")
	}
	output, err := exec.CommandContext(t.Context(), os.Args[0],
		"-test.v", "-test.run", "^(TestTablesAreEmpty|TestReplay)$", "-emptied").CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "--- PASS: TestTablesAreEmpty")
	for version, count := range recorded {
		require.Equal(t, count, strings.Count(string(output), "--- PASS: TestReplay/"+version+"_"), "%s", output)
	}
}

// TestTablesAreEmpty: in the process of TestReplayWithoutTables a client's dispute in EUR is refused.
func TestTablesAreEmpty(t *testing.T) {
	t.Parallel()
	d := dispute.Dispute{
		ID: "d-1", OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "order-1", InvoiceID: "invoice-1",
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: "merchant-1",
		Complainant: dispute.Complainant{ID: "customer-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
	}.WithDefaults()
	err := d.Validate(time.Now())
	if !*emptied {
		require.NoError(t, err)
		return
	}
	require.ErrorContains(t, err, "disputedAmount.currency: must be the ISO 4217 code of a currency")
	require.Equal(t, "12990 EUR in minor units", d.DisputedAmount.String())
	require.Equal(t, d.DisputedAmount.String(), dispute.MoneyFormat("de-DE")(d.DisputedAmount))
}
