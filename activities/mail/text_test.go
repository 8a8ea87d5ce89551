package mail_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// mailed is a mail to a party, with the words that say what to do.
type mailed struct {
	occasion        dispute.Occasion
	to              dispute.Party
	german, english string
}

// catalogue lists the mails of the process but that to the desk.
var catalogue = []mailed{
	{
		dispute.OccasionOpened, dispute.PartyMerchant,
		"setzen Sie sich mit Jonas Weiß in Verbindung und reagieren Sie", "contact Jonas Weiß and respond",
	},
	{
		dispute.OccasionOpenedCopy, dispute.PartyMerchant,
		"setzen Sie sich mit Jonas Weiß in Verbindung und reagieren Sie", "contact Jonas Weiß and respond",
	},
	{
		dispute.OccasionReceived, dispute.PartyCustomer,
		"Sie müssen die Rechnung für diese Bestellung vorerst nicht bezahlen", "You do not have to pay the invoice for this order for now",
	},
	{dispute.OccasionReminder7, dispute.PartyMerchant, "bitte reagieren Sie auf diesen Streitfall", "Please respond to this dispute"},
	{dispute.OccasionReminder2, dispute.PartyMerchant, "bitte reagieren Sie jetzt auf diesen Streitfall", "Please respond to this dispute now"},
	{
		dispute.OccasionDeadlineMoved, dispute.PartyMerchant,
		"Ihre Frist, auf diesen Streitfall zu reagieren, wurde geändert", "Your deadline for responding to this dispute has changed",
	},
	{
		dispute.OccasionDeadlineMoved, dispute.PartyCustomer,
		"Ihre Frist, uns den Grund für Ihren Streitfall zu nennen, wurde geändert",
		"Your deadline for telling us the reason for your dispute has changed",
	},
	{
		dispute.OccasionKlarnaStepsIn, dispute.PartyMerchant,
		"Sie müssen im Moment nichts tun", "You do not have to do anything at the moment",
	},
	{
		dispute.OccasionReasonAsked, dispute.PartyCustomer,
		"bitte nennen Sie uns den Grund für Ihren Streitfall", "Please tell us the reason for your dispute",
	},
	{
		dispute.OccasionInformationRequested, dispute.PartyMerchant,
		"bitte schicken Sie uns Ihre Informationen", "Please send us your information",
	},
	{dispute.OccasionMessage, dispute.PartyMerchant, "Jonas Weiß hat Ihnen", "Jonas Weiß has written"},
	{dispute.OccasionMessage, dispute.PartyCustomer, "Käthes Öfen GmbH hat Ihnen", "Käthes Öfen GmbH has written"},
	{dispute.OccasionProposalMade, dispute.PartyMerchant, "Sie erstatten 30,00", "you refund €30.00"},
	{dispute.OccasionProposalMade, dispute.PartyCustomer, "erstattet Ihnen 30,00", "refunds €30.00 to you"},
	{dispute.OccasionProposalDeclined, dispute.PartyMerchant, "hat Ihren Vorschlag 1481 abgelehnt", "has declined your proposal 1481"},
	{dispute.OccasionProposalDeclined, dispute.PartyCustomer, "hat Ihren Vorschlag 1481 abgelehnt", "has declined your proposal 1481"},
	{dispute.OccasionClosed, dispute.PartyMerchant, "Sie erhalten keinen Chargeback", "You receive no chargeback"},
	{dispute.OccasionClosed, dispute.PartyCustomer, "bitte bezahlen Sie 1.234,50", "Please pay €1,234.50"},
}

func TestEveryMailSaysFirstWhatToDoUntilWhen(t *testing.T) {
	t.Parallel()
	for _, entry := range catalogue {
		for locale, first := range map[string]string{german: entry.german, english: entry.english} {
			t.Run(strings.Join([]string{string(entry.occasion), string(entry.to), locale}, "/"), func(t *testing.T) {
				t.Parallel()
				notice := sample(t, entry.occasion, entry.to, locale)
				_, body := render(t, notice)
				paragraphs := strings.Split(body, "\n\n")
				require.Equal(t, map[string]string{german: "Guten Tag ", english: "Hello "}[locale]+notice.To.Name+",", paragraphs[0])
				require.Contains(t, paragraphs[1], first)
				until := map[string]string{
					german:  "bis einschließlich Montag, 21. Dezember 2026",
					english: "until the end of Monday, 21 December 2026",
				}[locale]
				require.Equal(t, !notice.Deadline.IsZero(), strings.Contains(paragraphs[1], until), paragraphs[1])
			})
		}
	}
}

