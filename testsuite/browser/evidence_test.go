package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// delivery is a small PDF.
const delivery = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// TestEvidence: a file that is refused has a plain reason beside its field and costs no text, a good one reaches the desk as it
// was sent; the desk rules, and both see how it ended.
func TestEvidence(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		s.questioned()
		s.submits(s.merchant())
		found := s.waitsFor(dispute.WaitDecision)
		require.Equal(t, "Zugestellt am 3. November.", found.Evidence[0].Text)
		require.Equal(t, "delivery.pdf", found.Evidence[0].Files[0].Name)

		s.decides(provider(t, with, "desk"))
		require.Equal(t, dispute.OutcomeWon, s.closes(dispute.ClosedForMerchant).Decision.Outcome)
		merchant, customer := s.merchant(), s.customer()
		merchant.reads("Ihnen wird nichts belastet")
		customer.reads("€129.90")
	})
}

// submits uploads a file that is refused and a good one, and submits them with a text.
func (s story) submits(merchant tab) {
	s.Helper()
	const text = "Zugestellt am 3. November."
	merchant.fill(pages.ActEvidence, pages.FieldText, text)
	merchant.upload(pages.ActEvidence, "delivery.txt", "It was delivered.")
	require.Contains(s, merchant.inner(fieldOf(pages.ActEvidence, pages.FieldFile)+"-problem"),
		"Erlaubt sind PDF, JPEG, PNG und DOCX")
	require.Equal(s, text, merchant.value(pages.ActEvidence, pages.FieldText))
	merchant.upload(pages.ActEvidence, "delivery.pdf", delivery)
	merchant.reads("delivery.pdf")
	require.Equal(s, text, merchant.value(pages.ActEvidence, pages.FieldText))
	if !s.with.noScript {
		require.Equal(s, pages.CasePath(s.Dispute.ID), merchant.path(), "the script sends files from the page, and shows how far they are")
	}
	merchant.press(sendOf(pages.ActEvidence))
	merchant.reads(text, "delivery.pdf")
	s.waitsFor(dispute.WaitEvidence)
	merchant.confirm(pages.ActEvidence)
}

// decides finds the dispute in the queue, downloads its file, and rules.
func (s story) decides(desk tab) {
	s.Helper()
	require.Equal(s, pages.PathQueue, desk.path())
	desk.press("a[href='" + pages.CasePath(s.Dispute.ID) + "']")
	require.Equal(s, delivery, desk.downloads("a[download]"))
	desk.choose(pages.ActRule, pages.FieldRuling, pages.RulingForMerchant)
	desk.press(sendOf(pages.ActRule))
	require.True(s, desk.has(fieldOf(pages.ActRule, pages.FieldRationale)+"[aria-invalid=true]"), "the rationale is asked for")
	require.True(s, desk.has(fieldOf(pages.ActRule, pages.FieldRuling)+"-"+pages.RulingForMerchant+":checked"))
	desk.fill(pages.ActRule, pages.FieldRationale, "Die Sendung kam an.")
	desk.press(sendOf(pages.ActRule))
	s.waitsFor(dispute.WaitDecision)
	desk.confirm(pages.ActRule)
	require.Equal(s, "erika.muster", s.await(func(c dispute.Case) bool { return len(c.Rulings) == 2 }).Rulings[1].RuledBy)
}

// upload chooses a file in the form of an act and uploads it.
func (p tab) upload(act pages.Act, name, content string) {
	p.Helper()
	file := filepath.Join(p.TempDir(), name)
	require.NoError(p, os.WriteFile(file, []byte(content), 0o600))
	p.unfold(act)
	input := read(p, chromedp.Evaluate[*runtime.RemoteObject]("document.querySelector("+strconv.Quote(fieldOf(act, pages.FieldFile))+")"))
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: input.ObjectID})
		return err
	}))
	p.press(formOf(act) + " button[formaction$='/" + string(pages.ActUpload) + "']")
}

// downloads follows a link to a file, and returns its content.
func (p tab) downloads(selector string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	folder := p.TempDir()
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
		DownloadPath: folder, EventsEnabled: new(true),
	})
	require.NoError(p, err)
	progress := chromedp.BrowserEvents(ctx, browser.DownloadProgress)
	p.do(p.click(selector))
	for event, err := range progress {
		require.NoError(p, err)
		path := filepath.Join(folder, event.GUID)
		if event.State != browser.DownloadProgressStateCompleted {
			continue
		}
		if content, err := os.ReadFile(path); err == nil { // else it is another person's
			return string(content)
		}
	}
	require.Fail(p, "nothing was downloaded")
	return ""
}
