package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute/plain"
)

// Columns are the columns of a report in CSV, and JournalColumns those of postings. They are the same in all versions that only
// add some.
var (
	Columns = []string{
		"from", "to", "zone", "disputes", "merchant", "currency", "reason", "outcome", "closing_reason", "number", "disputed_minor_units",
		"credited_minor_units", "refunded_minor_units", "already_credited_minor_units", "median_days", "p90_days",
	}
	JournalColumns = []string{
		"posting", "booked_on", "booked_at", "movement", "invoice", "dispute", "merchant", "debit_account", "credit_account",
		"minor_units", "currency", "amount", "reference",
	}
)

// WriteCSV writes the rows of the report, with a header.
func (r Report) WriteCSV(out io.Writer) error {
	w := csv.NewWriter(out)
	if err := w.Write(Columns); err != nil {
		return err
	}
	for _, row := range r.Rows {
		cells := []string{
			string(r.From), string(r.To), r.Zone, string(row.Happening), plain.Cell(row.MerchantID), row.Currency, string(row.Reason),
			string(row.Outcome), string(row.ClosingReason), strconv.Itoa(row.Disputes), number(row.Disputed),
		}
		if row.Happening == ledger.HappeningClosed {
			cells = append(cells, number(row.Credited), number(row.Refunded), number(row.AlreadyCredited), days(row.MedianDays), days(row.P90Days))
		} else {
			cells = append(cells, "", "", "", "", "")
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func days(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }

// Journal writes postings as CSV, one after the other. Flush ends it.
type Journal struct {
	csv  *csv.Writer
	zone *time.Location
}

// NewJournal writes the header. A posting is booked on a day in the zone.
func NewJournal(out io.Writer, zone *time.Location) (*Journal, error) {
	j := &Journal{csv: csv.NewWriter(out), zone: zone}
	return j, j.csv.Write(JournalColumns)
}

// Write writes a posting.
func (j *Journal) Write(e ledger.JournalEntry) error {
	return j.csv.Write([]string{
		number(e.ID), e.At.In(j.zone).Format(time.DateOnly), e.At.UTC().Format(time.RFC3339Nano), string(e.Movement), plain.Cell(e.InvoiceID),
		e.DisputeID, plain.Cell(e.MerchantID), string(e.Destination), string(e.Source), number(e.Amount.Amount), e.Amount.Currency,
		e.Amount.Decimal(), plain.Cell(e.Reference),
	})
}

// Flush writes what has not been written yet.
func (j *Journal) Flush() error {
	j.csv.Flush()
	return j.csv.Error()
}
