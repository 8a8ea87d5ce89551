package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func (a *app) merchant() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merchant",
		Short: "Show and change how a merchant hears from disputes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errors.New("which command?"))
		},
	}
	cmd.AddCommand(a.merchantSet(), a.merchantShow())
	return cmd
}

func (a *app) merchantSet() *cobra.Command {
	var settings dispute.Settings
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "Change settings of a merchant; what is not named stays as it is",
		Long: `Changes settings of a merchant; what is not named stays as it is. Each message goes by the settings
at its time, also in disputes that are open already, and when it is tried again.

With the portal on, messages go to the webhook, or wait in the portal's inbox without one; with the
portal off they go by e-mail. The first --webhook makes the secret that signs its messages and prints
it, once. --new-secret makes another one; the one before signs beside it for 24 hours. http:// and
private networks need the worker's WEBHOOK_PRIVATE_NETWORKS.`,
		Example: "  starter merchant set nordlicht --portal on --webhook https://shop.example/disputes\n  starter merchant set nordlicht --new-secret",
		Args: func(cmd *cobra.Command, args []string) error {
			if settings == (dispute.Settings{}) {
				return errors.New("set takes at least one of --portal, --email-on-dispute, --email, --webhook and --new-secret")
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: does(func(ctx context.Context, args []string) error {
			if err := settings.Validate(); err != nil {
				return err
			}
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			merchant, made, err := books.SetMerchant(ctx, args[0], settings)
			if err != nil {
				return err
			}
			return a.printMerchant(merchant, made, asJSON)
		}),
	}
	settingsFlags(cmd, &settings)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// settingsFlags binds the flags that change settings.
func settingsFlags(cmd *cobra.Command, settings *dispute.Settings) {
	onOff(cmd, &settings.PortalActive, "portal", "whether the merchant uses the portal: on or off")
	onOff(cmd, &settings.EmailOnDispute, "email-on-dispute", "whether an e-mail goes beside the portal's first message: on or off")
	cmd.Flags().Func("email", "the merchant's address", func(value string) error {
		settings.Email = &value
		return nil
	})
	cmd.Flags().Func("webhook", "the URL of the dispute app's endpoint, or off", func(value string) error {
		switch value {
		case "": // a variable that is not set must not take a webhook away
			return errors.New("allowed are a URL and off")
		case "off":
			value = ""
		}
		settings.Webhook = &value
		return nil
	})
	cmd.Flags().BoolVar(&settings.NewSecret, "new-secret", false, "make a new secret for the webhook and print it, once")
}

// onOff binds a flag that is on, off, or not given.
func onOff(cmd *cobra.Command, target **bool, name, usage string) {
	cmd.Flags().Func(name, usage, func(value string) error {
		on := value == "on"
		if !on && value != "off" {
			return errors.New("allowed are on and off")
		}
		*target = &on
		return nil
	})
}

func (a *app) merchantShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Print a merchant's settings; secrets are not among them",
		Args:  cobra.ExactArgs(1),
		RunE: does(func(ctx context.Context, args []string) error {
			books, err := a.openLedger(ctx, ledger.OpenExisting)
			if err != nil {
				return err
			}
			merchant, err := books.Merchant(ctx, args[0])
			if err != nil {
				return err
			}
			return a.printMerchant(merchant, "", asJSON)
		}),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printMerchant prints a merchant, with the secret that was made for the webhook, if one was. Nothing else
// prints it.
func (a *app) printMerchant(m dispute.Merchant, made dispute.Secret, asJSON bool) error {
	if asJSON {
		return a.printJSON(struct {
			dispute.Merchant
			Secret string `json:"webhookSecret,omitzero"`
		}{m, string(made)})
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	field := func(name, value string) { fmt.Fprintf(table, "%s\t%s\n", name, value) }
	field("merchant", m.ID)
	field("name", m.Name)
	field("e-mail", m.Email)
	field("locale", m.Locale)
	field("portal", word(m.PortalActive))
	field("e-mail on dispute", word(m.EmailOnDispute))
	if m.Webhook.URL != "" {
		field("webhook", m.Webhook.URL)
	}
	if until := m.Webhook.PreviousUntil; until.After(time.Now()) {
		field("former secret", "signs too until "+until.UTC().Format("2006-01-02 15:04Z"))
	}
	field("messages go", way(m))
	if made != "" {
		field("webhook secret", string(made))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if made != "" {
		a.printf("\nThe secret is not shown again. Without it the receiver cannot tell our messages from others.\n")
	}
	return nil
}

func word(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// way says where the messages to a merchant go.
func way(m dispute.Merchant) string {
	ways := []string{"by e-mail"}
	switch {
	case m.PortalActive && m.Webhook.URL != "":
		ways[0] = "to the webhook"
	case m.PortalActive:
		ways[0] = "to the portal's inbox"
	}
	if m.PortalActive && m.EmailOnDispute {
		ways = append(ways, "the first one by e-mail too")
	}
	return strings.Join(ways, ", ")
}
