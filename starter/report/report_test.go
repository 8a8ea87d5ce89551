package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/report"
)

// november are the days of the tests.
var november = report.Days{From: "2026-11-01", To: "2026-11-30", Zone: "Europe/Berlin"}

// ended is a dispute of the tests, which took some days; it is open where closing is "".
type ended struct {
	merchant, currency string
	opened             string
	closing            dispute.ClosingReason
	days               int
}

// disputes are about 100.00 of an invoice of 100.00, of which 40.00 are paid.
var disputes = []ended{
	{"nordlicht", "EUR", "2026-10-20T12:00:00+02:00", dispute.ClosedForCustomer, 20},
	{"nordlicht", "EUR", "2026-10-31T23:59:59+01:00", "", 0},
	{"nordlicht", "EUR", "2026-11-01T00:00:00+01:00", dispute.ClosedByWithdrawal, 3},
	{"nordlicht", "EUR", "2026-11-03T12:00:00+01:00", dispute.ClosedMerchantSilent, 21},
	{"=1+1", "EUR", "2026-11-05T12:00:00+01:00", dispute.ClosedByAgreement, 5},
	{"=1+1", "SEK", "2026-11-30T23:59:59+01:00", "", 0},
	{"=1+1", "SEK", "2026-12-01T00:00:00+01:00", "", 0},
	{"nordlicht", "EUR", "2026-10-01T12:00:00+02:00", dispute.ClosedForMerchant, 10},
}

// open opens a ledger with the disputes of the tests.
func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	for n, d := range disputes {
		id, amount := strconv.Itoa(n), dispute.Money{Amount: 10000, Currency: d.currency}
		_, err := l.Import(t.Context(), dispute.Import{
			Merchants: []dispute.Merchant{{ID: d.merchant, Name: "Shop", Email: "shop@shop.example"}},
			Invoices:  []dispute.Invoice{{ID: id, OrderID: "o", MerchantID: d.merchant, CustomerID: "c", Amount: amount, Paid: 4000, DueDate: "2026-12-24"}},
		})
		require.NoError(t, err)
		at, err := time.Parse(time.RFC3339, d.opened)
		require.NoError(t, err)
		_, err = l.Pause(t.Context(), activities.Pause{At: at, Today: at.Format(time.DateOnly), Dispute: dispute.Dispute{
			ID: id, OpenedAt: at, Reason: dispute.ReasonReturn, OrderID: "o", InvoiceID: id, DisputedAmount: amount, MerchantID: d.merchant,
			Complainant: dispute.Complainant{ID: "c"}, Calendar: "DE",
		}})
		require.NoError(t, err)
		if d.closing == "" {
			continue
		}
		refund := dispute.Money{Amount: 2500, Currency: d.currency}
		_, err = l.Settle(t.Context(), activities.Settle{
			DisputeID: id, Calendar: "DE", Decision: dispute.Decide(d.closing, amount, &refund), At: at.AddDate(0, 0, d.days), Today: "2026-12-01",
		})
		require.NoError(t, err)
	}
	return l
}

func made(t *testing.T, l *ledger.Ledger, days report.Days) report.Report {
	t.Helper()
	in, err := days.Period()
	require.NoError(t, err)
	figures, err := l.Figures(t.Context(), in, days.MerchantID)
	require.NoError(t, err)
	r, err := report.Of(days, figures)
	require.NoError(t, err)
	return r
}

