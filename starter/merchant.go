package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
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
		Short: "Show and change how a merchant is notified of disputes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return errors.Join(cmd.Help(), errSubcommand)
		},
	}
	cmd.AddCommand(a.merchantSet(), a.merchantShow(), a.merchantTestWebhook())
	return cmd
}

func (a *app) merchantSet() *cobra.Command {
	var settings dispute.Settings
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "Change settings of a merchant; settings without a flag stay as they are",
		Long: `Changes settings of a merchant; settings without a flag stay as they are. A message goes by the
settings at the time of each attempt, in open disputes, too.

With the portal on, messages go to the webhook if there is one, otherwise to the portal's inbox. With
the portal off, they go by e-mail. The first --webhook makes the secret that signs its messages and
prints it, once. --new-secret makes another one; the previous one signs as well for 24 hours. http://
and private networks need the worker's WEBHOOK_PRIVATE_NETWORKS.`,
		Example: "  starter merchant set nordlicht --portal on --webhook https://shop.example/disputes\n  starter merchant set nordlicht --new-secret",
		Args: func(cmd *cobra.Command, args []string) error {
			if settings == (dispute.Settings{}) {
				return errors.New("set takes at least one of --portal, --email-on-dispute, --email-on-deadlines, --email, --locale, --webhook and --new-secret")
			}
			return exactly(merchantID)(cmd, args)
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
			a.warnOfWebhook(merchant.Webhook.URL)
			return a.printMerchant(merchant, made, asJSON)
		}),
	}
	settingsFlags(cmd, &settings)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// warnOfWebhook warns of a webhook that is refused by default.
func (a *app) warnOfWebhook(webhook string) {
	if refusedByDefault(webhook) {
		fmt.Fprintln(a.err, "Workers refuse this webhook unless WEBHOOK_PRIVATE_NETWORKS allows it: it is http:// or in a private network.")
	}
}

// refusedByDefault reports whether workers refuse a webhook because of its URL: it is not encrypted, or its host is an
// address that is not public. A host name is resolved, and its addresses checked, only when a message is sent.
func refusedByDefault(webhook string) bool {
	parsed, err := url.Parse(webhook)
	if err != nil || webhook == "" {
		return false
	}
	host := parsed.Hostname()
	address, err := netip.ParseAddr(host)
	private := err == nil && (!address.IsGlobalUnicast() || address.IsPrivate())
	return parsed.Scheme == "http" || host == "localhost" || private
}

// settingsFlags adds the flags that change settings.
func settingsFlags(cmd *cobra.Command, settings *dispute.Settings) {
	onOff(cmd, &settings.PortalActive, "portal", "whether the merchant uses the portal: on or off")
	onOff(cmd, &settings.EmailOnDeadlines, "email-on-deadlines", "whether the portal's later messages go by e-mail as well: on or off")
	onOff(cmd, &settings.EmailOnDispute, "email-on-dispute", "whether the portal's first message goes by e-mail as well: on or off")
	cmd.Flags().Func("email", "the merchant's address", func(value string) error {
		settings.Email = &value
		return nil
	})
	cmd.Flags().Func("locale", "the language of the merchant's mails, such as de-DE; English\nfor all but German", func(value string) error {
		settings.Locale = &value
		return nil
	})
	cmd.Flags().Func("webhook", "the URL of the dispute app's endpoint, or off", func(value string) error {
		switch value {
		case "": // an unset shell variable must not remove a webhook
			return errors.New("allowed are a URL and off")
		case "off":
			value = ""
		}
		settings.Webhook = &value
		return nil
	})
	cmd.Flags().BoolVar(&settings.NewSecret, "new-secret", false, "make a new secret for the webhook and print it, once")
}

// onOff adds a flag that is on, off, or not given.
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
		Short: "Print a merchant's settings, without secrets",
		Args:  exactly(merchantID),
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

// printMerchant prints a merchant and, if a secret was made for its webhook, that secret. No other command prints it.
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
	if m.PendingEmail != "" {
		field("new e-mail", m.PendingEmail+" (not confirmed yet)")
	}
	field("locale", m.Locale)
	field("portal", word(m.PortalActive))
	field("e-mail on dispute", word(m.EmailOnDispute))
	field("e-mail on deadlines", word(m.EmailOnDeadlines))
	if m.Webhook.URL != "" {
		field("webhook", m.Webhook.URL)
	}
	if until := m.Webhook.PreviousUntil; until.After(time.Now()) {
		field("previous secret", "signs as well until "+until.UTC().Format("2006-01-02 15:04Z"))
	}
	field("messages go", way(m))
	if made != "" {
		field("webhook secret", string(made))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if made != "" {
		a.printf("\nThe secret is not shown again. The receiver needs it to verify our messages.\n")
	}
	return nil
}

func word(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// way returns where the messages to a merchant go.
func way(m dispute.Merchant) string {
	ways := []string{"by e-mail"}
	switch {
	case m.PortalActive && m.Webhook.URL != "":
		ways[0] = "to the webhook"
	case m.PortalActive:
		ways[0] = "to the portal's inbox"
	}
	switch {
	case !m.PortalActive || !m.EmailOnDispute && !m.EmailOnDeadlines:
	case !m.EmailOnDeadlines:
		ways = append(ways, "the first one by e-mail as well")
	case !m.EmailOnDispute:
		ways = append(ways, "all but the first by e-mail as well")
	default:
		ways = append(ways, "and by e-mail as well")
	}
	return strings.Join(ways, ", ")
}
