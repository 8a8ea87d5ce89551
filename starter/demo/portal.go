package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
)

// Portal serves the portal, configured by environment variables, until ctx ends. It calls listening once it takes requests.
type Portal func(ctx context.Context, variables map[string]string, listening func(net.Addr)) error

// pages is the portal of a demo.
type pages struct {
	// variables configure the portal, and the worker for its links.
	variables map[string]string
	stop      context.CancelFunc
	ended     chan error
}

// startPortal starts the portal, if the demo has one, with a key of its own.
func (d *demo) startPortal(ctx context.Context) error {
	if d.Portal == nil {
		return nil
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return process.OnFreePorts(1, func(ports []int) error {
		address := fmt.Sprintf("%s:%d", process.Host, ports[0])
		variables := d.environment.Variables()
		maps.Copy(variables, map[string]string{
			"PORTAL_URL": "http://" + address, "PORTAL_ADDR": address, "PORTAL_KEYS": "demo:" + base64.StdEncoding.EncodeToString(key),
			"TEMPORAL_UI_URL": d.environment.Server.UIURL(), "LOG_LEVEL": "error",
		})
		serving, stop := context.WithCancel(context.WithoutCancel(ctx))
		portal := &pages{variables: variables, stop: stop, ended: make(chan error, 1)}
		listening := make(chan struct{})
		go func() { portal.ended <- d.Portal(serving, variables, func(net.Addr) { close(listening) }) }()
		select {
		case <-listening:
			d.portal = portal
			return nil
		case err := <-portal.ended:
			stop()
			return fmt.Errorf("the portal has not started: %w", err)
		}
	})
}

// portalVariables are what a worker needs to send links.
func (d *demo) portalVariables() map[string]string {
	if d.portal == nil {
		return nil
	}
	return map[string]string{"PORTAL_URL": d.portal.variables["PORTAL_URL"], "PORTAL_KEYS": d.portal.variables["PORTAL_KEYS"]}
}

func (d *demo) stopPortal() error {
	if d.portal == nil {
		return nil
	}
	d.portal.stop()
	return <-d.portal.ended
}

// yours are two disputes that nobody drives: the user acts for their parties in the portal. One waits for an agreement, the
// other one for the desk. Without a portal there are none.
func (d *demo) yours(now time.Time) []parties.Case {
	if d.portal == nil {
		return nil
	}
	waiting := scene{
		merchant: westwind, customer: emma, reason: dispute.ReasonFaultyGoods,
		billed: 18900, disputed: 18900, currency: "EUR", calendar: "TARGET",
	}.play("11", parties.Path{}, now)
	waiting.Dispute.Complaint = &dispute.Complaint{Text: "The zip of the tent broke on the first night, and it rained."}
	waiting.Dispute.OpenedAt = now
	asked := scene{
		merchant: westwind, customer: emma, reason: dispute.ReasonGoodsNotReceived,
		billed: 7450, disputed: 7450, currency: "EUR", calendar: "TARGET",
	}.play("12", parties.Path{}, now)
	asked.Dispute.OpenedAt = now
	return []parties.Case{waiting, asked}
}

// invite opens the disputes of the user and prints the links to them.
func (d *demo) invite(ctx context.Context) error {
	for _, c := range d.yours(time.Now()) {
		if _, err := d.disputes.Open(ctx, c.Dispute); err != nil {
			return err
		}
	}
	if d.portal == nil {
		return nil
	}
	return errors.Join(d.askDesk(ctx, "demo-12"), d.printLinks())
}

// askDesk has the merchant answer, lets the period pass and has the customer state the reason, so that the desk is asked.
func (d *demo) askDesk(ctx context.Context, asked string) error {
	for view := (dispute.View{}); view.WaitingFor != dispute.WaitAgreement; {
		var err error
		if view, err = status(ctx, d.disputes, asked); err != nil {
			return err
		}
		if err := rest(ctx, poll); err != nil {
			return err
		}
	}
	response := dispute.Response{Message: "We have sent it on time and are asking the carrier.", ReportedBy: dispute.PartyMerchant}
	if _, err := d.disputes.Respond(ctx, asked, response); err != nil {
		return err
	}
	err := parties.EndPeriod(ctx, d.disputes, asked, dispute.WaitAgreement, dispute.DeadlineMove{Reason: "the demo does not wait", MovedBy: "demo"})
	if err != nil {
		return err
	}
	for {
		_, err := d.disputes.StateReason(ctx, asked, dispute.Statement{Statement: "The parcel never came. The tracking has not changed for two weeks."})
		if dispute.CodeOf(err) != dispute.CodeNotAccepted { // it may not wait for the statement yet
			return err
		}
		if err := rest(ctx, poll); err != nil {
			return err
		}
	}
}

// printLinks prints a link to the portal for each person whom the user can be.
func (d *demo) printLinks() error {
	site, siteErr := link.ParseSite(d.portal.variables["PORTAL_URL"])
	keys, keysErr := link.ParseKeys(d.portal.variables["PORTAL_KEYS"])
	if err := errors.Join(siteErr, keysErr); err != nil {
		return err
	}
	expires := time.Now().Add(24 * time.Hour)
	d.says("\nTwo more disputes are yours, in the portal: demo-11 waits for an agreement, demo-12 for the desk. Each link signs you in as " +
		"that person; a private window for each keeps them apart.")
	for _, person := range []struct {
		who, address string
		claim        link.Claim
	}{
		{"the merchant", westwind.Email, link.Claim{Role: link.RoleMerchant, Merchant: westwind.ID, Expires: expires}},
		{"the customer", emma.Email, link.Claim{Role: link.RoleCustomer, Dispute: "demo-11", Expires: expires}},
		{"the desk", "", link.Claim{Role: link.RoleDesk, Login: "demo", Expires: expires}},
	} {
		token, err := keys.Sign(person.claim, person.address)
		if err != nil {
			return err
		}
		d.prints(fmt.Sprintf("  %-13s %s", person.who, site.Entry(token)))
	}
	d.prints("")
	return nil
}
