package pages_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// leads are what the pages begin with, by audience and wait; "" is a closed dispute.
var leads = map[dispute.Party]map[dispute.Wait][2]string{
	dispute.PartyMerchant: {
		dispute.WaitPause:             {"Der Streitfall wird gerade eröffnet", "The dispute is being opened"},
		dispute.WaitNotification:      {"Der Streitfall wird gerade eröffnet", "The dispute is being opened"},
		dispute.WaitRetryNotification: {"Der Streitfall wird gerade eröffnet", "The dispute is being opened"},
		dispute.WaitAgreement: {
			"Reagieren Sie nicht, werden Ihnen 129,90\u00a0€ belastet",
			"If you do not respond, €129.90 will be debited from you",
		},
		dispute.WaitStatement:     {"Jonas Weiß ist an der Reihe", "It is Jonas Weiß’s turn"},
		dispute.WaitJustification: {"Klarna prüft die Reklamation", "Klarna is examining the complaint"},
		dispute.WaitEvidence: {
			"Antworten Sie nicht, werden Ihnen 129,90\u00a0€ belastet",
			"If you do not answer, €129.90 will be debited from you",
		},
		dispute.WaitDecision:        {"Klarna entscheidet", "Klarna is deciding"},
		dispute.WaitSettlement:      {"Der Streitfall ist entschieden", "The dispute is decided"},
		dispute.WaitClosingMessages: {"Ihnen werden 129,90\u00a0€ belastet (Chargeback)", "€129.90 is debited from you (chargeback)"},
		"":                          {"Ihnen werden 129,90\u00a0€ belastet (Chargeback)", "€129.90 is debited from you (chargeback)"},
	},
	dispute.PartyCustomer: {
		dispute.WaitPause:             {"Ihre Reklamation ist angekommen", "Your complaint has arrived"},
		dispute.WaitNotification:      {"Ihre Reklamation ist angekommen", "Your complaint has arrived"},
		dispute.WaitRetryNotification: {"Ihre Reklamation ist angekommen", "Your complaint has arrived"},
		dispute.WaitAgreement:         {"Nordlicht Versand GmbH muss jetzt reagieren", "Nordlicht Versand GmbH has to respond now"},
		dispute.WaitStatement:         {"Sie bekommen die 129,90\u00a0€ nicht gutgeschrieben", "the €129.90 will not be credited to you"},
		dispute.WaitJustification:     {"Klarna prüft Ihren Fall", "Klarna is examining your case"},
		dispute.WaitEvidence:          {"Klarna prüft Ihren Fall", "Klarna is examining your case"},
		dispute.WaitDecision:          {"Klarna prüft Ihren Fall", "Klarna is examining your case"},
		dispute.WaitSettlement:        {"Ihr Fall ist entschieden", "Your case is decided"},
		dispute.WaitClosingMessages:   {"Klarna zahlt Ihnen 64,95\u00a0€ zurück", "Klarna pays €64.95 back to you"},
		"":                            {"Klarna zahlt Ihnen 64,95\u00a0€ zurück", "Klarna pays €64.95 back to you"},
	},
	dispute.PartyDesk: {
		dispute.WaitAgreement:     {"Hier ist gerade nichts zu entscheiden", "There is nothing to rule on here"},
		dispute.WaitJustification: {"Ist die Reklamation gerechtfertigt?", "is the complaint justified?"},
		dispute.WaitDecision:      {"Bitte entscheiden Sie endgültig", "Please make the final decision"},
		"":                        {"Der Streitfall ist abgeschlossen", "The dispute is closed"},
	},
	dispute.PartyOperator: {
		dispute.WaitRetryNotification: {"Bei diesem Streitfall besteht Handlungsbedarf", "This dispute needs your attention"},
		dispute.WaitAgreement:         {"Er wartet auf: Einigung", "It is waiting for: agreement"},
		"":                            {"Der Streitfall ist abgeschlossen", "The dispute is closed"},
	},
}

