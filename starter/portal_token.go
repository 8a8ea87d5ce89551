package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/starter/portal/api"
)

// tokenHelp explains the scopes.
//
//nolint:gosec // it has no secret
const tokenHelp = `Makes a token with which another system uses the portal's API: prints its secret, which is kept nowhere
else, and its entry for API_TOKENS, which has the secret's hash. Entries are separated by commas.

  accounts          report merchants, invoices, payments, returns and credit notes
  disputes:open     open disputes; with a merchant or an invoice in the same call together with accounts
  read              read disputes, their cases and files: as those for whom the token speaks, else all
  events            read what has happened to all disputes
  as:merchant:ID    speak for this merchant, and see its disputes alone; beside it only read
  as:merchant       speak for every merchant
  as:customer       speak for the customer of every dispute
  as:operator       act as an operator, who vouches for merchant and customer
  as:desk           give rulings`

func (a *app) portalToken() *cobra.Command {
	var scopes []string
	cmd := &cobra.Command{
		Use:   "token NAME",
		Short: "Print a new token for the API, and its entry for API_TOKENS",
		Long:  tokenHelp,
		Example: "  starter portal token shop --scope accounts --scope disputes:open --scope read\n" +
			"  starter portal token nordlicht --scope read --scope as:merchant:nordlicht",
		Args: exactly("the name of the system that gets the token"),
		RunE: does(func(_ context.Context, args []string) error {
			secret, entry, err := api.NewToken(args[0], scopes)
			if err != nil {
				return err
			}
			a.printf("secret: %s\nAPI_TOKENS: %s\n", secret, entry)
			return nil
		}),
	}
	cmd.Flags().StringArrayVar(&scopes, "scope", nil, "what the token may do; once for each scope")
	complete(cmd, "scope", words(api.Scopes))
	return required(cmd, "scope")
}
