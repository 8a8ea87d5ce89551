package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
)

func (a *app) ledgerReseal() *cobra.Command {
	return &cobra.Command{
		Use:   "reseal",
		Short: "Encrypt the archived cases with the first key of PAYLOAD_KEYS",
		Long: `Encrypts the archived cases again that are not encrypted with the first key of PAYLOAD_KEYS, which needs
the keys that encrypt them now. When it is done the archive needs no other key. It can be interrupted,
repeated, and run beside workers.`,
		Args: cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			keys, err := a.keys()
			if err != nil {
				return err
			}
			if !keys.Any() {
				return errors.New("PAYLOAD_KEYS is not set; its first key encrypts the archive")
			}
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			resealed, err := books.Reseal(ctx, keys.FirstID(), func(in activities.ArchivedCase) (activities.ArchivedCase, error) {
				content, err := keys.Open(in.KeyID, in.Content, in.DisputeID)
				if err != nil {
					return in, fmt.Errorf("the archived case of dispute %s cannot be read: %w", in.DisputeID, err)
				}
				in.KeyID, in.Content = keys.Seal(content, in.DisputeID)
				return in, nil
			})
			if err != nil {
				return fmt.Errorf("%d cases were encrypted again, not all: %w", resealed, err)
			}
			a.printf("%d cases were encrypted again; all are encrypted with the key %s\n", resealed, keys.FirstID())
			return nil
		}),
	}
}
