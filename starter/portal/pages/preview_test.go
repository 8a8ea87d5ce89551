package pages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// shown is a page of the catalogue.
type shown struct {
	name string
	v    pages.Viewer
	page pages.Page
}

// strangers are the pages that need no case, list or settings, and look the same for everybody.
var strangers = map[string]pages.Page{
	"sign-in":             pages.SignIn{Desk: true},
	"sign-in-one-dispute": pages.SignIn{OneDispute: true},
	"sign-in-sent":        pages.SignInSent{},
	"landing":             pages.Landing{Token: "t0ken", DisputeID: "kd-2026-0001"},
	"landing-merchant":    pages.Landing{Token: "t0ken"},
	"landing-address":     pages.Landing{Token: "t0ken", Confirms: true, NotTicked: true},
	"link-expired":        pages.LinkExpired{},
	"not-found":           pages.NotFound{},
	"refused":             pages.Refused{Kind: pages.ProblemTooMany},
	"failed":              pages.Failed{},
}

// addCases adds the pages of cases to the catalogue: as each party sees them, in each wait and after each end.
func addCases(add func(name string, party dispute.Party, page func(pages.Viewer) pages.Page)) {
	for _, party := range audiences {
		add("unavailable-"+string(party), party, func(v pages.Viewer) pages.Page {
			return pages.Unavailable(summaries(dispute.WaitAgreement)[0], v, context())
		})
		for _, wait := range append(dispute.Waits, "") {
			name := string(wait)
			if wait == "" {
				name = "closed"
			}
			add("case-"+string(party)+"-"+name, party, func(v pages.Viewer) pages.Page {
				return constructors[party](at(wait), v, context())
			})
		}
		for _, turn := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			add("case-"+string(party)+"-talking-"+string(turn), party, func(v pages.Viewer) pages.Page {
				x := context()
				x.Turn = turn
				return constructors[party](talking(), v, x)
			})
		}
		for _, reason := range dispute.ClosingReasons {
			c := opened()
			closed(&c, reason)
			add("closed-"+string(party)+"-"+string(reason), party, func(v pages.Viewer) pages.Page {
				return constructors[party](c, v,
					context())
			})
		}
	}
}

// catalogue has every page in a language, with data and empty.
func catalogue(l language.Language) (all []shown) {
	add := func(name string, party dispute.Party, page func(v pages.Viewer) pages.Page) {
		v := viewer(party, l)
		all = append(all, shown{name, v, page(v)})
	}
	fixed := func(name string, page pages.Page) { add(name, "", func(pages.Viewer) pages.Page { return page }) }
	away := pages.Problem{Kind: pages.ProblemAway}
	fixed("sign-in-refused", pages.SignIn{Filled: filled("", []pages.Problem{{Field: pages.FieldEmail, Kind: pages.ProblemAddress}},
		pages.FieldEmail, "nobody")})
	for name, page := range strangers {
		fixed(name, page)
	}
	fixed("erased", pages.Erased{DisputeID: "kd-2026-0001", At: now, Case: summaries("")[0]})
	add("list", dispute.PartyMerchant, func(v pages.Viewer) pages.Page {
		return pages.MerchantList(v, pages.ListInput{
			Counts: counts(3, 1, 2, 117),
			Cases:  summaries(dispute.WaitAgreement, dispute.WaitAgreement, dispute.WaitEvidence, dispute.WaitAgreement),
			Next:   "/disputes?after=x",
		})
	})
	add("list-closed", dispute.PartyMerchant, func(v pages.Viewer) pages.Page {
		return pages.MerchantList(v, pages.ListInput{Tab: pages.TabClosed, Counts: counts(0, 0, 0, 4), Cases: summaries("", "", "",
			""), First: "/disputes?tab=closed"})
	})
	add("list-empty", dispute.PartyMerchant, func(v pages.Viewer) pages.Page { return pages.MerchantList(v, pages.ListInput{}) })
	add("list-search", dispute.PartyMerchant, func(v pages.Viewer) pages.Page {
		return pages.MerchantList(v, pages.ListInput{Search: "order-9999"})
	})
	add("queue", dispute.PartyDesk, func(v pages.Viewer) pages.Page {
		return pages.Queue(v, pages.QueueInput{Cases: summaries(dispute.WaitDecision, dispute.WaitJustification, dispute.WaitDecision), Next: "/queue?after=x"})
	})
	add("queue-empty", dispute.PartyDesk, func(v pages.Viewer) pages.Page { return pages.Queue(v, pages.QueueInput{}) })
	amount := eur(12990)
	add("attention", dispute.PartyOperator, func(v pages.Viewer) pages.Page {
		return pages.Attention(v, []pages.AttentionRow{
			{
				DisputeID: "kd-2026-0001", MerchantID: "nordlicht", WaitingFor: dispute.WaitRetryNotification,
				Causes: []dispute.Cause{dispute.CauseUnreachable},
				Amount: &amount, WebUI: "https://temporal.example/x",
			},
			{
				DisputeID: "kd-2026-0002", MerchantID: "nordlicht", WaitingFor: dispute.WaitSettlement,
				Causes: []dispute.Cause{dispute.CauseStalled}, Retried: []pages.Retried{{
					Step: "settle the invoice", Attempts: 17,
					Error: "the ledger is away",
				}},
			},
		}, "")
	})
	add("attention-empty", dispute.PartyOperator, func(v pages.Viewer) pages.Page { return pages.Attention(v, nil, "") })
	addCases(add)
	all = append(all, lists(l)...)
	all = append(all, afterActs(l)...)
	return append(all, refusals(l, sent(l), away)...)
}

