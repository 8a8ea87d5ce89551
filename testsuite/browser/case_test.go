package browser_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// story is the dispute of one test, with the people in it.
type story struct {
	*testing.T
	with look
	parties.Case
}

// opened opens a dispute about 129.90 EUR, and returns when it waits for an agreement.
func opened(t *testing.T, with look, change ...func(*story)) story {
	t.Helper()
	c := parties.NewCase("d-"+uuid.NewString()[:13], 0, parties.Path{})
	c.Merchant.EmailOnDispute, c.Merchant.EmailOnDeadlines = true, true
	c.Invoice.Amount, c.Invoice.Paid = dispute.Money{Amount: 12990, Currency: "EUR"}, 0
	c.Dispute.DisputedAmount, c.Dispute.OpenedAt = c.Invoice.Amount, time.Now()
	c.Dispute.Complainant.Locale = "en-IE"
	s := story{t, with, c}
	for _, change := range change {
		change(&s)
	}
	_, err := shared.Ledger.Import(t.Context(), parties.Import([]parties.Case{s.Case}))
	require.NoError(t, err)
	_, err = shared.Disputes.Open(t.Context(), s.Dispute)
	require.NoError(t, err)
	s.waitsFor(dispute.WaitAgreement)
	return s
}

// await waits until the case is as it should be.
func (s story) await(is func(dispute.Case) bool) (found dispute.Case) {
	s.Helper()
	require.Eventually(s, func() bool {
		var err error
		found, err = shared.Disputes.Case(s.Context(), s.Dispute.ID)
		return err == nil && is(found)
	}, timeout, 20*time.Millisecond)
	return found
}

func (s story) waitsFor(wait dispute.Wait) dispute.Case {
	s.Helper()
	return s.await(func(c dispute.Case) bool { return c.WaitingFor == wait })
}

// closes waits until the dispute has ended for a reason and everybody has been told.
func (s story) closes(reason dispute.ClosingReason) dispute.Case {
	s.Helper()
	found := s.await(func(c dispute.Case) bool { return c.State == dispute.StateClosed && c.WaitingFor == "" })
	require.Equal(s, reason, found.Decision.Reason)
	return found
}

// escalates ends the time for an agreement, which the parties have not found: Klarna steps in.
func (s story) escalates() {
	s.Helper()
	_, err := shared.Disputes.Respond(s.Context(), s.Dispute.ID, dispute.Response{Message: "We ask the carrier.", ReportedBy: dispute.PartyMerchant})
	require.NoError(s, err)
	s.endPeriod(dispute.WaitAgreement)
}

// asked brings the dispute to where the complainant is asked for the reason.
func (s story) asked() {
	s.Helper()
	s.escalates()
	s.waitsFor(dispute.WaitStatement)
}

// questioned brings the dispute to where the merchant is asked for information.
func (s story) questioned() {
	s.Helper()
	s.asked()
	_, err := shared.Disputes.StateReason(s.Context(), s.Dispute.ID, dispute.Statement{Statement: "The parcel never came."})
	require.NoError(s, err)
	s.waitsFor(dispute.WaitJustification)
	justified := true
	_, err = shared.Disputes.Rule(s.Context(), s.Dispute.ID, dispute.Ruling{
		Stage: dispute.StageJustification, Justified: &justified, Rationale: "Nothing shows a delivery.", RuledBy: "anna",
	})
	require.NoError(s, err)
	s.waitsFor(dispute.WaitEvidence)
}

// endPeriod lets the running period pass: an operator moves its deadline to the next second.
func (s story) endPeriod(wait dispute.Wait) {
	s.Helper()
	require.NoError(s, parties.EndPeriod(s.Context(), shared.Disputes, s.Dispute.ID, wait,
		dispute.DeadlineMove{Reason: "the test does not wait for weeks", MovedBy: "test"}))
}

// merchant returns the merchant, who has come by the link of a mail.
func (s story) merchant() tab {
	s.Helper()
	return s.comes(s.Merchant.Email)
}

// account returns the merchant, who has asked for a link to all its disputes and has come by it.
func (s story) account() tab {
	s.Helper()
	p := newTab(s.T, s.with)
	p.open(pages.PathSignIn)
	p.enter("input[name="+pages.FieldEmail+"]", s.Merchant.Email)
	p.press("main form button")
	p.open(s.linksTo(s.Merchant.Email, signInMail)[0])
	p.press("main form button")
	return p
}

// signInMail is a part of the Message-ID of the mails with which merchants sign in.
const signInMail = "sign-in"

// customer returns the complainant, who has come by the link of a mail.
func (s story) customer() tab {
	s.Helper()
	return s.comes(s.Dispute.Complainant.Email)
}

// comes returns somebody who has opened the newest mail, followed its link and pressed the button.
func (s story) comes(address string) tab {
	s.Helper()
	p := newTab(s.T, s.with)
	p.open(s.linksTo(address, s.Dispute.ID)[0])
	p.press("main form button")
	p.open(pages.CasePath(s.Dispute.ID))
	return p
}

// linksTo returns the portal's links in all mails to an address whose Message-ID contains the text, those of the newest mail first.
func (s story) linksTo(address, about string) (links []string) {
	s.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(shared.portal+link.EntryPath) + `[^\s<>"]+`)
	require.Eventually(s, func() bool {
		for _, mail := range shared.mails.To(address, about) {
			links = append(found.FindAllString(mail.Text, -1), links...)
		}
		return len(links) > 0
	}, timeout, 20*time.Millisecond, "a mail with a link to %s", address)
	return links
}

// provider returns somebody of the desk, or an operator, who has come by the link that the command prints.
func provider(t *testing.T, with look, role string) tab {
	t.Helper()
	p := newTab(t, with)
	p.open(printedLink(t, role))
	p.press("main form button")
	return p
}

// printedLink returns the link that the command prints for somebody of the provider.
func printedLink(t *testing.T, role string) string {
	t.Helper()
	cmd := starter([]string{"portal", "link", "--" + role, "erika.muster"})
	cmd.Stderr = os.Stderr
	printed, err := cmd.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(printed))
}

// eventually loads the page again until it says all of this.
func (p tab) eventually(texts ...string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	for {
		all := p.text()
		missing := slices.IndexFunc(texts, func(text string) bool { return !strings.Contains(all, text) })
		if missing < 0 {
			return
		}
		select {
		case <-ctx.Done():
			require.Fail(p, "the page does not say what it should", "%q is missing:\n%s", texts[missing], all)
		case <-time.After(100 * time.Millisecond): // people are limited to 20 requests a second
			p.do(chromedp.Reload())
		}
	}
}
