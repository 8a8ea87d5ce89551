package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// closings has the sentence for each closing reason: to the merchant and to the customer, in German and in English.
var closings = map[dispute.ClosingReason]map[dispute.Party][2]string{
	dispute.ClosedByAgreement: {
		dispute.PartyMerchant: {"Sie haben sich mit Jonas Weiß geeinigt.", "You reached an agreement with Jonas Weiß."},
		dispute.PartyCustomer: {"Sie haben sich mit Käthes Öfen GmbH geeinigt.", "You reached an agreement with Käthes Öfen GmbH."},
	},
	dispute.ClosedByWithdrawal: {
		dispute.PartyMerchant: {"Jonas Weiß hat die Reklamation zurückgezogen.", "Jonas Weiß withdrew the complaint."},
		dispute.PartyCustomer: {"Sie haben Ihre Reklamation zurückgezogen.", "You withdrew your complaint."},
	},
	dispute.ClosedNotSubstantiated: {
		dispute.PartyMerchant: {"Jonas Weiß hat den Grund für den Streitfall nicht innerhalb der Frist genannt.", "Jonas Weiß did not give the reason"},
		dispute.PartyCustomer: {"Sie haben uns den Grund für den Streitfall nicht innerhalb der Frist genannt.", "You did not give us the reason"},
	},
	dispute.ClosedNotJustified: {
		dispute.PartyMerchant: {"Klarna hält die Reklamation nicht für gerechtfertigt.", "Klarna does not consider the complaint justified."},
		dispute.PartyCustomer: {"Klarna hält Ihre Reklamation nicht für gerechtfertigt.", "Klarna does not consider your complaint justified."},
	},
	dispute.ClosedForMerchant: {
		dispute.PartyMerchant: {"Klarna hat endgültig zu Ihren Gunsten entschieden.", "Klarna made the final decision in your favour."},
		dispute.PartyCustomer: {"endgültig zugunsten von Käthes Öfen GmbH entschieden.", "the final decision in favour of Käthes Öfen GmbH."},
	},
	dispute.ClosedLossAccepted: {
		dispute.PartyMerchant: {"Sie haben die Reklamation anerkannt.", "You accepted the complaint."},
		dispute.PartyCustomer: {"Käthes Öfen GmbH hat Ihre Reklamation anerkannt.", "Käthes Öfen GmbH accepted your complaint."},
	},
	dispute.ClosedMerchantSilent: {
		dispute.PartyMerchant: {"Sie haben nicht innerhalb der Frist reagiert.", "You did not respond in time."},
		dispute.PartyCustomer: {"Käthes Öfen GmbH hat nicht innerhalb der Frist reagiert.", "Käthes Öfen GmbH did not respond in time."},
	},
	dispute.ClosedNoInformation: {
		dispute.PartyMerchant: {"Sie haben uns die erbetenen Informationen nicht", "You did not send us the requested information"},
		dispute.PartyCustomer: {"Käthes Öfen GmbH hat die erbetenen Informationen nicht", "Käthes Öfen GmbH did not send the requested information"},
	},
	dispute.ClosedForCustomer: {
		dispute.PartyMerchant: {"Klarna hat endgültig zugunsten von Jonas Weiß entschieden.", "the final decision in favour of Jonas Weiß."},
		dispute.PartyCustomer: {"Klarna hat endgültig zu Ihren Gunsten entschieden.", "Klarna made the final decision in your favour."},
	},
	dispute.ClosedByOperator: {
		dispute.PartyMerchant: {"Der Streitfall wurde ohne Entscheidung beendet.", "The dispute was ended without a decision."},
		dispute.PartyCustomer: {"Der Streitfall wurde ohne Entscheidung beendet.", "The dispute was ended without a decision."},
	},
}

// consequences has the money of an unpaid invoice that was disputed as a whole, by whether the merchant lost.
var consequences = map[bool]map[dispute.Party][2]string{
	true: { // charged back
		dispute.PartyMerchant: {
			"Sie erhalten einen Chargeback über 1.234,50\u00a0€: Dieser Betrag wird Ihnen belastet.",
			"You receive a chargeback of €1,234.50: this amount is debited from you.",
		},
		dispute.PartyCustomer: {
			"Der strittige Betrag von 1.234,50\u00a0€ wurde Ihnen gutgeschrieben.",
			"The disputed amount of €1,234.50 was credited to you.",
		},
	},
	false: {
		dispute.PartyMerchant: {
			"Die Rechnung wurde reaktiviert, und die Bestellung muss bezahlt werden.",
			"The invoice was reactivated, and the order has to be paid.",
		},
		dispute.PartyCustomer: {
			"Ihre Rechnung wurde reaktiviert, und die Bestellung muss bezahlt werden.",
			"Your invoice was reactivated, and the order has to be paid.",
		},
	},
}