// lists are a merchant's list on its other tabs, with and without disputes, and what a search finds.
func lists(l language.Language) (all []shown) {
	v := viewer(dispute.PartyMerchant, l)
	for tab, wait := range map[pages.Tab]dispute.Wait{
		pages.TabCustomer: dispute.WaitStatement, pages.TabKlarna: dispute.WaitDecision, pages.TabClosed: "",
	} {
		in := pages.ListInput{Tab: tab, Counts: counts(3, 1, 2, 117)}
		all = append(all, shown{"list-empty-" + string(tab), v, pages.MerchantList(v, in)})
		if wait != "" {
			in.Cases = summaries(wait, wait)
			all = append(all, shown{"list-" + string(tab), v, pages.MerchantList(v, in)})
		}
	}
	return append(all, shown{"list-found", v, pages.MerchantList(v, pages.ListInput{
		Search: "order-2000", Cases: summaries(dispute.WaitAgreement, ""), Counts: counts(3, 1, 2, 117),
	})})
}

// afterActs are the pages that follow an act, and those of an operator with each cause.
func afterActs(l language.Language) (all []shown) {
	for party, acts := range map[dispute.Party][]pages.Act{
		dispute.PartyMerchant: {
			pages.ActRespond, pages.ActPropose, pages.ActAnswer, pages.ActEvidence, pages.ActUpload, pages.ActRemove, pages.ActAcceptLoss,
		},
		dispute.PartyCustomer: {pages.ActReason, pages.ActWithdraw, pages.ActPay},
		dispute.PartyDesk:     {pages.ActRule},
		dispute.PartyOperator: {pages.ActRetry, pages.ActMove, pages.ActAcknowledge, pages.ActCancel},
	} {
		for _, act := range acts {
			v := viewer(party, l)
			v.Done = act
			all = append(all, shown{"done-" + string(act), v, constructors[party](talking(), v, context())})
		}
	}
	v := viewer(dispute.PartyOperator, l)
	for _, cause := range dispute.Causes {
		c, x := at(dispute.WaitAgreement), context()
		c.Attention, x.WebUI = []dispute.Cause{cause}, "https://temporal.example/x"
		all = append(all, shown{"case-operator-cause-" + string(cause), v, pages.OperatorCase(c, v, x)})
	}
	return all
}

// sent returns a function that shows what a form is answered with: the case again, or the page that asks to confirm it.
func sent(l language.Language) func(name string, c dispute.Case, party dispute.Party, form pages.Filled) shown {
	return func(name string, c dispute.Case, party dispute.Party, form pages.Filled) shown {
		v, x := viewer(party, l), context()
		x.Filled, x.Drafts = form, []pages.Draft{{ID: "d1", Name: "zustellung.pdf", Kind: "proof_of_delivery", Size: 812_000}}
		v.Path = ""
		if pages.NeedsConfirmation(c, party, form) && len(form.Problems) == 0 {
			return shown{"confirm-" + name, v, pages.Confirm(c, v, x)}
		}
		return shown{"refused-" + name, v, constructors[party](c, v, x)}
	}
}