const printed = `Disputes, 2026-11-01 to 2026-11-30, days in Europe/Berlin, all merchants

DISPUTES         NUMBER  DISPUTED    CREDITED    REFUNDED   MEDIAN DAYS  90 % WITHIN
opened           3       300.00 EUR
closed           4       400.00 EUR  145.00 EUR  80.00 EUR  5.0          21.0
open at the end  1       100.00 EUR
opened           1       100.00 SEK
closed           0       0.00 SEK    0.00 SEK    0.00 SEK
open at the end  1       100.00 SEK

OUTCOME  CLOSED  DISPUTED    DEBITED     MEDIAN DAYS
LOST     2       200.00 EUR  200.00 EUR  20.0
SETTLED  1       100.00 EUR  25.00 EUR   5.0
WON      1       100.00 EUR  0.00 EUR    3.0

CLOSED BECAUSE                                CLOSED  DISPUTED    DEBITED     MEDIAN DAYS
customer_cancelled_dispute                    1       100.00 EUR  0.00 EUR    3.0
decided_for_customer                          1       100.00 EUR  100.00 EUR  20.0
merchant_did_not_respond                      1       100.00 EUR  100.00 EUR  21.0
merchant_solved_the_dispute_with_the_customer 1       100.00 EUR  25.00 EUR   5.0

REASON  OPENED  CLOSED  WON  SETTLED  LOST  CANCELLED  OPEN  DEBITED     MEDIAN DAYS
return  3       4       1    1        2     0          1     225.00 EUR  5.0
return  1       0       0    0        0     0          1     0.00 SEK

MERCHANT   OPENED  CLOSED  WON  SETTLED  LOST  CANCELLED  OPEN  DEBITED     MEDIAN DAYS
nordlicht  2       3       1    0        2     0          1     200.00 EUR  20.0
=1+1       1       1       0    1        0     0          0     25.00 EUR   5.0
=1+1       1       0       0    0        0     0          1     0.00 SEK
`

// TestManyMerchants: a table ends somewhere, and says so.
func TestManyMerchants(t *testing.T) {
	t.Parallel()
	r := report.Report{Days: november, Totals: []report.Group{{Currency: "EUR", Open: 101}}, Merchants: make([]report.Group, 101)}
	var text bytes.Buffer
	require.NoError(t, r.Print(&text))
	require.Contains(t, text.String(), "\nThe table of merchants goes on: --csv and --json have all 101 lines.\n")
}

// blanks makes the columns of a table comparable.
func blanks(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// TestReport: the first and the last moment of the days count, in their zone; currencies are apart; what was open before
// counts when it is closed.
func TestReport(t *testing.T) {
	t.Parallel()
	l := open(t)
	var text bytes.Buffer
	require.NoError(t, made(t, l, november).Print(&text))
	body, _, found := strings.Cut(text.String(), "\nA dispute is opened when")
	require.True(t, found)
	require.Equal(t, blanks(printed), blanks(body))
	for line := range strings.Lines(text.String()) {
		require.LessOrEqual(t, len(strings.TrimRight(line, " \n")), 105, line)
	}

	one := november
	one.MerchantID = "=1+1"
	require.Equal(t, 1, made(t, l, one).Totals[0].Closed)
	other := november
	other.Zone, other.To = "Asia/Tokyo", "2026-12-01"
	require.Equal(t, 2, made(t, l, other).Totals[1].Opened, "the first of December begins earlier in Tokyo")
	text.Reset()
	require.NoError(t, made(t, l, report.Days{From: "1999-01-01", To: "1999-12-31", Zone: "UTC"}).Print(&text))
	require.Contains(t, text.String(), "No dispute was opened or closed, and none was open at the end.\n")
}

// TestReportInCSV: the rows add up to the totals, and nothing in them is computed by a spreadsheet.
func TestReportInCSV(t *testing.T) {
	t.Parallel()
	r := made(t, open(t), november)
	var text bytes.Buffer
	require.NoError(t, r.WriteCSV(&text))
	rows, err := csv.NewReader(&text).ReadAll()
	require.NoError(t, err)
	require.Equal(t, report.Columns, rows[0])
	sums := map[string]int64{}
	for _, row := range rows[1:] {
		require.Equal(t, []string{"2026-11-01", "2026-11-30", "Europe/Berlin"}, row[:3])
		require.Contains(t, []string{"nordlicht", "'=1+1"}, row[4])
		for column := 9; column < 14; column++ {
			if row[column] != "" {
				n, err := strconv.ParseInt(row[column], 10, 64)
				require.NoError(t, err)
				sums[strings.Join([]string{row[3], row[5], report.Columns[column]}, " ")] += n
			}
		}
	}
	euros := r.Totals[0]
	require.Equal(t, []int64{int64(euros.Opened), int64(euros.Closed), int64(euros.Open), euros.ClosedDisputed, euros.Credited, euros.Refunded}, []int64{
		sums["opened EUR number"], sums["closed EUR number"], sums["open EUR number"], sums["closed EUR disputed_minor_units"],
		sums["closed EUR credited_minor_units"], sums["closed EUR refunded_minor_units"],
	})
	data, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(data), `{"from":"2026-11-01","to":"2026-11-30","zone":"Europe/Berlin","totals":[{"currency":"EUR","opened":3,`)
	require.ErrorIs(t, r.WriteCSV(full{}), errFull)
}