func TestClosingReasons(t *testing.T) {
	t.Parallel()
	require.Len(t, closings, len(dispute.ClosingReasons))
	for reason, parties := range closings {
		for party, words := range parties {
			for i, locale := range []string{german, english} {
				notice := sample(t, dispute.OccasionClosed, party, locale)
				closeAs(&notice, reason, nil, 0)
				_, body := render(t, notice)
				require.Contains(t, body, words[i])
				lost := reason.Outcome() == dispute.OutcomeLost
				require.Contains(t, body, consequences[lost][party][i])
				open := map[string][2]string{
					german:  {"Noch offen auf der Rechnung: 1.234,50\u00a0€, fällig am Donnerstag, 31. Dezember 2026\n", "Noch offen auf der Rechnung: nichts\n"},
					english: {"Left to pay on the invoice: €1,234.50, due on Thursday, 31 December 2026\n", "Left to pay on the invoice: nothing\n"},
				}[locale]
				require.Equal(t, !lost, contains(body, open[0]), body)
				require.Equal(t, lost, contains(body, open[1]), body)
			}
		}
	}
}

func TestClosedSubjects(t *testing.T) {
	t.Parallel()
	for reason, subjects := range map[dispute.ClosingReason][4]string{
		dispute.ClosedByAgreement:  {"Einigung:", "Agreement:", "Bitte 1.234,50\u00a0€ bezahlen:", "Please pay €1,234.50:"},
		dispute.ClosedNotJustified: {"Zu Ihren Gunsten beendet:", "Closed in your favour:", "Bitte 1.234,50\u00a0€ bezahlen:", "Please pay €1,234.50:"},
		dispute.ClosedForCustomer: {
			"Chargeback über 1.234,50\u00a0€:", "Chargeback of €1,234.50:", "Sie müssen nichts mehr bezahlen:", "Nothing more to pay:",
		},
		dispute.ClosedByOperator: {
			"Ohne Entscheidung beendet:", "Closed without a decision:", "Bitte 1.234,50\u00a0€ bezahlen:", "Please pay €1,234.50:",
		},
	} {
		for i, expected := range subjects {
			notice := sample(t, dispute.OccasionClosed, []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer}[i/2], []string{german, english}[i%2])
			closeAs(&notice, reason, nil, 0)
			subject, _ := render(t, notice)
			require.True(t, contains(subject, expected), "%s does not contain: %s", subject, expected)
		}
	}
}

// TestClosedAmounts has one case for each way in which a settlement splits the debit.
func TestClosedAmounts(t *testing.T) {
	t.Parallel()
	refund := func(amount int64) *dispute.Money { return &dispute.Money{Amount: amount, Currency: "EUR"} }
	for name, c := range map[string]struct {
		reason             dispute.ClosingReason
		refund             *dispute.Money
		paid               int64
		merchant, customer []string
	}{
		"PartlyPaidRefund": {
			dispute.ClosedByAgreement, refund(40000), 100000,
			[]string{"Sie erstatten wie vereinbart 400,00 €: Dieser Betrag wird Ihnen belastet.", "Ihre Erstattung: 400,00 €\nVon der Rechnung abgezogen: 234,50 €\nRückzahlung an Jonas Weiß: 165,50 €\nNoch offen auf der Rechnung: nichts\n"},
			[]string{"Sie müssen nichts mehr bezahlen. Sie erhalten 165,50 € zurück.", "Wie vereinbart wurden Ihnen 400,00 € gutgeschrieben."},
		},
		"UnpaidRefund": {
			dispute.ClosedByAgreement, refund(23450), 0,
			[]string{"Sie erstatten wie vereinbart 234,50 €:", "Sie haben sich mit Jonas Weiß geeinigt. Der Rest der Rechnung wurde reaktiviert und muss bezahlt werden."},
			[]string{"bitte bezahlen Sie 1.000,00 € bis einschließlich Donnerstag, 31. Dezember 2026 und geben Sie dabei die Rechnungsnummer R-88-1042 an.", "Der Rest der Rechnung muss bezahlt werden."},
		},
		"PaidChargeback": {
			dispute.ClosedForCustomer, nil, 123450,
			[]string{"Chargeback an Sie: 1.234,50 €\nRückzahlung an Jonas Weiß: 1.234,50 €\nNoch offen auf der Rechnung: nichts\n"},
			[]string{"Sie müssen nichts mehr bezahlen. Sie erhalten 1.234,50 € zurück.", "Rückzahlung an Sie: 1.234,50 €\n"},
		},
		"PaidWin": {
			dispute.ClosedForMerchant, nil, 123450,
			[]string{"Die Rechnung wurde reaktiviert.\n", "Noch offen auf der Rechnung: nichts\n"},
			[]string{"Sie müssen nichts mehr bezahlen. Ihr Streitfall", "Ihre Rechnung wurde reaktiviert. Sie ist bereits vollständig bezahlt."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for party, expected := range map[dispute.Party][]string{dispute.PartyMerchant: c.merchant, dispute.PartyCustomer: c.customer} {
				notice := sample(t, dispute.OccasionClosed, party, german)
				closeAs(&notice, c.reason, c.refund, c.paid)
				_, body := render(t, notice)
				for _, words := range expected {
					require.True(t, contains(body, words), "%s\n\ndoes not contain: %s", body, words)
				}
			}
		})
	}
}

