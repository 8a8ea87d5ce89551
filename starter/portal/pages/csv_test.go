package pages_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestCSV: a row has what programs read, and what people read: the amount with its decimals, the last day, and the result.
func TestCSV(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		v := viewer(dispute.PartyMerchant, l)
		row := func(wait dispute.Wait, change dispute.Money) map[string]string {
			c := summaries(wait)[0]
			c.DisputedAmount, c.OrderID = change, "=1+1"
			named := map[string]string{}
			for n, value := range pages.CSVRow(v, c) {
				named[pages.CSVColumns[n]] = value
			}
			return named
		}
		open := row(dispute.WaitAgreement, eur(12990))
		require.Len(t, open, len(pages.CSVColumns))
		require.Equal(t, "12990", open["minor_units"])
		require.Equal(t, "129.90", open["amount"])
		require.Equal(t, "2026-12-09T23:00:00Z", open["deadline"])
		require.Equal(t, "2026-12-09", open["last_day"], "the day that ends with the deadline in Berlin")
		require.Equal(t, "'=1+1", open["order"])
		require.Empty(t, open["result"])
		require.Equal(t, "merchant", open["turn"])
		closed := row("", dispute.Money{Amount: 500, Currency: "JPY"})
		require.Equal(t, "500", closed["amount"])
		require.Empty(t, closed["last_day"])
		require.Equal(t, readTexts(t, l)["list.outcome."+closed["outcome"]], closed["result"], i)
		require.Empty(t, row("", dispute.Money{Amount: 5, Currency: "XXQ"})["amount"])
	}
}
