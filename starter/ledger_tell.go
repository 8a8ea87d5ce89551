package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

func (a *app) ledgerTell() *cobra.Command {
	return &cobra.Command{
		Use:   "tell FILE|-",
		Short: "Inform the parties of a settlement that Temporal has forgotten",
		Long: `Informs both parties how the ledger has closed the dispute in FILE (JSON, as it was opened; "-" is the
standard input). 'ledger reconcile' asks for it when a party was not informed and Temporal does not
have the dispute any more: the ledger does not know who the customer is. No money moves, and nobody
gets a message twice.`,
		Example: "  starter ledger tell dispute.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("tell takes one FILE, or - for the standard input")
			}
			return nil
		},
		RunE: does(func(ctx context.Context, args []string) error { return a.tell(ctx, args[0]) }),
	}
}

func (a *app) tell(ctx context.Context, file string) error {
	data, err := a.read(file)
	if err != nil {
		return err
	}
	d, err := dispute.DecodeDispute(data, strict.RefuseUnknownNames, time.Now())
	if err != nil {
		return err
	}
	disputes, err := a.disputes(ctx)
	if err != nil {
		return err
	}
	books, err := a.ownLedger(ctx)
	if err != nil {
		return err
	}
	record, err := books.Dispute(ctx, d.ID)
	switch {
	case err != nil:
		return err
	case record.ContentHash != d.Hash():
		return dispute.Refuse(dispute.CodeDisputeDiffers, "dispute %s was opened with other content", d.ID)
	case record.State != ledger.DisputeClosed:
		return dispute.Refuse(dispute.CodeNotAccepted, "dispute %s is %s in the ledger: there is no settlement to tell of", d.ID, record.State)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if _, err := disputes.Tell(ctx, d, record.Decision); err != nil {
		return unanswered(ctx, err, "repeating the command is safe")
	}
	a.printf("both parties are being informed how %s was closed: %s (%s)\n", d.ID, record.Decision.Outcome, record.Decision.Reason)
	return nil
}
