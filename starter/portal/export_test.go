package portal

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Route is a row of the table of routes.
type Route struct {
	Method, Path string
	Who          []dispute.Party
}

// Routes is the table of routes.
func Routes() (all []Route) {
	for _, r := range routes {
		all = append(all, Route{r.method, r.path, r.who})
	}
	return all
}

// ActsOf lists who may do each act.
func ActsOf() map[string][]dispute.Party {
	who := map[string][]dispute.Party{}
	for name, a := range acts {
		who[string(name)] = a.who
	}
	return who
}

// ChangesOf lists the acts of the settings.
func ChangesOf() map[string]bool {
	names := map[string]bool{}
	for name := range changes {
		names[string(name)] = true
	}
	return names
}

// WaitForProvider bounds how long the identity provider may take to answer.
func (p *Portal) WaitForProvider(timeout time.Duration) { p.provider.timeout = timeout }

// Opens returns why somebody of a party who is bound to nothing cannot open a case.
func (p *Portal) Opens(ctx context.Context, party dispute.Party, id string) error {
	_, err := p.open(ctx, identity{Party: party, Login: "somebody"}, id)
	return err
}

// WaitLonger lets pages wait for a Temporal that many tests share.
func (p *Portal) WaitLonger(timeout time.Duration) { p.answerTimeout = timeout }

// HandleWithin sets how long a request may take.
func (p *Portal) HandleWithin(timeout time.Duration) { p.handlerTimeout = timeout }

// ExportBy sets how many disputes an export reads at once.
func (p *Portal) ExportBy(page int) { p.exportPage = page }

// LoginOf returns the name of a person by its claims.
var LoginOf = loginOf

// TestOf says what became of a test message.
var TestOf = testOf