func TestCaseBeginsWithWhatToDo(t *testing.T) {
	t.Parallel()
	for party, waits := range leads {
		for wait, sentences := range waits {
			for i, l := range language.All {
				page := renderCase(t, at(wait), party, l, context())
				lead := page[strings.Index(page, `class="lead`):]
				lead = lead[:strings.Index(lead, "</section>")]
				require.Contains(t, lead, sentences[i], "%s %s", party, wait)
				hasDeadline := strings.Contains(lead, "<time")
				c := at(wait).For(party)
				if party == dispute.PartyMerchant || party == dispute.PartyCustomer {
					require.Equal(t, c.RunningPeriod() != nil && c.WaitingFor == c.RunningPeriod().WaitingFor, hasDeadline, "%s %s", party, wait)
				}
				require.NotContains(t, page, "1970", "%s %s", party, wait)
				require.NotContains(t, page, "UTC", "%s %s", party, wait)
			}
		}
	}
}

// TestTurnOfAnAgreement: the page says whose turn it is, as the list does; a proposal that stands can be answered all the same.
func TestTurnOfAnAgreement(t *testing.T) {
	t.Parallel()
	const act = `class="lead act"`
	quiet := talking() // nothing stands
	quiet.Proposals = quiet.Proposals[:1]
	for _, c := range []struct {
		name        string
		c           dispute.Case
		party, turn dispute.Party
		acts        bool
		want        [2]string
	}{
		{"new", at(dispute.WaitAgreement), dispute.PartyMerchant, dispute.PartyMerchant, true, [2]string{"Bitte reagieren Sie", "Please respond"}},
		{"silent", at(dispute.WaitAgreement), dispute.PartyMerchant, dispute.PartyCustomer, true, [2]string{"Bitte reagieren Sie", "Please respond"}},
		{"new", at(dispute.WaitAgreement), dispute.PartyCustomer, dispute.PartyMerchant, false, [2]string{"muss jetzt reagieren", "has to respond now"}},
		{"said", quiet, dispute.PartyMerchant, dispute.PartyCustomer, false, [2]string{"Jonas Weiß ist an der Reihe", "It is Jonas Weiß’s turn"}},
		{"said", quiet, dispute.PartyCustomer, dispute.PartyCustomer, true, [2]string{"können sich jetzt einigen", "can now come to an agreement"}},
		{"told", quiet, dispute.PartyMerchant, dispute.PartyMerchant, true, [2]string{"Einigen Sie sich mit", "Come to an agreement with"}},
		{"told", quiet, dispute.PartyCustomer, dispute.PartyMerchant, false, [2]string{merchant + " ist an der Reihe", "It is " + merchant + "’s turn"}},
		{"proposed", talking(), dispute.PartyMerchant, dispute.PartyMerchant, true, [2]string{"schlägt vor: Sie erstatten", "proposes: you refund"}},
		{"stands", talking(), dispute.PartyMerchant, dispute.PartyCustomer, false, [2]string{"Ein Vorschlag wartet noch auf Ihre Antwort", "A proposal is still waiting for your answer"}},
	} {
		for i, l := range language.All {
			x := context()
			x.Turn = c.turn
			page := renderCase(t, c.c, c.party, l, x)
			lead := page[strings.Index(page, `class="lead`):]
			lead = lead[:strings.Index(lead, "</section>")]
			require.Contains(t, lead, c.want[i], "%s, %s", c.name, c.party)
			require.Equal(t, c.acts, strings.HasPrefix(lead, act), "%s, %s: %s", c.name, c.party, lead)
		}
	}
}

// TestDeadlines: a deadline is its last day in the zone of the dispute's calendar, with the business days that are left.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int][2]string{
		0: {"noch 8 Geschäftstage", "8 business days left"}, 9 * 24: {"noch 1 Geschäftstag<", "1 business day left"},
		12 * 24: {"Heute ist der letzte Tag", "Today is the last day"}, 13 * 24: {"abgelaufen", "passed"},
	} {
		for i, l := range language.All {
			v := viewer(dispute.PartyMerchant, l)
			v.Now = now.Add(time.Duration(hours) * time.Hour)
			page := render(t, v, pages.MerchantCase(at(dispute.WaitAgreement), v, context()))
			require.Contains(t, page, want[i])
			require.Contains(t, page, []string{
				"bis einschließlich Montag, 21.\u00a0Dezember\u00a02026</time> <span class=\"zone\">(Ortszeit Berlin)",
				"until the end of Monday, 21\u00a0December\u00a02026</time> <span class=\"zone\">(Berlin time)",
			}[i])
			require.Contains(t, page, `datetime="2026-12-22T00:00:00&#43;01:00"`)
		}
	}
}

