package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// exampleImport has the merchant and the invoice that exampleDispute is about.
func exampleImport(now time.Time) dispute.Import {
	d := exampleDispute(now)
	return dispute.Import{
		Merchants: []dispute.Merchant{{
			ID: d.MerchantID, Name: "Nordlicht Kaffee GmbH", Email: "service@nordlicht-kaffee.example", Locale: "de-DE",
			PortalActive: true, EmailOnDispute: true, EmailOnDeadlines: true,
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
			return errors.Join(cmd.Help(), errSubcommand)
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
importing the same again changes nothing, and changing an invoice in dispute is refused. Amounts are in
minor units (cents of EUR). A merchant's portalActive and emailOnDispute stay as they are when they
are left out, and webhooks are not imported (merchant set). Creates the ledger if it does not exist.`,
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
	cmd.Flags().BoolVar(&example, "example", false, "print what the example of 'open' needs, and import nothing")
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
		Args:  exactly(invoiceID),
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
		Short: "Check that invoices, disputes and postings are consistent",
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
		Args:  exactly(merchantID),
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
