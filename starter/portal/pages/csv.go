package pages

import (
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// CSVColumns are the names of the columns of CSVRow. They are the same in all languages, for programs.
var CSVColumns = []string{
	"dispute", "order", "invoice", "reason", "state", "waiting_for", "deadline", "minor_units", "currency", "outcome", "updated",
	"amount", "last_day", "result", "turn",
}

// CSVRow is a dispute of a merchant's list in a table for programs and spreadsheets: instants in UTC, the amount in minor units
// and as a decimal, the last day of the deadline in the dispute's zone, the result in the viewer's language, and whose turn it is.
func CSVRow(v Viewer, c ledger.CaseSummary) []string {
	deadline, lastDay := "", ""
	if !c.Deadline.IsZero() {
		deadline = c.Deadline.UTC().Format(time.RFC3339)
		lastDay = c.Deadline.In(zone(c.Calendar)).Add(-time.Nanosecond).Format(time.DateOnly)
	}
	row := []string{
		c.DisputeID, c.OrderID, c.InvoiceID, string(c.Reason), string(c.State), string(c.WaitingFor), deadline,
		strconv.FormatInt(c.DisputedAmount.Amount, 10), c.DisputedAmount.Currency, string(c.Outcome), c.UpdatedAt.UTC().Format(time.RFC3339),
		decimal(c.DisputedAmount), lastDay, newTeller(v).perhaps("list.outcome." + string(c.Outcome)), string(c.Turn),
	}
	for i := range row {
		row[i] = noFormula(row[i])
	}
	return row
}

// decimal writes an amount as a decimal with a point; empty in a currency that is no longer in the table.
func decimal(m dispute.Money) string {
	amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return ""
	}
	return amount.Number()
}

// noFormula keeps a spreadsheet from computing a text of others.
func noFormula(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