func TestEveryDeadlineSaysWhatSilenceCosts(t *testing.T) {
	t.Parallel()
	costs := map[dispute.Party]map[string]string{
		dispute.PartyMerchant: {german: "Chargeback über 1.234,50\u00a0€: Dieser Betrag wird Ihnen belastet.", english: "chargeback of €1,234.50: this amount will be debited from you."},
		dispute.PartyCustomer: {german: "endet der Streitfall zugunsten von Käthes Öfen GmbH.", english: "the dispute ends in favour of Käthes Öfen GmbH."},
	}
	for _, entry := range catalogue {
		for locale, cost := range costs[entry.to] {
			notice := sample(t, entry.occasion, entry.to, locale)
			if notice.Deadline.IsZero() {
				continue
			}
			_, body := render(t, notice)
			require.Contains(t, body, cost, entry.occasion)
		}
	}
}

func TestEveryMailHasItsFacts(t *testing.T) {
	t.Parallel()
	words := map[string][]string{
		german:  {"Streitfall: d-2026-17", "Grund: Ware nicht erhalten", "Bestellung: A-1042", "Rechnung: R-88-1042", "im Auftrag von Klarna"},
		english: {"Dispute: d-2026-17", "Reason: Goods not received", "Order: A-1042", "Invoice: R-88-1042", "on behalf of Klarna"},
	}
	other := map[dispute.Party]string{dispute.PartyMerchant: ": Jonas Weiß\n", dispute.PartyCustomer: ": Käthes Öfen GmbH\n"}
	for _, entry := range catalogue {
		for locale, expected := range words {
			subject, body := render(t, sample(t, entry.occasion, entry.to, locale))
			require.Contains(t, subject, "d-2026-17")
			for _, fact := range expected {
				require.Contains(t, body, fact, entry.occasion)
			}
			require.Contains(t, body, other[entry.to], entry.occasion)
			require.Contains(t, body, map[string]string{german: "1.234,50\u00a0€", english: "€1,234.50"}[locale], entry.occasion)
		}
	}
}

// TestMailInPlaceOfPortal: a merchant whose webhook does not take messages answers by e-mail and learns why.
func TestMailInPlaceOfPortal(t *testing.T) {
	t.Parallel()
	for _, entry := range catalogue {
		for locale, words := range map[string][2]string{
			german:  {"Antworten Sie einfach auf diese E-Mail", "weil Ihr eigenes System sie nicht angenommen hat"},
			english: {"Just reply to this e-mail", "because your own system did not accept it"},
		} {
			notice := sample(t, entry.occasion, entry.to, locale)
			_, without := render(t, notice)
			require.NotContains(t, without, words[1])
			notice.Merchant.PortalActive, notice.Merchant.Webhook.URL = true, "https://shop.example"
			_, with := render(t, notice)
			inPlace := entry.to == dispute.PartyMerchant && entry.occasion != dispute.OccasionOpenedCopy
			require.Equal(t, inPlace, strings.Contains(with, words[1]), entry.occasion)
			if inPlace && entry.occasion != dispute.OccasionClosed {
				require.Contains(t, with, words[0], entry.occasion)
			}
		}
	}
}

func TestDeadlineWithinADay(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionReminder2, dispute.PartyMerchant, german)
	notice.Deadline = notice.Deadline.Add(-8*time.Hour - 30*time.Minute)
	subject, body := render(t, notice)
	require.Contains(t, subject, "bitte bis 21. Dezember 2026, 15:30 Uhr reagieren")
	require.Contains(t, body, "bis Montag, 21. Dezember 2026, 15:30 Uhr")
	notice.To.Locale = english
	subject, body = render(t, notice)
	require.Contains(t, subject, "please respond by 15:30 on 21 December 2026")
	require.Contains(t, body, "until 15:30 on Monday, 21 December 2026")
}

func TestMovedDeadline(t *testing.T) {
	t.Parallel()
	for locale, words := range map[string][2]string{
		german:  {"Kürzere Frist", "Achtung: Das ist früher als bisher."},
		english: {"Earlier deadline", "Please note: this is earlier than before."},
	} {
		for _, to := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			notice := sample(t, dispute.OccasionDeadlineMoved, to, locale)
			subject, body := render(t, notice)
			require.NotContains(t, subject+body, words[0])
			require.NotContains(t, subject+body, words[1])
			require.Contains(t, body, "> Käthe ist bis Freitag krank.\n> Abgesprochen am Telefon.\n")
			notice.Shortened = true
			subject, body = render(t, notice)
			require.Contains(t, subject, words[0])
			require.Contains(t, body, words[1])
		}
	}
}

func TestMovedDeadlineSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for locale, words := range map[string][2]string{
		german: {"Bis zum Ende der Frist können Sie sich auch mit Jonas Weiß einigen", "Ihre Frist, uns Ihre Informationen zu dieser Reklamation zu schicken, wurde geändert"},
		english: {
			"Until the deadline you can also reach an agreement with Jonas Weiß", "Your deadline for sending us your information about this complaint has changed",
		},
	} {
		notice := sample(t, dispute.OccasionDeadlineMoved, dispute.PartyMerchant, locale)
		_, window := render(t, notice)
		require.Contains(t, window, words[0])
		notice.State = dispute.StateEvidencePending
		_, evidence := render(t, notice)
		require.Contains(t, strings.Split(evidence, "\n\n")[1], words[1])
		require.NotContains(t, evidence, words[0])
	}
}

func TestEveryReasonHasItsWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, locale := range []string{german, english} {
		for _, reason := range dispute.Reasons {
			notice := sample(t, dispute.OccasionInformationRequested, dispute.PartyMerchant, locale)
			notice.Dispute.Reason = reason
			_, body := render(t, notice)
			_, rest, _ := strings.Cut(body, map[string]string{german: "Grund: ", english: "Reason: "}[locale])
			words, _, _ := strings.Cut(rest, "\n")
			require.NotContains(t, words, "_")
			require.False(t, seen[words], words)
			seen[words] = true
		}
	}
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	notice.Dispute.Reason = "something_new"
	_, body := render(t, notice)
	require.Contains(t, body, "Grund: something new\n")
}

func TestRulingAsked(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionRulingAsked, dispute.PartyDesk, german)
	subject, body := render(t, notice)
	require.Contains(t, subject, "Please make the final decision")
	for _, part := range []string{
		"Hello,\n", "workflow dispute-d-2026-17.",
		`    starter rule d-2026-17 --stage decision --in-favour-of merchant --ruled-by "your name" --rationale "your reasons"` + "\n",
		`    starter rule d-2026-17 --stage decision --in-favour-of customer --ruled-by "your name" --rationale "your reasons"` + "\n",
		"Amount in dispute: €1,234.50", "Customer: Jonas Weiß\nMerchant: Käthes Öfen GmbH", "> Das Paket ist nie angekommen.",
		"> Zugestellt laut Sendungsverfolgung.\nFile: zustellung.pdf (proof of delivery, 48213 bytes)\n" +
			"Location: https://files.example.net/zustellung.pdf\nSHA-256: " + strings.Repeat("ab", 32) + "\n",
		"> Auf Nachfrage beim Boten: Nachbar.",
	} {
		require.Contains(t, body, part)
	}
	notice.Stage, notice.Evidence = dispute.StageJustification, nil
	_, body = render(t, notice)
	require.Contains(t, body, "Please rule whether the complaint is justified")
	for _, verdict := range []string{"--justified", "--justified=false"} {
		require.Contains(t, body, "    starter rule d-2026-17 --stage justification "+verdict+` --ruled-by "your name" --rationale "your reasons"`+"\n")
	}
	require.Contains(t, body, "The merchant's evidence\nNone.\n")
}

func TestLanguageFollowsTheReader(t *testing.T) {
	t.Parallel()
	for locale, salutation := range map[string]string{
		"de": "Guten Tag", "de-AT": "Guten Tag", "de_CH": "Guten Tag", "DE-de": "Guten Tag",
		"": "Hello", "en": "Hello", "sv-SE": "Hello", "del": "Hello", "nonsense": "Hello",
	} {
		_, body := render(t, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, locale))
		require.True(t, strings.HasPrefix(body, salutation), locale)
	}
}

func TestAmountsFollowTheReader(t *testing.T) {
	t.Parallel()
	for locale, amount := range map[string]string{"de-CH": "€\u00a01'234.50", "sv-SE": "1\u00a0234,50\u00a0€", "": "€1,234.50"} {
		_, body := render(t, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, locale))
		require.Contains(t, body, amount, locale)
	}
}

func TestForeignWordsCannotPassForOurs(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionInformationRequested, dispute.PartyMerchant, german)
	notice.Statement = "Nie gekommen.\r\n\r\nViele Grüße\rStreitfall\u2028\u202eegnuldiM \x1b[1m{{.ID}} "
	notice.Dispute.Complainant.Name = "Jonas\r\nSubject: Weiß\n\nGuten Tag"
	subject, body := rendered(t, notice)
	require.NotContains(t, subject, "\n")
	require.Contains(t, body, "Jonas Subject: Weiß Guten Tag nennt diesen Grund:\n"+
		"> Nie gekommen.\n>\n> Viele Grüße\n> Streitfall\n> egnuldiM [1m{{.ID}}\n\n")
}