// refusals are forms that were refused, and those that are to be confirmed.
func refusals(l language.Language, add func(string, dispute.Case, dispute.Party, pages.Filled) shown, away pages.Problem) (all []shown) {
	window, evidence, statement := at(dispute.WaitAgreement), at(dispute.WaitEvidence), at(dispute.WaitStatement)
	all = append(all,
		add("respond", window, dispute.PartyMerchant, filled(pages.ActRespond, []pages.Problem{{
			Field: pages.FieldMessage,
			Kind:  pages.ProblemTooLong, Limit: "5.000",
		}}, pages.FieldMessage, "Ein langer Text")),
		add("propose", window, dispute.PartyMerchant, filled(pages.ActPropose, []pages.Problem{{
			Field: pages.FieldAmount,
			Kind:  pages.ProblemAmountLarge, Amount: eur(12990),
		}, {Field: pages.FieldTerms, Kind: pages.ProblemChoice}}, pages.FieldAmount,
			"1.000,00")),
		add("upload", evidence, dispute.PartyMerchant, filled(pages.ActUpload, []pages.Problem{{
			Field: pages.FieldFile,
			Kind:  pages.ProblemFileType,
		}}, pages.FieldText, "kept-text")),
		add("away", evidence, dispute.PartyMerchant, filled(pages.ActEvidence, []pages.Problem{away}, pages.FieldText, "kept-text")),
		add("changed", at(dispute.WaitJustification), dispute.PartyMerchant, filled(pages.ActRespond,
			[]pages.Problem{{Kind: pages.ProblemChanged}}, pages.FieldMessage, "kept-text")),
		add("evidence", evidence, dispute.PartyMerchant, filled(pages.ActEvidence, nil, pages.FieldText, "Die Lampe wurde geprüft.")),
		add("accept-loss", window, dispute.PartyMerchant, filled(pages.ActAcceptLoss, nil)),
		add("full", window, dispute.PartyMerchant, filled(pages.ActPropose, nil, pages.FieldTerms, pages.TermsFull, pages.FieldMessage,
			"Entschuldigung.")),
		add("accept", talking(), dispute.PartyMerchant, filled(pages.ActAnswer, nil, pages.FieldProposal, "2108", pages.FieldAnswer,
			pages.AnswerAccept)),
		add("reason", statement, dispute.PartyCustomer, filled(pages.ActReason, nil, pages.FieldText, "Sie flackert.")),
		add("withdraw", window, dispute.PartyCustomer, filled(pages.ActWithdraw, nil)),
		add("pay", window, dispute.PartyCustomer, filled(pages.ActPay, nil)),
		add("rule-refused", at(dispute.WaitDecision), dispute.PartyDesk, filled(pages.ActRule, []pages.Problem{{
			Field: pages.FieldRuling,
			Kind:  pages.ProblemChoice,
		}, {Field: pages.FieldRationale, Kind: pages.ProblemRequired}})),
		add("cancel", window, dispute.PartyOperator, filled(pages.ActCancel, nil)),
	)
	for _, ruling := range []string{pages.RulingForMerchant, pages.RulingForCustomer} {
		all = append(all, add("rule-"+ruling, at(dispute.WaitDecision), dispute.PartyDesk, filled(pages.ActRule, nil, pages.FieldRuling,
			ruling, pages.FieldRationale, "Belegt.")))
	}
	for _, ruling := range []string{pages.RulingJustified, pages.RulingNotJustified} {
		all = append(all, add("rule-"+ruling, at(dispute.WaitJustification), dispute.PartyDesk, filled(pages.ActRule, nil,
			pages.FieldRuling, ruling, pages.FieldRationale, "Belegt.")))
	}
	m := dispute.Merchant{ID: "nordlicht", Email: "service@nordlicht.example", Locale: "de-DE", PortalActive: true, EmailOnDeadlines: true}
	v := viewer(dispute.PartyMerchant, l)
	v.Path = pages.PathSettings
	all = append(all, shown{"settings-plain", v, pages.Settings(v, pages.SettingsInput{Merchant: m})})
	m.Webhook.URL = "https://shop.example/disputes"
	return append(all, shown{"settings", v, pages.Settings(v, pages.SettingsInput{
		Merchant: m, NewEmail: "neu@nordlicht.example",
		Secret: "whsec_c2VjcmV0", Tested: &pages.WebhookTest{Failed: pages.TestAnswer, Status: 503},
	})})
}

// TestEveryPage: every page is written in both languages. With PAGES_DIR set, it stays in that folder to be looked at.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PAGES_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "static"), 0o750))
	for _, asset := range pages.Assets() {
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(asset.Path)), asset.Content, 0o600))
	}
	for _, l := range language.All {
		for _, shown := range catalogue(l) {
			html := render(t, shown.v, shown.page)
			sound(t, shown.name, html)
			require.NoError(t, os.WriteFile(filepath.Join(dir, shown.name+"-"+l.Name()+".html"), []byte(html), 0o600))
			require.Equal(t, 1, strings.Count(html, "<h1>"), shown.name)
		}
	}
}