var errFull = errors.New("no space left")

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestJournal: the rows have the day in the zone and add up to the sums, which balance.
func TestJournal(t *testing.T) {
	t.Parallel()
	l := open(t)
	in, err := november.Period()
	require.NoError(t, err)
	var text bytes.Buffer
	journal, err := report.NewJournal(&text, in.From.Location())
	require.NoError(t, err)
	require.NoError(t, l.Journal(t.Context(), in, "", journal.Write))
	require.NoError(t, journal.Flush())
	rows, err := csv.NewReader(&text).ReadAll()
	require.NoError(t, err)
	require.Equal(t, report.JournalColumns, rows[0])
	require.Contains(t, rows, []string{
		"3", "2026-11-09", "2026-11-09T10:00:00Z", "chargeback", "0", "0", "nordlicht", "merchant_payable", "customer_receivable", "6000", "EUR", "60.00", "",
	})
	totals, err := l.JournalTotals(t.Context(), in, "")
	require.NoError(t, err)
	text.Reset()
	require.NoError(t, report.PrintJournalTotals(&text, november, totals))
	require.Regexp(t, `(?m)^chargeback +merchant_payable +customer_refund +2 +80\.00 EUR$`, text.String())
	require.Regexp(t, `(?m)^all accounts +0\.00 +([0-9.]+) +([0-9.]+) +0\.00 +EUR$`, text.String())
	full, err := report.NewJournal(full{}, time.UTC)
	require.NoError(t, err)
	require.ErrorIs(t, errors.Join(l.Journal(t.Context(), in, "", full.Write), full.Flush()), errFull)
}

// TestDays: a day is as long as it is in its zone, and what is no day or zone is refused.
func TestDays(t *testing.T) {
	t.Parallel()
	for day, hours := range map[report.Day]float64{"2026-03-29": 23, "2026-10-25": 25, "2026-11-30": 24} {
		in, err := report.Days{From: day, To: day, Zone: "Europe/Berlin"}.Period()
		require.NoError(t, err)
		require.InDelta(t, hours, in.Until.Sub(in.From).Hours(), 0, day)
	}
	for _, wrong := range []string{"", "30.11.2026", "2026-11-31", "2026-1-01", "1969-12-31", "9999-01-01", "2026-11-30T00:00:00Z", "today"} {
		_, err := report.ParseDay(wrong)
		require.ErrorContains(t, err, "write a day such as 2026-11-30, from 1970-01-01 to 9998-12-31", wrong)
	}
	for _, wrong := range []string{"", "Local", "Berlin", "+01:00", "../../etc/passwd"} {
		_, err := report.ParseZone(wrong)
		require.ErrorContains(t, err, "write a time zone such as Europe/Berlin or UTC", wrong)
	}
	require.NoError(t, november.Check())
	require.EqualError(t, report.Days{From: "2026-11-30", To: "2026-11-01"}.Check(), "--from 2026-11-30 is after --to 2026-11-01; both days are part of the report")
	require.Equal(t, "2026-11-01 to 2026-11-30, days in Europe/Berlin, all merchants", fmt.Sprint(november))
}
