package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// mostMerchants is how many lines a table of merchants has at most.
const mostMerchants = 100

// Print prints the report as tables for a terminal.
func (r Report) Print(out io.Writer) error {
	fmt.Fprintf(out, "Disputes, %s\n\n", r.Days)
	if len(r.Totals) == 0 {
		fmt.Fprintln(out, "No dispute was opened or closed, and none was open at the end.")
		return nil
	}
	if err := printTotals(out, r.Totals); err != nil {
		return err
	}
	for _, table := range []struct {
		header string
		groups []Group
		print  func(io.Writer, string, []Group) error
	}{
		{"OUTCOME", r.Outcomes, printClosed},
		{"CLOSED BECAUSE", r.ClosingReasons, printClosed},
		{"REASON", r.Reasons, printCounts},
		{"MERCHANT", r.Merchants[:min(len(r.Merchants), mostMerchants)], printCounts},
	} {
		if len(table.groups) == 0 {
			continue
		}
		fmt.Fprintln(out)
		if err := table.print(out, table.header, table.groups); err != nil {
			return err
		}
	}
	if all := len(r.Merchants); all > mostMerchants {
		fmt.Fprintf(out, "\nThe table of merchants goes on: --csv and --json have all %d lines.\n", all)
	}
	_, err := fmt.Fprintln(out, "\nA dispute is opened when its invoice is paused, and closed when its money has moved. Credited came off\n"+
		"what customers owed, refunded goes back to them; merchants are debited both.")
	return err
}

func printTotals(out io.Writer, totals []Group) error {
	table := newTable(out, "DISPUTES", "NUMBER", "DISPUTED", "CREDITED", "REFUNDED", "MEDIAN DAYS", "90 % WITHIN")
	for _, g := range totals {
		table.row("opened", g.Opened, g.money(g.OpenedDisputed))
		table.row("closed", g.Closed, g.money(g.ClosedDisputed), g.money(g.Credited), g.money(g.Refunded), g.days(g.MedianDays), g.days(g.P90Days))
		table.row("open at the end", g.Open, g.money(g.OpenDisputed))
	}
	return table.Flush()
}

func printClosed(out io.Writer, header string, groups []Group) error {
	table := newTable(out, header, "CLOSED", "DISPUTED", "DEBITED", "MEDIAN DAYS")
	for _, g := range groups {
		table.row(g.Name, g.Closed, g.money(g.ClosedDisputed), g.money(g.Credited+g.Refunded), g.days(g.MedianDays))
	}
	return table.Flush()
}

func printCounts(out io.Writer, header string, groups []Group) error {
	table := newTable(out, header, "OPENED", "CLOSED", "WON", "SETTLED", "LOST", "CANCELLED", "OPEN", "DEBITED", "MEDIAN DAYS")
	for _, g := range groups {
		table.row(g.Name, g.Opened, g.Closed, g.Outcomes[dispute.OutcomeWon], g.Outcomes[dispute.OutcomeSettled], g.Outcomes[dispute.OutcomeLost],
			g.Outcomes[dispute.OutcomeCancelled], g.Open, g.money(g.Credited+g.Refunded), g.days(g.MedianDays))
	}
	return table.Flush()
}

// days prints a time to close; nothing where none was closed.
func (g Group) days(days float64) string {
	if g.Closed == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", days)
}

func (g Group) money(amount int64) dispute.Money {
	return dispute.Money{Amount: amount, Currency: g.Currency}
}

// table is a table for a terminal.
type table struct {
	*tabwriter.Writer
}

func newTable(out io.Writer, headers ...any) table {
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	t.row(headers...)
	return t
}

func (t table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = fmt.Sprint(cell)
	}
	fmt.Fprintln(t, strings.Join(texts, "\t"))
}

// PrintJournalTotals prints the sums of the postings of a period, by movement and by account.
func PrintJournalTotals(out io.Writer, days Days, totals ledger.JournalTotals) error {
	fmt.Fprintf(out, "Postings, %s\n\n", days)
	if len(totals.Accounts) == 0 {
		fmt.Fprintln(out, "Nothing was booked until the end of these days.")
		return nil
	}
	movements := newTable(out, "MOVEMENT", "DEBIT", "CREDIT", "POSTINGS", "AMOUNT")
	for _, m := range totals.Movements {
		movements.row(m.Movement, m.Debit, m.Credit, m.Postings, m.Amount)
	}
	if err := movements.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	accounts := newTable(out, "ACCOUNT", "BEFORE", "DEBIT", "CREDIT", "AFTER", "CURRENCY")
	for i, a := range totals.Accounts {
		accounts.row(a.Account, decimal(a.Opening, a.Currency), decimal(a.Debit, a.Currency), decimal(a.Credit, a.Currency),
			decimal(a.Closing, a.Currency), a.Currency)
		if i == len(totals.Accounts)-1 || totals.Accounts[i+1].Currency != a.Currency {
			sum := totals.Sum(a.Currency)
			accounts.row("all accounts", decimal(sum.Opening, a.Currency), decimal(sum.Debit, a.Currency), decimal(sum.Credit, a.Currency),
				decimal(sum.Closing, a.Currency), a.Currency)
		}
	}
	if err := accounts.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nBalances are debit less credit. --csv lists the postings.")
	return err
}

// decimal writes an amount without its currency.
func decimal(amount int64, currency string) string {
	text, _, _ := strings.Cut(dispute.Money{Amount: amount, Currency: currency}.String(), " ")
	return text
}
