package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
)

// A bookingKind is a command that books a payment, a return or a credit note.
type bookingKind struct {
	movement ledger.Movement
	use      string
	short    string
	long     string
	// effect says what will happen to an amount.
	effect string
}

const bookedAtAnyTime = ` It can be booked at
any time, also while the invoice is in dispute: it moves no due date and ends no dispute. The same
again under the same reference books nothing and answers the same.`

var bookingKinds = []bookingKind{
	{
		ledger.MovementPayment, "payment", "Book a payment of the customer",
		"Books a payment that the customer has made on an invoice." + bookedAtAnyTime +
			"\nWhat is paid beyond what was owed is owed back to the customer. A payment that an import reports in\nthe invoice's paid is not booked here as well.",
		"a payment of %s will be booked",
	},
	{
		ledger.MovementPaymentReturn, "return-payment", "Book a payment that went back to the customer",
		"Books that a payment, or a part of it, went back to the customer: a direct debit without cover, or an\noverpayment that was paid out." + bookedAtAnyTime,
		"a return of %s will be booked; the customer has not paid it any more",
	},
	{
		ledger.MovementCreditNote, "credit-note", "Book a credit note of the merchant",
		"Books what the merchant gives up of an invoice of its own accord; a cancelled invoice is a credit note\nof all of it. It comes off what the customer owes, and what was paid already is owed back." + bookedAtAnyTime +
			"\nThe settlement of a dispute does not debit it again.",
		"a credit note of %s will be booked and debited to the merchant",
	},
}

func (a *app) ledgerBook(kind bookingKind) *cobra.Command {
	var in dispute.Booking
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use:     kind.use + ` INVOICE AMOUNT`,
		Short:   kind.short,
		Long:    kind.long,
		Example: fmt.Sprintf("  starter ledger %s invoice-4711 \"30.00 EUR\" --reference bank-2026-11-23-17", kind.use),
		Args: func(_ *cobra.Command, args []string) (err error) {
			if len(args) != 2 {
				return fmt.Errorf(`%s takes the ID of an invoice and an amount such as "30.00 EUR"`, kind.use)
			}
			if in.InvoiceID = args[0]; !yes && !a.terminal {
				return errNoTerminal
			}
			if in.Amount, err = language.ParseMoney(args[1]); err != nil {
				return fmt.Errorf("the amount %q is not valid: %w", args[1], err)
			}
			return nil
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			return a.book(ctx, kind, in, yes, asJSON)
		}),
	}
	cmd.Flags().StringVar(&in.Reference, "reference", "", "your own name of it, by which a repeat is recognised")
	yesFlag(cmd, &yes)
	jsonFlag(cmd, &asJSON)
	return required(cmd, "reference")
}

func (a *app) book(ctx context.Context, kind bookingKind, in dispute.Booking, yes, asJSON bool) error {
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return err
	}
	before, err := books.Invoice(ctx, in.InvoiceID)
	if err != nil {
		return err
	}
	effect := fmt.Sprintf("Invoice %s (%s): %s. Reference: %s.", in.InvoiceID, balanceOf(before), fmt.Sprintf(kind.effect, in.Amount), in.Reference)
	if err := a.confirm(yes, effect); err != nil {
		return err
	}
	posting, err := books.Book(ctx, kind.movement, in)
	if err != nil {
		return err
	}
	after, err := books.Invoice(ctx, in.InvoiceID)
	switch {
	case err != nil:
		return errors.Join(errors.New("it was booked, but the invoice cannot be read now"), err)
	case asJSON:
		return a.printJSON(posting)
	}
	a.printf("booked as posting %d: %s of %s on invoice %s (%s)\n", posting.ID, kind.use, posting.Amount, after.ID, balanceOf(after))
	return nil
}

// balanceOf returns an invoice's state with what is outstanding and what is owed back.
func balanceOf(invoice ledger.Invoice) string {
	text := fmt.Sprintf("%s, %s outstanding", invoice.State, dispute.Money{Amount: invoice.Outstanding, Currency: invoice.Amount.Currency})
	if invoice.OwedBack > 0 {
		text += fmt.Sprintf(", %s owed back to the customer", dispute.Money{Amount: invoice.OwedBack, Currency: invoice.Amount.Currency})
	}
	return text
}