// TestLosingMerchantReadsTheMoneyFirst: only then comes that nothing has to be done.
func TestLosingMerchantReadsTheMoneyFirst(t *testing.T) {
	t.Parallel()
	for _, reason := range dispute.ClosingReasons {
		for locale, words := range map[string][2]string{
			german:  {"Sie erhalten einen Chargeback über 1.234,50\u00a0€: Dieser Betrag wird Ihnen belastet.", "Sie müssen nichts weiter tun"},
			english: {"You receive a chargeback of €1,234.50: this amount is debited from you.", "nothing more for you to do"},
		} {
			notice := sample(t, dispute.OccasionClosed, dispute.PartyMerchant, locale)
			closeAs(&notice, reason, nil, 0)
			_, body := render(t, notice)
			lead := strings.Split(body, "\n\n")[1]
			require.Equal(t, reason.Outcome() == dispute.OutcomeLost, strings.HasPrefix(lead, words[0]), lead)
			require.Contains(t, lead, words[1])
		}
	}
}

// TestDebitAfterCreditNotes: the merchant reads what is debited, which is less than was decided when credit notes covered a
// part of it.
func TestDebitAfterCreditNotes(t *testing.T) {
	t.Parallel()
	notice := sample(t, dispute.OccasionClosed, dispute.PartyMerchant, english)
	notice.Decision = dispute.Decide(dispute.ClosedForCustomer, notice.Dispute.DisputedAmount, nil)
	notice.Credited, notice.Refunded, notice.Outstanding = 10000, 5000, 0
	_, body := render(t, notice)
	require.Contains(t, body, "€150.00")
	require.Contains(t, body, "€100.00")
}

// TestClosedOwedBack: a customer who has paid more than was owed reads what comes back, and how much of it was paid too much.
func TestClosedOwedBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reason  dispute.ClosingReason
		subject map[string]string
		body    map[string][]string
	}{
		"no refund": {
			dispute.ClosedForMerchant,
			map[string]string{german: "Sie erhalten 100,00\u00a0€ zurück:", english: "You will get €100.00 back:"},
			map[string][]string{
				german:  {"Sie müssen nichts mehr bezahlen. Sie erhalten 100,00\u00a0€ zurück, weil Sie zu viel bezahlt haben. ", "Zu viel bezahlt, Rückzahlung an Sie: 100,00\u00a0€\n"},
				english: {"You do not have to pay anything more. You will get €100.00 back because you paid too much. ", "Paid too much, paid back to you: €100.00\n"},
			},
		},
		"beside a refund": {
			dispute.ClosedForCustomer,
			map[string]string{german: "Sie erhalten 1.334,50\u00a0€ zurück:", english: "You will get €1,334.50 back:"},
			map[string][]string{
				german: {
					"Sie erhalten 1.334,50\u00a0€ zurück, davon 100,00\u00a0€, weil Sie zu viel bezahlt haben. ",
					"Rückzahlung an Sie: 1.234,50\u00a0€\n", "Zu viel bezahlt, Rückzahlung an Sie: 100,00\u00a0€\n",
				},
				english: {"You will get €1,334.50 back, €100.00 of it because you paid too much. ", "Paid back to you: €1,234.50\n", "Paid too much, paid back to you: €100.00\n"},
			},
		},
	} {
		for _, locale := range []string{german, english} {
			notice := sample(t, dispute.OccasionClosed, dispute.PartyCustomer, locale)
			closeAs(&notice, test.reason, nil, notice.Dispute.DisputedAmount.Amount+10000)
			subject, body := render(t, notice)
			require.True(t, contains(subject, test.subject[locale]), "%s: %s", name, subject)
			for _, words := range test.body[locale] {
				require.True(t, contains(body, words), "%s: %s\n%s", name, words, body)
			}
			notice = sample(t, dispute.OccasionClosed, dispute.PartyMerchant, locale)
			closeAs(&notice, test.reason, nil, notice.Dispute.DisputedAmount.Amount+10000)
			_, body = render(t, notice)
			require.True(t, contains(body, map[string]string{german: "Von Jonas Weiß zu viel bezahlt: 100,00\u00a0€\n", english: "Paid too much by Jonas Weiß: €100.00\n"}[locale]), body)
		}
	}
}
