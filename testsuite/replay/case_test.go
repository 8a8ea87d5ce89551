package replay_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// asking is an interceptor that keeps the handler of the query case, so that a replayed run can be asked.
type asking struct {
	interceptor.WorkerInterceptorBase
	ask func() (dispute.Case, error)
}

func (a *asking) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	inbound := &askingInbound{asking: a}
	inbound.Next = next
	return inbound
}

type askingInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	asking *asking
}

func (a *askingInbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	outbound := &askingOutbound{asking: a.asking}
	outbound.Next = next
	return a.Next.Init(outbound)
}

type askingOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	asking *asking
}

func (a *askingOutbound) SetQueryHandlerWithOptions(ctx workflow.Context, name string, handler any, options workflow.QueryHandlerOptions) error {
	if name == workflows.QueryCase {
		a.asking.ask, _ = handler.(func() (dispute.Case, error))
	}
	return a.Next.SetQueryHandlerWithOptions(ctx, name, handler, options)
}

// secrets returns what one audience must not find in its view of a case, wherever it stands.
func secrets(c dispute.Case, audience dispute.Party) (words []string) {
	customer, merchant := audience == dispute.PartyCustomer, audience == dispute.PartyMerchant
	hide := func(hidden bool, texts ...string) {
		if hidden {
			words = append(words, texts...)
		}
	}
	hide(!customer, c.Dispute.Complainant.Email, c.Corrected.Customer)
	hide(merchant, c.Dispute.Complainant.ID)
	hide(!merchant, c.Corrected.Merchant)
	for _, ruling := range c.Rulings {
		hide(customer || merchant, ruling.RuledBy, ruling.Rationale)
	}
	for _, submitted := range c.Evidence {
		hide(customer, submitted.Text)
		for _, file := range submitted.Files {
			hide(customer, file.Name, file.Location, file.SHA256)
		}
	}
	if c.Statement != nil {
		for _, file := range c.Statement.Files {
			hide(merchant, file.Name, file.Location, file.SHA256)
		}
		asked := c.Told(dispute.PartyMerchant, dispute.OccasionInformationRequested)
		hide(merchant && !asked, c.Statement.Text)
	}
	mayKnow := map[string]bool{} // a reason can be that of both parties' deadlines
	for _, period := range c.Periods {
		for _, move := range period.Moves {
			mayKnow[move.Reason] = mayKnow[move.Reason] || period.Concerns == audience
		}
	}
	for _, period := range c.Periods {
		for _, move := range period.Moves {
			hide(true, move.MovedBy)
			hide((customer || merchant) && !mayKnow[move.Reason], move.Reason)
		}
	}
	for _, sent := range c.Sent {
		hide(true, sent.Answer)
	}
	if c.State != dispute.StateClosed && c.Decision != nil {
		hide(customer || merchant, string(c.Decision.Reason))
	}
	return words
}

// contains reports whether a JSON document has a text that is not part of longer words: of another address, for example.
func contains(t *testing.T, document []byte, text string) bool {
	t.Helper()
	quoted, err := json.Marshal(text)
	require.NoError(t, err)
	const noWord = `[^\w.-]`
	return regexp.MustCompile(noWord + regexp.QuoteMeta(strings.Trim(string(quoted), `"`)) + noWord).Match(document)
}

// TestNothingLeaks: over every recorded history, no audience sees what is the other party's, the desk's or an operator's.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	hidden := 0
	for version := range recorded {
		for _, name := range kept(t, version) {
			_, history := read(t, filepath.Join(histories, version, name+suffix))
			var run asking
			require.NoError(t, replay(t, history, &run))
			require.NotNil(t, run.ask, name)
			full, err := run.ask()
			require.NoError(t, err)
			for _, audience := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk} {
				view, err := json.Marshal(full.For(audience))
				require.NoError(t, err)
				for _, secret := range secrets(full, audience) {
					if secret == "" {
						continue
					}
					require.False(t, contains(t, view, secret), "%s: the %s sees %s", name, audience, secret)
					hidden++
				}
			}
		}
	}
	require.Greater(t, hidden, 500, "there was something to hide")
}