// TestLargestFile: the browser is told the largest file.
func TestLargestFile(t *testing.T) {
	t.Parallel()
	page := renderCase(t, at(dispute.WaitEvidence), dispute.PartyMerchant, language.English, context())
	require.Contains(t, page, `data-max="7340032" data-too-large="This file is larger than 7 MB."`)
	require.Contains(t, page, "at most 7\u00a0MB each, at most 10 files")
}

// TestOnlyWhatIsPossible: a page has the forms of what the dispute takes now, and no other ones.
func TestOnlyWhatIsPossible(t *testing.T) {
	t.Parallel()
	all := []pages.Act{
		pages.ActRespond, pages.ActPropose, pages.ActAnswer, pages.ActEvidence, pages.ActReason, pages.ActAcceptLoss, pages.ActWithdraw,
		pages.ActPay,
		pages.ActRule, pages.ActRetry, pages.ActMove, pages.ActCancel,
	}
	possible := func(c dispute.Case, party dispute.Party, wants ...pages.Act) {
		page := renderCase(t, c, party, language.German, context())
		for _, act := range all {
			require.Equal(t, slices.Contains(wants, act), strings.Contains(page, `"`+pages.ActPath("kd-2026-0001", act)+`"`), "%s %s: %s",
				party, c.WaitingFor, act)
		}
	}
	m, c, d, o := dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator
	possible(at(dispute.WaitPause), m, pages.ActAcceptLoss)
	possible(at(dispute.WaitPause), c, pages.ActWithdraw)
	possible(at(dispute.WaitAgreement), m, pages.ActRespond, pages.ActPropose, pages.ActEvidence, pages.ActAcceptLoss)
	possible(talking(), m, pages.ActRespond, pages.ActPropose, pages.ActAnswer, pages.ActEvidence, pages.ActAcceptLoss)
	possible(talking(), c, pages.ActRespond, pages.ActPropose, pages.ActWithdraw, pages.ActPay)
	possible(at(dispute.WaitStatement), m, pages.ActPropose, pages.ActAcceptLoss)
	possible(at(dispute.WaitStatement), c, pages.ActReason, pages.ActPropose, pages.ActWithdraw, pages.ActPay)
	possible(at(dispute.WaitEvidence), m, pages.ActEvidence, pages.ActPropose, pages.ActAcceptLoss)
	possible(at(dispute.WaitEvidence), c, pages.ActPropose, pages.ActWithdraw, pages.ActPay)
	possible(at(dispute.WaitJustification), d, pages.ActRule)
	possible(at(dispute.WaitDecision), d, pages.ActRule)
	possible(at(dispute.WaitEvidence), d)
	possible(at(dispute.WaitAgreement), o, pages.ActMove, pages.ActCancel)
	possible(at(dispute.WaitRetryNotification), o, pages.ActRetry, pages.ActCancel)
	for _, wait := range []dispute.Wait{dispute.WaitSettlement, ""} {
		for _, party := range audiences {
			possible(at(wait), party)
		}
	}
	full := talking()
	for range 20 {
		full.Conversation = append(full.Conversation, dispute.Remark{By: m, Text: "…", At: now})
	}
	possible(full, m, pages.ActPropose, pages.ActAnswer, pages.ActEvidence, pages.ActAcceptLoss)
	possible(full, c, pages.ActRespond, pages.ActPropose, pages.ActWithdraw, pages.ActPay)
}

