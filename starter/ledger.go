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
		Short: "Import, book, show, check and reconcile merchants, invoices and postings",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errSubcommand)
		},
	}
	cmd.AddCommand(a.ledgerImport(), a.ledgerShow(), a.ledgerPostings(), a.ledgerCheck(), a.ledgerReconcile(), a.ledgerTell(), a.ledgerAdopt(), a.ledgerReseal())
	for _, kind := range bookingKinds {
		cmd.AddCommand(a.ledgerBook(kind))
	}
	return cmd
}

const importHelp = `Imports records from JSON, each by itself:

  merchants       {id, name, email, locale, portalActive, emailOnDispute, emailOnDeadlines}
  invoices        {id, orderId, merchantId, customerId, amount {amount, currency}, paid, dueDate}
  payments        {reference, invoiceId, amount {amount, currency}}: what customers have paid
  paymentReturns  the same: what went back, such as a direct debit without cover
  creditNotes     the same: what merchants have given up of their own accord

A record that is refused is printed with the reason and stops no other, unless --all-or-nothing;
importing the same again changes nothing. Amounts are in minor units (cents of EUR). paid is all that
was paid but what is reported under payments; of an invoice in dispute only paid can change. Merchants
and invoices may have asOf, the instant (RFC 3339) at which your system had the record: one older
than what is recorded is skipped. A merchant's settings stay as they are when they are left out, and
webhooks are not imported (merchant set). An address that the merchant has changed and confirmed, or
merchant set has, stays until an import says another one than the import before. Creates the ledger if
it does not exist, and says where.`

func (a *app) ledgerImport() *cobra.Command {
	var example, allOrNothing, asJSON bool
	cmd := &cobra.Command{
		Use:     "import FILE|-",
		Short:   "Import merchants, invoices, payments and credit notes",
		Long:    importHelp,
		Example: "  starter ledger import --example > ledger.json\n  starter ledger import ledger.json",
		Args:    fileOr(&example),
		RunE: does(func(ctx context.Context, args []string) error {
			if example {
				return a.printJSON(exampleImport(time.Now()))
			}
			done, err := a.importFile(ctx, args[0], allOrNothing)
			if done != nil && !asJSON {
				a.printMade()
			}
			if done != nil {
				err = errors.Join(a.printImported(*done, asJSON), err)
			}
			return err
		}),
	}
	cmd.Flags().BoolVar(&allOrNothing, "all-or-nothing", false, "import nothing if a record is refused; on SQLite all pauses wait for it")
	cmd.Flags().BoolVar(&example, "example", false, "print what the example of 'open' needs, and import nothing")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printMade says which ledger was made, if one was: LEDGER_URL may have meant one that there is in another folder.
func (a *app) printMade() {
	if name, made := a.books.Name(); made {
		a.printf("made a new ledger: %s\n", name)
	}
}

// fileOr demands one file, or none with --example.
func fileOr(example *bool) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if *example != (len(args) == 0) || len(args) > 1 {
			return errors.New("import takes one FILE, or - for the standard input, or --example alone")
		}
		return nil
	}
}

// importFile returns nil if nothing was imported.
func (a *app) importFile(ctx context.Context, name string, allOrNothing bool) (*ledger.Imported, error) {
	data, err := a.read(name)
	if err != nil {
		return nil, err
	}
	decode, load := dispute.DecodeRecords, (*ledger.Ledger).Import
	if allOrNothing {
		decode, load = dispute.DecodeImport, (*ledger.Ledger).ImportAll
	}
	in, err := decode(data)
	if err != nil {
		return nil, err
	}
	books, err := a.openLedger(ctx, ledger.Open)
	if err != nil {
		return nil, err
	}
	done, err := load(books, ctx, in)
	if err != nil && (allOrNothing || dispute.CodeOf(err) == "") {
		return nil, err
	}
	return &done, err
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
