package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
)

// phases are the phases of a request to a webhook, in their order, with what helps where one fails.
var phases = []phase{
	{
		portal.PhaseAddress, CheckWebhookAddress, "allowed",
		"only public https:// is allowed, unless the workers' WEBHOOK_PRIVATE_NETWORKS names the network: starter merchant set ID --webhook URL",
	},
	{
		portal.PhaseName, CheckWebhookAddress, "resolves",
		"correct the host of the URL: starter merchant set ID --webhook URL",
	},
	{
		portal.PhaseConnect, CheckWebhookConnects, "it answers",
		"the endpoint must be running, and reachable from here without a proxy",
	},
	{
		portal.PhaseTLS, CheckWebhookTLS, "valid",
		"the endpoint needs a certificate of a public authority for its name, with the intermediate ones, and TLS 1.2 or newer",
	},
	{
		portal.PhaseAnswer, CheckWebhookAnswer, "",
		"the endpoint must answer 2xx to every message that is signed with the secret: starter merchant set ID --new-secret makes another one",
	},
}

type phase struct {
	phase    portal.Phase
	check    Name
	ok, help string
}

func (e *examination) examineWebhook(ctx context.Context) {
	webhook := []Name{CheckWebhookAddress, CheckWebhookConnects, CheckWebhookTLS, CheckWebhookAnswer, CheckWebhookVerifies}
	switch {
	case e.MerchantID == "":
		e.skip("--merchant tests the webhook of a merchant", append([]Name{CheckMerchant}, webhook...)...)
		return
	case e.books == nil:
		e.skip("the ledger cannot be opened", append([]Name{CheckMerchant}, webhook...)...)
		return
	}
	merchant, err := e.books.Merchant(ctx, e.MerchantID)
	if err != nil {
		e.wrong(CheckMerchant, err, "starter ledger import brings merchants in")
		e.skip("there are no settings", webhook...)
		return
	}
	switch {
	case merchant.Webhook.URL == "":
		e.ok(CheckMerchant, "%s has no webhook", merchant.ID)
		e.skip("there is none", webhook...)
		return
	case !merchant.PortalActive:
		e.warn(CheckMerchant, merchant.ID+" has a webhook, but the portal is off: messages go by e-mail",
			"starter merchant set "+merchant.ID+" --portal on")
	default:
		e.ok(CheckMerchant, "%s uses the portal, with a webhook", merchant.ID)
	}
	e.testWebhook(ctx, merchant.Webhook)
}

func (e *examination) testWebhook(ctx context.Context, webhook dispute.Webhook) {
	channel := portal.New(nil, e.config.WebhookNetworks, e.config.Portal.Site)
	answer, failed, err := channel.Test(ctx, webhook)
	at := slices.IndexFunc(phases, func(p phase) bool { return err != nil && p.phase == failed })
	for i, p := range phases {
		switch {
		case at >= 0 && i > at && p.check != phases[at].check:
			e.skip("the request did not get so far", p.check)
		case i == at:
			e.wrong(p.check, err, p.help)
		case p.phase == portal.PhaseAnswer:
			e.ok(p.check, "%s", answer)
		case p.phase == portal.PhaseTLS && strings.HasPrefix(webhook.URL, "http:"):
			e.skip("http:// has none", p.check)
		case p.phase != portal.PhaseAddress && (at < 0 || i < at):
			e.ok(p.check, "%s", p.ok)
		}
	}
	if err != nil {
		e.skip("the test message was not taken", CheckWebhookVerifies)
		return
	}
	switch taken, err := channel.TestForged(ctx, webhook); {
	case err != nil:
		e.warn(CheckWebhookVerifies, "it is not known whether a wrong signature is refused: "+err.Error(),
			"ask again; the endpoint should answer 4xx, such as 401, to a wrong signature")
	case taken:
		e.wrong(CheckWebhookVerifies, errors.New("the endpoint takes a message with a wrong signature"),
			"the merchant has to verify the header webhook-signature: anyone can send what looks like ours")
	default:
		e.ok(CheckWebhookVerifies, "a wrong signature is refused")
	}
}
