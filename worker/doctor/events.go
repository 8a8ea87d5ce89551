package doctor

import (
	"context"
	"errors"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute/link"
)

// examineEvents sends two test messages to the receiver of events, the second one with a wrong signature.
func (e *examination) examineEvents(ctx context.Context) {
	to := e.config.Events
	switch {
	case to.URL == "" || to.Secret == "":
		e.skip("EVENTS_URL is not set: nothing is told", CheckEvents)
		return
	case !e.Events:
		e.skip("--events tests the receiver of EVENTS_URL", CheckEvents)
		return
	}
	channel := portal.New(nil, e.config.WebhookNetworks, link.Site{})
	answer, _, err := channel.Test(ctx, to)
	switch {
	case err != nil:
		e.wrong(CheckEvents, err, "the receiver must answer 2xx to what EVENTS_SECRET signs; http:// and private networks need WEBHOOK_PRIVATE_NETWORKS")
	case channel.TestForged(ctx, to):
		e.wrong(CheckEvents, errors.New("the receiver takes a message with a wrong signature"),
			"it has to verify the header webhook-signature: anyone can send what looks like ours")
	default:
		e.ok(CheckEvents, "%s; a wrong signature is refused", answer)
	}
}
