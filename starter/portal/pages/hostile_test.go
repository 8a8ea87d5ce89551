package pages_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// hostile puts a text wherever a person can write.
func hostile(text string) dispute.Case {
	c := opened()
	closed(&c, dispute.ClosedForCustomer)
	d := &c.Dispute
	d.OrderID, d.InvoiceID, d.Complainant.Name, d.Complainant.Email, d.Reason, d.MerchantID = text, text, text, text, dispute.Reason(text), text
	d.Complaint = &dispute.Complaint{Text: text, Files: []dispute.File{{Name: text, Kind: text, Size: 1, Location: text}}}
	c.Statement.Text, c.Statement.Files = text, d.Complaint.Files
	for i := range c.Evidence {
		c.Evidence[i].Text, c.Evidence[i].Files = text, d.Complaint.Files
	}
	for i := range c.Conversation {
		c.Conversation[i].Text = text
	}
	for i := range c.Proposals {
		c.Proposals[i].Message, c.Proposals[i].Answer = text, text
	}
	for i := range c.Rulings {
		c.Rulings[i].Rationale, c.Rulings[i].RuledBy = text, text
	}
	return c
}

// TestHostileTexts: no text of a person becomes markup, turns the direction of writing or passes for a text of ours.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	const markup = `</blockquote><script>alert(1)</script><img src=x onerror="alert(2)">'"{{.}}` + "\u202e\u2066\x1b[31m\x00"
	emoji := strings.Repeat("🙂", dispute.MaxText)
	for _, text := range []string{markup, emoji, "javascript:alert(3)"} {
		for _, party := range audiences {
			x := context()
			x.Merchant, x.WebUI = text, text
			x.FileURL = func(dispute.File) string { return text }
			x.Filled = filled(pages.ActRespond, []pages.Problem{{Kind: pages.ProblemClosed}}, pages.FieldMessage, text)
			x.Drafts = []pages.Draft{{ID: text, Name: text, Kind: text}}
			page := renderCase(t, hostile(text), party, language.German, x)
			if text == markup || text == emoji { // html/template replaces addresses that would run
				sound(t, string(party), page)
			}
			require.NotContains(t, page, "<img")
			require.NotContains(t, page, "<script>")
			require.NotContains(t, page, `href="javascript:`)
			require.NotRegexp(t, "[\u202a-\u202e\u2066-\u2069\x00\x1b]", page)
			if text == emoji && party != dispute.PartyOperator {
				require.Contains(t, page, `dir="auto">`+emoji+"</blockquote>", "the kept text is whole")
			}
		}
	}
}

// TestFormsKeepTheirText: a form that is refused has all that was entered, and what is wrong beside its field.
func TestFormsKeepTheirText(t *testing.T) {
	t.Parallel()
	const text = "Zeile 1\nZeile 2 <b>"
	for act, c := range map[pages.Act]dispute.Case{pages.ActRespond: at(dispute.WaitAgreement), pages.ActEvidence: at(dispute.WaitEvidence)} {
		field := map[pages.Act]string{pages.ActRespond: pages.FieldMessage, pages.ActEvidence: pages.FieldText}[act]
		x := context()
		x.Filled = filled(act, []pages.Problem{{Field: field, Kind: pages.ProblemTooLong, Limit: "5.000"}}, field, text)
		page := renderCase(t, c, dispute.PartyMerchant, language.German, x)
		id := string(act) + "-" + field
		require.Contains(t, page, "\nZeile 1\nZeile 2 &lt;b&gt;</textarea>")
		require.Contains(t, page, `<a href="#`+id+`">`)
		require.Contains(t, page, `id="`+id+`-problem">Der Text ist zu lang. Erlaubt sind 5.000 Zeichen.`)
		require.Contains(t, page, `aria-invalid="true"`)
		require.Contains(t, page, "<title>Fehler: ")
	}
	x := context()
	x.Filled = filled(pages.ActRespond, []pages.Problem{{Kind: pages.ProblemChanged}}, pages.FieldMessage, text)
	page := renderCase(t, at(dispute.WaitDecision), dispute.PartyMerchant, language.German, x)
	require.Contains(t, page, "Zeile 1\nZeile 2 &lt;b&gt;</blockquote>", "the form is gone, and its text is not")
	x.Filled = filled(pages.ActUpload, nil, pages.FieldText, text, pages.FieldKind, "tracking")
	page = renderCase(t, at(dispute.WaitEvidence), dispute.PartyMerchant, language.German, x)
	require.Contains(t, page, "\nZeile 1\nZeile 2 &lt;b&gt;</textarea>", "an upload keeps the text")
	require.Contains(t, page, `<option value="tracking" selected>`)
}
