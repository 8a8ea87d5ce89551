package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func printInvoice(out io.Writer, invoice ledger.Invoice) error {
	money := func(amount int64) dispute.Money {
		return dispute.Money{Amount: amount, Currency: invoice.Amount.Currency}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "invoice\t%s\nstate\t%s\norder\t%s\nmerchant\t%s\ncustomer\t%s\n", invoice.ID, invoice.State, invoice.OrderID, invoice.MerchantID, invoice.CustomerID)
	fmt.Fprintf(table, "amount\t%s\npaid\t%s\ncredit notes\t%s\ncredited\t%s\nrefunded\t%s\noutstanding\t%s\n", invoice.Amount,
		money(invoice.Paid), money(invoice.CreditNotes), money(invoice.Credited), money(invoice.Refunded), money(invoice.Outstanding))
	if invoice.OwedBack > 0 {
		fmt.Fprintf(table, "owed back\t%s, which the customer has paid beyond what was owed\n", money(invoice.OwedBack))
	}
	if invoice.DueDate != "" {
		fmt.Fprintf(table, "due\t%s\n", invoice.DueDate)
	}
	if invoice.DisputeID != "" {
		fmt.Fprintf(table, "in dispute\t%s (%d days left to pay afterwards)\n", invoice.DisputeID, invoice.DaysLeft)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(table, "\nAT\tMOVEMENT\tDEBIT\tCREDIT\tAMOUNT\tDISPUTE, REF")
	for _, p := range invoice.Postings {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", p.At.UTC().Format("2006-01-02 15:04Z"), p.Movement, p.Destination, p.Source, p.Amount, p.DisputeID+p.Reference)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return printTotals(out, ledger.Totals(invoice.Postings))
}

// printImported prints the counts of an import, and the records that were skipped. Its error lists those that were refused.
func (a *app) printImported(done ledger.Imported, asJSON bool) error {
	if asJSON {
		return a.printJSON(done)
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 1, ' ', 0)
	for _, kind := range []struct {
		name   string
		counts ledger.Counts
		always bool
	}{
		{"merchants", done.Merchants, true},
		{"invoices", done.Invoices, true},
		{"payments", done.Payments, false},
		{"payment returns", done.PaymentReturns, false},
		{"credit notes", done.CreditNotes, false},
	} {
		if kind.always || kind.counts != (ledger.Counts{}) {
			fmt.Fprintf(table, "%s:\t%d new, %d changed, %d unchanged\n", kind.name, kind.counts.New, kind.counts.Changed, kind.counts.Unchanged)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, skipped := range done.Skipped {
		fmt.Fprintf(a.out, "%s %s\n", skipped.Path, skipped.Problem)
	}
	return nil
}

// printTotals prints accounts with debits, credits and balance.
func printTotals(out io.Writer, totals []ledger.Total) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tDEBIT\tCREDIT\tBALANCE\tCURRENCY")
	for _, t := range totals {
		balance, side := t.Debit-t.Credit, " debit"
		if balance < 0 {
			balance, side = -balance, " credit"
		}
		if balance == 0 {
			side = ""
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s%s\t%s\n", t.Account, number(t.Debit, t.Currency), number(t.Credit, t.Currency),
			number(balance, t.Currency), side, t.Currency)
	}
	return table.Flush()
}

func printInbox(out io.Writer, messages []ledger.Message) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "AT\tDISPUTE\tAMOUNT\tMESSAGE")
	for _, m := range messages {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", m.At.UTC().Format("2006-01-02 15:04Z"), m.DisputeID, m.DisputedAmount, gist(m))
	}
	return table.Flush()
}

// gist returns what a message says to the merchant, in short.
func gist(m ledger.Message) string {
	text := string(m.Occasion)
	if m.Result != nil {
		text += ": " + string(m.Result.Reason)
	}
	if m.Deadline.IsZero() {
		return text
	}
	if _, whole := dispute.LastDay(m.Deadline); whole {
		return text + ", last day " + lastDay(m.Deadline)
	}
	return text + ", until " + lastDay(m.Deadline)
}

// printReport prints the result of a check, and fails if there are findings.
func printReport(out io.Writer, report ledger.Report) error {
	fmt.Fprintf(out, "%d merchants, %d invoices, %d disputes open and %d closed, %d postings\n\n",
		report.Merchants, report.Invoices, report.OpenDisputes, report.ClosedDisputes, report.Postings)
	if err := printTotals(out, report.Totals); err != nil {
		return err
	}
	if len(report.Findings) == 0 {
		fmt.Fprintln(out, "\nThe ledger is consistent.")
		return nil
	}
	fmt.Fprintln(out)
	for _, finding := range report.Findings {
		fmt.Fprintln(out, "- "+finding)
	}
	return unsound(report)
}

// unsound returns an error if a check has findings.
func unsound(report ledger.Report) error {
	if len(report.Findings) == 0 {
		return nil
	}
	return fmt.Errorf("the ledger has %d findings", len(report.Findings))
}

// number returns an amount without its currency.
func number(amount int64, code string) string {
	text, _, _ := strings.Cut(dispute.Money{Amount: amount, Currency: code}.String(), " ")
	return text
}
