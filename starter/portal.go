package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) portal() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "portal",
		Short: "Serve the pages on which merchants, customers, the desk and operators act",
		Long: `Serves the portal until it is interrupted. It needs LEDGER_URL, PORTAL_URL (its public address) and
PORTAL_KEYS, and Temporal as all commands do; while Temporal is away it serves lists and the archive,
and takes no messages. PORTAL_ADDR is where it listens (default 127.0.0.1:8090),
METRICS_ADDR where it serves metrics and health, FILES_URL where uploaded files are kept (default: a
folder beside a ledger in SQLite), API_TOKENS whose requests its API takes (portal token). It sends
mails as the workers do (SMTP_URL, MAIL_FROM).`,
		Example: "  PORTAL_URL=http://localhost:8090 PORTAL_KEYS=k1:$(openssl rand -base64 32) starter portal",
		Args:    cobra.NoArgs,
		RunE:    does(func(ctx context.Context, _ []string) error { return a.servePortal(ctx, func(net.Addr) {}) }),
	}
	cmd.AddCommand(a.portalLink(), a.portalToken())
	return cmd
}

// servePortal serves the portal until ctx ends. It calls listening once the portal takes requests.
func (a *app) servePortal(ctx context.Context, listening func(net.Addr)) error {
	config, reach, log, err := a.portalConfig()
	if err != nil {
		return err
	}
	keys, err := a.keys()
	if err != nil {
		return err
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return err
	}
	address, err := a.connectLater()
	if err != nil {
		return err
	}
	store, err := files.Open(ctx, config.FilesURL)
	if err != nil {
		return err
	}
	kept, logger := files.New(books, store), log.New(a.err)
	served, err := portal.New(portal.Parts{ //nolint:contextcheck // each request has its own
		Config: config, Ledger: books, Disputes: workflows.NewClient(a.temporal), Files: kept, Mails: reach.Mails, Webhooks: reach.Webhooks,
		Namespace: a.namespace, Attention: a.needsAttention, Temporal: a.namespaceAnswers, Unseal: keys.Open, Log: logger,
	})
	if err != nil {
		return err
	}
	var besides sync.WaitGroup
	defer besides.Wait() // before the ledger is closed
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	besides.Go(func() { kept.Run(ctx, served.ReadCase, logger) })
	besides.Go(func() { a.awaitTemporal(ctx, address, logger) })
	return served.Serve(ctx, func(addr net.Addr) {
		logger.Info("serving the portal", "address", addr.String(), "url", config.Site.String())
		listening(addr)
	})
}

// portalConfig reads the configuration of the portal and returns every fault at once, those of PAYLOAD_KEYS too.
func (a *app) portalConfig() (portal.Config, assembly.Reach, assembly.Log, error) {
	config, configErr := portal.ConfigFromEnv(a.getenv)
	log, logErr := assembly.LogFromEnv(a.getenv)
	_, keysErr := a.keys()
	reach, reachErr := assembly.ReachFromEnv(func(variable string) string {
		if configErr != nil && strings.HasPrefix(variable, "PORTAL_") { // whose faults are named already
			return ""
		}
		return a.getenv(variable)
	})
	err := errors.Join(configErr, reachErr, logErr, keysErr)
	if err != nil {
		err = fmt.Errorf("the configuration is invalid:\n%w", err)
	}
	return config, reach, log, err
}

// needsAttention lists, for operators, the disputes that need a person, and those whose run was stopped.
func (a *app) needsAttention(ctx context.Context) ([]pages.AttentionRow, error) {
	var rows []pages.AttentionRow
	for _, by := range []filter{{attention: true, running: true}, {stopped: true}} {
		disputes, err := a.findLive(ctx, a.books, by)
		if err != nil {
			return nil, err
		}
		a.addRetried(ctx, disputes)
		for _, d := range disputes {
			rows = append(rows, attentionRow(d))
		}
	}
	return rows, nil
}

func attentionRow(d listed) pages.AttentionRow {
	row := pages.AttentionRow{
		DisputeID: d.ID, MerchantID: d.MerchantID, State: dispute.State(d.State), WaitingFor: dispute.Wait(d.WaitingFor),
		Amount: d.DisputedAmount, Stopped: d.Stopped,
	}
	if d.Deadline != nil {
		row.Deadline = *d.Deadline
	}
	for _, cause := range d.Attention {
		row.Causes = append(row.Causes, dispute.Cause(cause))
	}
	for _, step := range d.Retried {
		row.Retried = append(row.Retried, pages.Retried{Step: step.Step, Error: step.Error, Attempts: int(step.Attempts), Next: step.Next})
	}
	return row
}

