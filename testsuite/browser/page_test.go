package browser_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// tab is a tab of the browser with cookies of its own: a person.
type tab struct {
	*testing.T
	context.Context //nolint:containedctx // it is the tab
}

// look is how a person looks at pages.
type look struct {
	width    int64
	noScript bool
}

// newTab opens a tab for one person.
func newTab(t *testing.T, with look) tab {
	t.Helper()
	opened, closeTab := chromedp.NewContext(shared.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(opened))
	p := tab{t, opened}
	p.do(chromedp.EmulateViewport(cmp.Or(with.width, 1100), 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, script := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: with.noScript})
		_, enable := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		_, headers := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
			Headers: network.Headers{"X-Forwarded-For": newAddress()},
		})
		return errors.Join(script, enable, headers)
	}))
	return p
}

var addresses atomic.Uint32

// newAddress returns the address of one person alone, because requests are limited by address.
func newAddress() string {
	n := addresses.Add(1)
	return netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}).String()
}

// both runs a journey with and without JavaScript.
func both(t *testing.T, journey func(t *testing.T, with look)) {
	t.Helper()
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		journey(t, look{})
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		journey(t, look{noScript: true})
	})
}

// do runs actions in the page and fails the test if one fails.
func (p tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	require.NoError(p, chromedp.Do(ctx, actions...))
}

// read runs an action that returns something.
func read[T any](p tab, action chromedp.Action[T]) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context, timeout)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(p, err)
	return value
}

// open goes to an address, or a path of the portal.
func (p tab) open(url string) {
	p.Helper()
	if strings.HasPrefix(url, "/") {
		url = shared.portal + url
	}
	p.do(chromedp.Navigate(url))
}

// text returns what a person reads.
func (p tab) text() string {
	p.Helper()
	return p.inner("body")
}

// inner returns what a person reads in an element.
func (p tab) inner(selector string) string {
	p.Helper()
	text := read(p, chromedp.Evaluate[string]("document.querySelector("+strconv.Quote(selector)+").innerText"))
	return strings.ReplaceAll(text, "\u00a0", " ")
}

// reads asserts that the page says all of this.
func (p tab) reads(texts ...string) {
	p.Helper()
	all := p.text()
	for _, text := range texts {
		require.Contains(p, all, text)
	}
}

// path returns where the page is, without the portal's address.
func (p tab) path() string {
	p.Helper()
	return strings.TrimPrefix(read(p, chromedp.Location()), shared.portal)
}

// leads does something that leads to another page, and waits for that.
func (p tab) leads(action chromedp.Action[chromedp.Void]) {
	p.Helper()
	read(p, chromedp.WaitEvent(page.LoadEventFired, nil, action))
}

// at scrolls to an element and returns where it is. Nothing may cover it.
func (p tab) at(selector string) (x, y float64) {
	p.Helper()
	const find = `(() => {
		const element = document.querySelector(%s);
		if (!element) return {};
		element.scrollIntoView({block: "center", behavior: "instant"});
		const box = element.getClientRects()[0], x = box.x + box.width / 2, y = box.y + box.height / 2;
		return {X: x, Y: y, Found: true, Free: element.contains(document.elementFromPoint(x, y))};
	})()`
	found := read(p, chromedp.Evaluate[struct {
		X, Y        float64
		Found, Free bool
	}](fmt.Sprintf(find, strconv.Quote(selector))))
	if !found.Found {
		require.Fail(p, "the page has no "+selector, p.text())
	}
	require.True(p, found.Free, "something covers %s", selector)
	return found.X, found.Y
}

// click clicks on an element.
func (p tab) click(selector string) chromedp.Action[chromedp.Void] {
	p.Helper()
	return chromedp.MouseClickXY(p.at(selector))
}

// press presses a button, or follows a link, to another page.
func (p tab) press(selector string) {
	p.Helper()
	p.leads(p.click(selector))
}

// the names of elements in the form of an act.
func formOf(act pages.Act) string            { return "form#" + string(act) }
func fieldOf(act pages.Act, f string) string { return "#" + string(act) + "-" + f }
func sendOf(act pages.Act) string {
	return formOf(act) + " button[type=submit]:not([formaction])"
}

// unfold opens a folded form.
func (p tab) unfold(act pages.Act) {
	p.Helper()
	if p.has("details:not([open]) " + formOf(act)) {
		p.do(p.click("details:has(" + formOf(act) + ") > summary"))
	}
}

// fill writes into fields of the form of an act: name and text in turns.
func (p tab) fill(act pages.Act, fields ...string) {
	p.Helper()
	p.unfold(act)
	for i := 0; i < len(fields); i += 2 {
		p.enter(fieldOf(act, fields[i]), fields[i+1])
	}
}

// enter types a text into a field, in place of what is there.
func (p tab) enter(selector, text string) {
	p.Helper()
	p.do(p.click(selector), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent(text))
}

// choose chooses an option, or ticks a box.
func (p tab) choose(act pages.Act, field string, value ...string) {
	p.Helper()
	p.unfold(act)
	p.do(p.click(strings.Join(append([]string{fieldOf(act, field)}, value...), "-")))
}

// confirm ticks the box of the page on which an act is confirmed, and sends it.
func (p tab) confirm(act pages.Act) {
	p.Helper()
	p.choose(act, pages.FieldConfirmed)
	p.press(sendOf(act))
}

// has reports whether the page has an element.
func (p tab) has(selector string) bool {
	p.Helper()
	return p.count(selector) > 0
}

// count returns how many such elements the page has.
func (p tab) count(selector string) int {
	p.Helper()
	return read(p, chromedp.Evaluate[int]("document.querySelectorAll("+strconv.Quote(selector)+").length"))
}

// value returns what is entered in a field.
func (p tab) value(act pages.Act, field string) string {
	p.Helper()
	return read(p, chromedp.Evaluate[string]("document.querySelector("+strconv.Quote(fieldOf(act, field))+").value"))
}

// violation is a barrier that axe-core has found.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// barriers has axe-core look at the page, by the given rules, else by those of WCAG 2.1 A and AA and by its own best practices.
func (p tab) barriers(rules ...string) (found []violation) {
	p.Helper()
	options := map[string]any{"resultTypes": []string{"violations"}}
	if len(rules) > 0 {
		options["runOnly"] = rules
	}
	with, err := json.Marshal(options)
	require.NoError(p, err)
	if read(p, chromedp.Evaluate[bool]("!window.axe")) {
		read(p, chromedp.Evaluate[bool](shared.axe+";true"))
	}
	run := "axe.run(document, " + string(with) + ").then(result => JSON.stringify(result.violations))"
	answer := read(p, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	require.NoError(p, json.Unmarshal([]byte(answer), &found))
	return found
}