// TestNothingOfTheOtherSide: a party's page has nothing that is for the other one, the desk or operators.
func TestNothingOfTheOtherSide(t *testing.T) {
	t.Parallel()
	secrets := map[dispute.Party][]string{
		dispute.PartyMerchant: {"jonas@kunde.example", "desk-name", "desk-rationale", "video.pdf", "customer-queue", "secret-answer", "c-7"},
		dispute.PartyCustomer: {
			"desk-name", "desk-rationale", "early-evidence", "requested-evidence", "mails.pdf", "zustellung.pdf",
			"merchant-queue", "secret-answer", "new@nordlicht",
		},
		dispute.PartyDesk: {"jonas@kunde.example", "new@nordlicht", "merchant-queue", "customer-queue", "secret-answer"},
	}
	for party, words := range secrets {
		for _, wait := range append(slices.Clone(dispute.Waits), "") {
			c := at(wait)
			c.Corrected.Merchant, c.Attention = "new@nordlicht.example", []dispute.Cause{dispute.CauseStalled}
			if party == dispute.PartyMerchant {
				c.Corrected.Merchant, c.Corrected.Customer = "", "jonas@kunde.example"
			}
			page := renderCase(t, c, party, language.English, context())
			for _, word := range words {
				require.NotContains(t, page, word, "%s %s", party, wait)
			}
			require.NotContains(t, page, "Stalled")
		}
	}
	merchantBefore := renderCase(t, at(dispute.WaitJustification), dispute.PartyMerchant, language.English, context())
	require.NotContains(t, merchantBefore, "statement-of-the-customer", "the merchant gets it with the request for information")
	require.Contains(t, renderCase(t, at(dispute.WaitEvidence), dispute.PartyMerchant, language.English, context()), "statement-of-the-customer")
	customerThen := renderCase(t, at(dispute.WaitEvidence), dispute.PartyCustomer, language.English, context())
	require.NotContains(t, customerThen, "time to send the information", "the customer does not know of the request")
}

// TestResults: the money is what was settled, for both parties.
func TestResults(t *testing.T) {
	t.Parallel()
	for _, reason := range dispute.ClosingReasons {
		c := opened()
		closed(&c, reason)
		m := renderCase(t, c, dispute.PartyMerchant, language.English, context())
		k := renderCase(t, c, dispute.PartyCustomer, language.English, context())
		switch reason.Outcome() {
		case dispute.OutcomeLost:
			require.Contains(t, m, "Closed: €129.90 is debited from you (chargeback)", reason)
			require.Contains(t, m, "Klarna pays €64.95 back to Jonas Weiß.", reason)
			require.Contains(t, k, "You do not have to pay anything more", reason)
		case dispute.OutcomeSettled:
			require.Contains(t, m, "Closed: €50.00 is debited from you, as agreed", reason)
			require.Contains(t, m, "Jonas Weiß pays €14.95 to Klarna, due on Wednesday, 23\u00a0December\u00a02026.", reason)
			require.Contains(t, k, "Please pay €14.95 to Klarna", reason)
		default:
			require.Contains(t, m, "Closed: nothing is debited from you", reason)
			require.Contains(t, k, "Please pay €64.95", reason)
			require.Contains(t, k, "Due on Wednesday, 23\u00a0December\u00a02026. Please state the invoice number R-2026-4711.", reason)
		}
	}
}

// TestAgreed: after an agreement, the page says what was agreed and by whom, and nothing of the time before as if it lasted.
func TestAgreed(t *testing.T) {
	t.Parallel()
	c := opened()
	closed(&c, dispute.ClosedByAgreement)
	c.Proposals[0].State, c.Proposals[1].State = dispute.ProposalExpired, dispute.ProposalAccepted
	c.Proposals[1].EndedAt = day(9, 9)
	reported := c
	reported.Proposals = nil
	reported.Agreement = &dispute.ReportedAgreement{At: day(9, 9), Agreement: dispute.Agreement{
		Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer,
	}}
	for i, l := range language.All {
		m, k := renderCase(t, c, dispute.PartyMerchant, l, context()), renderCase(t, c, dispute.PartyCustomer, l, context())
		require.Contains(t, m, []string{"Sie haben sich anders geeinigt", "you reached another agreement"}[i])
		require.Contains(t, renderCase(t, c, dispute.PartyDesk, l, context()), []string{
			"Händler und Kunde haben sich anders geeinigt", "merchant and customer reached another agreement",
		}[i])
		require.Contains(t, m, []string{"Sie haben Vorschlag 2108 angenommen", "You came to an agreement: you accepted proposal 2108"}[i])
		require.Contains(t, k, []string{merchant + " hat Vorschlag 2108 angenommen", merchant + " accepted proposal 2108"}[i])
		require.Contains(t, renderCase(t, reported, dispute.PartyCustomer, l, context()), []string{"Sie haben sich geeinigt<", "You came to an agreement<"}[i])
		paused := []string{"Rechnung pausiert seit", "Invoice paused since"}[i]
		require.NotContains(t, m, paused)
		require.Contains(t, renderCase(t, talking(), dispute.PartyMerchant, l, context()), paused)
	}
	closed(&c, dispute.ClosedForMerchant)
	c.Proposals[1].State = dispute.ProposalExpired
	require.Contains(t, renderCase(t, c, dispute.PartyMerchant, language.English, context()), "the dispute ended otherwise")
}

