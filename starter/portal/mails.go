package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// mailTimeout is how long a mail server may take.
const mailTimeout = 30 * time.Second

// The limit of mails with a link to one address in mails a second, with how many may be sent at once.
const mailRate, mailBurst = 1.0 / 600, 3

// sendLink sends a link to the address of a merchant. The answer is the same for an address that no merchant has.
func (p *Portal) sendLink(q *request) error {
	form, err := q.form()
	if err != nil {
		return err
	}
	f := fields{Filled: pages.Filled{Values: form}}
	address := f.email(pages.FieldEmail)
	if address == "" && len(f.problems) == 0 {
		f.problem(pages.FieldEmail, pages.ProblemRequired, "")
	}
	if len(f.problems) > 0 {
		f.Problems = f.problems
		return p.render(q, http.StatusUnprocessableEntity, only(p.signInView(q, f.Filled)))
	}
	merchants, err := p.Ledger.MerchantsByEmail(q.Context(), address)
	if err != nil {
		return err
	}
	if len(merchants) > 0 && p.limits.mails.allow(strings.ToLower(address)) { // others would fill the limits until all are dropped
		ctx := context.WithoutCancel(q.Context())
		p.sending.Go(func() { // the time that a mail takes would say that the address is known
			ctx, cancel := context.WithTimeout(ctx, mailTimeout)
			defer cancel()
			for _, merchant := range merchants {
				if err := p.Mails.SendSignIn(ctx, merchant); err != nil {
					p.Log.WarnContext(ctx, "a link was not sent", "merchant", merchant.ID, "error", err)
				}
			}
		})
	}
	return p.render(q, http.StatusOK, only(pages.SignInSent{}))
}
