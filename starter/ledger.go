package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// exampleImport fits exampleDispute.
func exampleImport(now time.Time) dispute.Import {
	d := exampleDispute(now)
	return dispute.Import{
		Merchants: []dispute.Merchant{{
			ID: d.MerchantID, Name: "Nordlicht Kaffee GmbH", Email: "service@nordlicht-kaffee.example", Locale: "de-DE",
			PortalActive: true, EmailOnDispute: true,
		}},
		Invoices: []dispute.Invoice{{
			ID: d.InvoiceID, OrderID: d.OrderID, MerchantID: d.MerchantID, CustomerID: d.Complainant.ID, Amount: d.DisputedAmount,
			DueDate: now.AddDate(0, 0, 14).Format(time.DateOnly),
		}},
	}
}

func (a *app) ledger() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Import, show, check and reconcile merchants, invoices and postings",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errors.New("which command?"))
		},
	}
	cmd.AddCommand(a.ledgerImport(), a.ledgerShow(), a.ledgerCheck(), a.ledgerReconcile())
	return cmd
}

func (a *app) ledgerImport() *cobra.Command {
	var example, asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Import merchants and invoices, all or nothing",
		Long: `Imports merchants and invoices from JSON: {"merchants": [...], "invoices": [...]}. All or nothing;
the same again changes nothing, and a change to an invoice in dispute is refused. Amounts are in
minor units (cents of EUR). A merchant's portalActive and emailOnDispute stay as they are when they
are left out, and webhooks are not imported (merchant set). Creates the ledger where there is none.`,
		Example: "  starter ledger import --example > ledger.json\n  starter ledger import ledger.json",
		Args: func(_ *cobra.Command, args []string) error {
			if example != (len(args) == 0) || len(args) > 1 {
				return errors.New("import takes one FILE, or - for the standard input, or --example alone")
			}
			return nil
		},
		RunE: does(func(ctx context.Context, args []string) error {
			if example {
				return a.printJSON(exampleImport(time.Now()))
			}
			done, err := a.importFile(ctx, args[0])
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(done)
			}
			a.printf("merchants: %d new, %d changed, %d unchanged\ninvoices:  %d new, %d changed, %d unchanged\n",
				done.Merchants.New, done.Merchants.Changed, done.Merchants.Unchanged,
				done.Invoices.New, done.Invoices.Changed, done.Invoices.Unchanged)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&example, "example", false, "print what the example of 'open' needs and import nothing")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) importFile(ctx context.Context, name string) (ledger.Imported, error) {
	data, err := a.read(name)
	if err != nil {
		return ledger.Imported{}, err
	}
	in, err := dispute.DecodeImport(data)
	if err != nil {
		return ledger.Imported{}, err
	}
	books, err := a.openLedger(ctx, ledger.Open)
	if err != nil {
		return ledger.Imported{}, err
	}
	return books.Import(ctx, in)
}

func (a *app) ledgerShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show INVOICE",
		Short: "Print an invoice with its postings",
		Args:  cobra.ExactArgs(1),
		RunE: does(func(ctx context.Context, args []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			invoice, err := books.Invoice(ctx, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(invoice)
			}
			return printInvoice(a.out, invoice)
		}),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) ledgerCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Prove that invoices, disputes and postings agree",
		Args:  cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			report, err := books.Check(ctx)
			if err != nil {
				return err
			}
			if asJSON {
				return errors.Join(a.printJSON(report), unsound(report))
			}
			return printReport(a.out, report)
		}),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) inbox() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inbox MERCHANT",
		Short: "Print the messages in a merchant's portal inbox, newest last",
		Args:  cobra.ExactArgs(1),
		RunE: does(func(ctx context.Context, args []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			messages, err := books.Inbox().Messages(ctx, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(messages)
			}
			return printInbox(a.out, messages)
		}),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func printInvoice(out io.Writer, invoice ledger.Invoice) error {
	money := func(amount int64) dispute.Money {
		return dispute.Money{Amount: amount, Currency: invoice.Amount.Currency}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "invoice\t%s\nstate\t%s\norder\t%s\nmerchant\t%s\ncustomer\t%s\n", invoice.ID, invoice.State, invoice.OrderID, invoice.MerchantID, invoice.CustomerID)
	fmt.Fprintf(table, "amount\t%s\npaid\t%s\ncredited\t%s\nrefunded\t%s\nopen\t%s\n", invoice.Amount,
		money(invoice.Paid), money(invoice.Credited), money(invoice.Refunded), money(invoice.Open))
	if invoice.DueDate != "" {
		fmt.Fprintf(table, "due\t%s\n", invoice.DueDate)
	}
	if invoice.DisputeID != "" {
		fmt.Fprintf(table, "in dispute\t%s (%d days left to pay afterwards)\n", invoice.DisputeID, invoice.DaysLeft)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(table, "\nAT\tMOVEMENT\tDEBIT\tCREDIT\tAMOUNT\tDISPUTE")
	for _, p := range invoice.Postings {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", p.At.UTC().Format("2006-01-02 15:04Z"), p.Movement, p.Destination, p.Source, p.Amount, p.DisputeID)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return printTotals(out, ledger.Totals(invoice.Postings))
}

// printTotals prints accounts with their balance on the side on which it is.
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

// gist is what a merchant has to know of a message.
func gist(m ledger.Message) string {
	text := string(m.Occasion)
	if m.Result != nil {
		text += ": " + string(m.Result.Reason)
	}
	if m.Deadline.IsZero() {
		return text
	}
	if day, whole := dispute.LastDay(m.Deadline); whole {
		return text + ", until the end of " + day.Format(time.DateOnly)
	}
	return text + ", until " + m.Deadline.Format("2006-01-02 15:04 -07:00")
}

// printReport prints what a check has counted, and fails when it has found anything.
func printReport(out io.Writer, report ledger.Report) error {
	fmt.Fprintf(out, "%d merchants, %d invoices, %d disputes open and %d closed, %d postings\n\n",
		report.Merchants, report.Invoices, report.OpenDisputes, report.ClosedDisputes, report.Postings)
	if err := printTotals(out, report.Totals); err != nil {
		return err
	}
	if len(report.Findings) == 0 {
		fmt.Fprintln(out, "\nThe ledger is sound.")
		return nil
	}
	fmt.Fprintln(out)
	for _, finding := range report.Findings {
		fmt.Fprintln(out, "- "+finding)
	}
	return unsound(report)
}

// unsound fails when a check has found anything.
func unsound(report ledger.Report) error {
	if len(report.Findings) == 0 {
		return nil
	}
	return fmt.Errorf("the ledger has %d findings", len(report.Findings))
}

// number is an amount without its currency.
func number(amount int64, code string) string {
	text, _, _ := strings.Cut(dispute.Money{Amount: amount, Currency: code}.String(), " ")
	return text
}