// TestAfterAResponse: who has responded is told what silence can still cost.
func TestAfterAResponse(t *testing.T) {
	t.Parallel()
	c := talking()
	c.Proposals[1].State = dispute.ProposalDeclined
	for i, l := range language.All {
		m := renderCase(t, c, dispute.PartyMerchant, l, context())
		require.Contains(t, m, []string{
			"Einigen Sie sich nicht, greift Klarna ein, und Ihnen können 129,90\u00a0€ belastet werden (Chargeback).",
			"If you do not agree, Klarna steps in, and €129.90 may be debited from you (chargeback).",
		}[i])
		require.Contains(t, m, []string{
			"um Informationen, müssen Sie darauf antworten; antworten Sie nicht, werden Ihnen 129,90\u00a0€ belastet.",
			"for information later, you have to answer that; if you do not, €129.90 will be debited from you.",
		}[i])
	}
}

// TestNoMoreMessages: once the time for an agreement is over, the page says that writing is over and proposing is not.
func TestNoMoreMessages(t *testing.T) {
	t.Parallel()
	for _, wait := range []dispute.Wait{dispute.WaitStatement, dispute.WaitJustification, dispute.WaitDecision} {
		for i, l := range language.All {
			words := []string{"weiterhin eine Lösung vorschlagen und sich einigen", "you can still propose a solution and come to an agreement"}[i]
			require.Contains(t, renderCase(t, at(wait), dispute.PartyMerchant, l, context()), words, wait)
			if wait != dispute.WaitStatement { // there the customer has to act
				require.Contains(t, renderCase(t, at(wait), dispute.PartyCustomer, l, context()), words, wait)
			}
		}
	}
}

// TestOperatorReadsWhatIsSo: an operator reads of a message that nobody has taken without a channel, of a closed dispute not
// what it waits for, and first what helps.
func TestOperatorReadsWhatIsSo(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		refused := renderCase(t, at(dispute.WaitRetryNotification), dispute.PartyOperator, l, context())
		require.Contains(t, refused, []string{"Nachricht an Händler: Streitfall eröffnet, abgelehnt", "Message to merchant: dispute opened, refused"}[i])
		waits := []string{"Wartet auf", "Waiting for"}[i]
		require.Contains(t, refused, waits)
		require.NotContains(t, renderCase(t, at(""), dispute.PartyOperator, l, context()), waits)
		failed := at(dispute.WaitAgreement)
		failed.Attention = []dispute.Cause{dispute.CauseMessageFailed}
		page := renderCase(t, failed, dispute.PartyOperator, l, context())
		require.Less(t, strings.Index(page, `id="acknowledge-`), strings.Index(page, `id="move-deadline`), "what helps comes first")
	}
}

// TestUnavailableForDeadlines: who has a deadline reads that an outage extends it.
func TestUnavailableForDeadlines(t *testing.T) {
	t.Parallel()
	for party, has := range map[dispute.Party]bool{
		dispute.PartyMerchant: true, dispute.PartyCustomer: true, dispute.PartyDesk: false, dispute.PartyOperator: false,
	} {
		v := viewer(party, language.English)
		page := render(t, v, pages.Unavailable(summaries(dispute.WaitAgreement)[0], v, context()))
		require.Equal(t, has, strings.Contains(page, "If a deadline falls into an outage"), party)
	}
}