// linkFor is for whom a link is made.
type linkFor struct {
	merchant, dispute, desk, operator string
	as                                dispute.Party
}

// The validities of links that are printed: a person of the provider signs in each day, the parties come back for weeks.
const (
	loginValidity = 24 * time.Hour
	partyValidity = 30 * 24 * time.Hour
)

func (a *app) portalLink() *cobra.Command {
	var who linkFor
	cmd := &cobra.Command{
		Use:   "link",
		Short: "Print a link that signs somebody in to the portal",
		Long: `Prints a link to the portal: for a merchant with all its disputes and settings, for a party of one
dispute, which opens that dispute alone, or for a person of the desk or an operator, by the name under
which they act. Everybody who has the link can use it: for a merchant or a
party for 30 days and while their address stays the same, for the others for a day.`,
		Example: "  starter portal link --merchant nordlicht\n  starter portal link --dispute kd-2026-0001 --as customer\n" +
			"  starter portal link --desk erika.muster",
		Args: func(cmd *cobra.Command, args []string) error {
			return cmp.Or(who.check(), cobra.NoArgs(cmd, args))
		},
		RunE: does(func(ctx context.Context, _ []string) error { return a.printLink(ctx, who) }),
	}
	cmd.Flags().StringVar(&who.merchant, "merchant", "", "for this merchant, by its id")
	cmd.Flags().StringVar(&who.dispute, "dispute", "", "for a party of this dispute, by its id")
	text(cmd, &who.as, "as", "with --dispute: customer or merchant")
	cmd.Flags().StringVar(&who.desk, "desk", "", "for this person of the desk")
	cmd.Flags().StringVar(&who.operator, "operator", "", "for this operator")
	complete(cmd, "as", words([]dispute.Party{dispute.PartyCustomer, dispute.PartyMerchant}))
	return cmd
}

func (w linkFor) check() error {
	given := 0
	for _, value := range []string{w.merchant, w.dispute, w.desk, w.operator} {
		if value != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return errors.New("one of --merchant, --dispute, --desk and --operator is required")
	case (w.dispute != "") != (w.as != ""):
		return errors.New("--dispute and --as belong together")
	case w.as != "" && w.as != dispute.PartyCustomer && w.as != dispute.PartyMerchant:
		return fmt.Errorf("--as is %.64q; allowed are customer and merchant", w.as)
	}
	return nil
}

func (a *app) printLink(ctx context.Context, who linkFor) error {
	site, keys, err := portal.LinksFromEnv(a.getenv)
	if err != nil {
		return err
	}
	claim, address, err := a.claim(ctx, who)
	if err != nil {
		return err
	}
	token, err := keys.Sign(claim, address)
	if err != nil {
		return err
	}
	a.printf("%s\n", site.Entry(token))
	return nil
}

// claim returns what the link says, and the address to which it belongs.
func (a *app) claim(ctx context.Context, who linkFor) (claim link.Claim, address string, err error) {
	now := time.Now()
	switch {
	case who.desk != "":
		return link.Claim{Role: link.RoleDesk, Login: who.desk, Expires: now.Add(loginValidity)}, "", nil
	case who.operator != "":
		return link.Claim{Role: link.RoleOperator, Login: who.operator, Expires: now.Add(loginValidity)}, "", nil
	}
	claim = link.Claim{Role: link.RoleMerchant, Merchant: who.merchant, Dispute: who.dispute, Expires: now.Add(partyValidity)}
	var whole dispute.Case
	if who.dispute != "" {
		if whole, err = a.findCase(ctx, who.dispute); err != nil {
			return claim, "", err
		}
		who.merchant = whole.Dispute.MerchantID
	}
	if who.as == dispute.PartyCustomer {
		claim.Role = link.RoleCustomer
		return claim, portal.AddressOf(whole, dispute.PartyCustomer, ""), nil
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return claim, "", err
	}
	merchant, err := books.Merchant(ctx, who.merchant)
	return claim, portal.AddressOf(whole, dispute.PartyMerchant, merchant.Email), err
}
