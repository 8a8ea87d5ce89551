package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/worker/assembly"
)

// examinePortal asks the portal at its public address, to which mails link, whether it runs and takes our links.
func (e *examination) examinePortal(ctx context.Context) {
	if e.Getenv("PORTAL_URL")+e.Getenv("PORTAL_KEYS") == "" {
		e.skip("PORTAL_URL is not set: mails have no links", CheckPortal, CheckPortalKeys)
		return
	}
	portal, err := assembly.PortalFromEnv(e.Getenv)
	if err != nil { // examineSettings has said so
		e.skip("PORTAL_URL or PORTAL_KEYS is not usable", CheckPortal, CheckPortalKeys)
		return
	}
	if err := answers(ctx, portal.Site.String()+"/healthz"); err != nil {
		e.wrong(CheckPortal, err, "start starter portal, and have PORTAL_URL lead to it; people follow links to there")
		e.skip("the portal does not answer", CheckPortalKeys)
		return
	}
	e.ok(CheckPortal, "%s answers", portal.Site)
	// No dispute has such an id, so the link opens nothing.
	claim := link.Claim{Role: link.RoleCustomer, Dispute: "-", Expires: e.Now().Add(2 * checkTimeout)}
	token, err := portal.Keys.Sign(claim, "")
	if err == nil {
		err = answers(ctx, portal.Site.Entry(token))
	}
	if err != nil {
		e.wrong(CheckPortalKeys, fmt.Errorf("the portal does not know a link that is signed with the first key: %w", err),
			"give portal and workers the same PORTAL_KEYS; a new key goes to the portal first")
		return
	}
	e.ok(CheckPortalKeys, "the portal knows links that are signed with the first key")
}

// answers returns an error unless the answer to a GET is 200. The error has no URL, which may be that of a link.
func answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return errors.Unwrap(err) // of the *url.Error
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", response.Status)
	}
	return nil
}