// TestEveryOccasionHasAMail: each has its sample facts and a text in both languages, which the tests of this file read.
func TestEveryOccasionHasAMail(t *testing.T) {
	t.Parallel()
	for _, occasion := range dispute.Occasions {
		for _, to := range occasion.Recipients() {
			for _, locale := range []string{german, english} {
				render(t, sample(t, occasion, to, locale))
			}
			read := slices.ContainsFunc(catalogue, func(entry mailed) bool { return entry.occasion == occasion && entry.to == to })
			require.True(t, read || to == dispute.PartyDesk, "%s to the %s is missing in catalogue", occasion, to)
		}
	}
}

func TestLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	names := func(language string) (found []string) {
		entries, err := os.ReadDir("templates/" + language)
		require.NoError(t, err)
		for _, entry := range entries {
			found = append(found, entry.Name())
		}
		return found
	}
	// The desk reads English.
	require.ElementsMatch(t, names("en"), append(names("de"), "ruling-asked.tmpl"))
}

func TestUnknownOccasionIsNoRefusal(t *testing.T) {
	t.Parallel()
	_, _, err := mail.Render(mail.Sender{From: from}, sample(t, "birthday", dispute.PartyCustomer, german))
	require.ErrorContains(t, err, "no mail template for birthday to the customer")
	require.Empty(t, dispute.CodeOf(err))
}

// render returns a mail's text and checks what holds for each.
func render(t *testing.T, notice dispute.Notice) (subject, body string) {
	t.Helper()
	subject, body = rendered(t, notice)
	for _, slip := range []string{"<no value>", "{{", "}}", "%!", " \n", "\n\n\n", "<nil>", "0001", " ,", " .", "()"} {
		require.NotContains(t, subject+"\n"+body, slip)
	}
	require.LessOrEqual(t, len(subject), 160)
	return subject, body
}

func rendered(t *testing.T, notice dispute.Notice) (subject, body string) {
	t.Helper()
	subject, body, err := mail.Render(mail.Sender{From: from}, notice)
	require.NoError(t, err)
	require.NotEmpty(t, subject)
	return subject, body
}

// TestCopies: a merchant who uses the portal reads why an e-mail comes as well.
func TestCopies(t *testing.T) {
	t.Parallel()
	why := map[string]string{
		german:  "Sie erhalten diese E-Mail, weil das in Ihren Benachrichtigungseinstellungen so festgelegt ist",
		english: "You are receiving this e-mail because your notification settings ask for it",
	}
	beside := map[string]string{
		german:  "Sie erhalten diese E-Mail zusätzlich zur Meldung an Ihr eigenes System, weil",
		english: "You are receiving this e-mail in addition to the message to your own system because",
	}
	for _, entry := range catalogue {
		if entry.to != dispute.PartyMerchant || entry.occasion.IsCopy() {
			continue
		}
		for locale, reason := range why {
			notice := sample(t, entry.occasion, entry.to, locale)
			notice.Merchant.PortalActive = true
			subject, body := render(t, notice)
			require.NotContains(t, body, reason)
			notice.Key.Occasion = entry.occasion.Copy()
			copied, text := render(t, notice)
			require.Contains(t, text, reason, entry.occasion)
			require.NotContains(t, text, "did not accept it")
			require.NotContains(t, text, "nicht angenommen hat")
			require.Equal(t, subject, copied)
			notice.Merchant.Webhook.URL = "https://shop.example"
			_, text = render(t, notice)
			require.Contains(t, text, beside[locale], entry.occasion)
		}
	}
}

// TestDeadlineMovedByUs: the party reads in its language why we have moved the deadline, and no operator's reason.
func TestDeadlineMovedByUs(t *testing.T) {
	t.Parallel()
	for move, words := range map[string]map[string]string{
		dispute.MoveOutage:   {german: "waren unsere Systeme nicht erreichbar", english: "Our systems were not available"},
		dispute.MoveTakeover: {german: "Die spätere Frist, die wir Ihnen schon genannt hatten, gilt weiter.", english: "The later deadline that we had already given you still counts."},
	} {
		for locale, sentence := range words {
			for _, to := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
				notice := sample(t, dispute.OccasionDeadlineMoved, to, locale)
				_, body := render(t, notice)
				require.NotContains(t, body, sentence)
				notice.Move = move
				_, body = render(t, notice)
				require.Contains(t, body, sentence)
				require.NotContains(t, body, "> ")
				require.NotContains(t, body, move)
			}
		}
	}
}
