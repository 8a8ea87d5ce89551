package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute/link"
)

func (a *app) mail() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mail",
		Short: "Look at the mails of a dispute",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errSubcommand)
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "preview DIR",
		Short: "Write every mail in German and English into a folder, with an index",
		Long: `Writes every mail of the catalogue for a sample dispute, in German and English, as .html and .txt
into DIR, which is made if it does not exist. DIR/index.html lists them. Nothing is sent. With PORTAL_URL
the mails have links, signed with a key of nobody.`,
		Example: "  starter mail preview /tmp/mails",
		Args:    exactly("the folder DIR"),
		RunE: does(func(_ context.Context, args []string) error {
			site, err := link.ParseSite(a.getenv("PORTAL_URL"))
			if err != nil {
				return fmt.Errorf("PORTAL_URL %w", err)
			}
			if err := mail.Preview(args[0], site); err != nil {
				return err
			}
			a.printf("written: %s\n", filepath.Join(args[0], "index.html"))
			return nil
		}),
	})
	return cmd
}
