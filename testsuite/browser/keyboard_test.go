package browser_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestKeyboardAlone: a merchant comes, finds the dispute, writes, and accepts a proposal with Tab, Enter and Space, and always sees
// where the focus is.
func TestKeyboardAlone(t *testing.T) {
	both(t, func(t *testing.T, with look) {
		s := opened(t, with)
		s.proposes(3000)
		merchant := newTab(t, with)
		merchant.open(pages.PathSignIn)
		merchant.tabTo("input[name=" + pages.FieldEmail + "]")
		merchant.do(chromedp.KeyEvent(s.Merchant.Email))
		merchant.leads(chromedp.KeyEvent(kb.Enter))
		merchant.open(s.linksTo(s.Merchant.Email, signInMail)[0])
		merchant.tabTo("main form button")
		merchant.leads(chromedp.KeyEvent(kb.Enter))
		merchant.tabTo("a[href='" + pages.CasePath(s.Dispute.ID) + "']")
		merchant.leads(chromedp.KeyEvent(kb.Enter))

		merchant.tabTo(fieldOf(pages.ActRespond, pages.FieldMessage))
		merchant.do(chromedp.KeyEvent("Wir behalten den Kontakt."))
		merchant.tabTo(sendOf(pages.ActRespond))
		merchant.leads(chromedp.KeyEvent(" "))
		merchant.reads("Wir behalten den Kontakt.")

		merchant.tabTo(formOf(pages.ActAnswer) + " button[value=accept]")
		merchant.leads(chromedp.KeyEvent(kb.Enter))
		merchant.tabTo(fieldOf(pages.ActAnswer, pages.FieldConfirmed))
		merchant.do(chromedp.KeyEvent(" "))
		merchant.tabTo(sendOf(pages.ActAnswer))
		merchant.leads(chromedp.KeyEvent(kb.Enter))
		require.Equal(t, int64(3000), s.closes(dispute.ClosedByAgreement).Settlement.Credited)
	})
}

// tabTo presses Tab until an element has the focus, which is seen at every stop.
func (p tab) tabTo(selector string) {
	p.Helper()
	const stop = `(() => {
		const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
		return {
			There: at.matches(%s),
			Seen: at === document.body || at.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 &&
				box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth && box.right > 0,
			Name: at.outerHTML,
		};
	})()`
	for range 100 {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := read(p, chromedp.Evaluate[struct {
			There, Seen bool
			Name        string
		}](fmt.Sprintf(stop, strconv.Quote(selector))))
		require.True(p, at.Seen, "the focus is not seen on %s", at.Name)
		if at.There {
			return
		}
	}
	require.Fail(p, "Tab does not lead to "+selector)
}
