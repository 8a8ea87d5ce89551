package mail_test

import (
	"strings"
	"testing"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

const from = "disputes@example.com"

var german, english = "de-DE", "en-GB"

// sample returns a notice of a German dispute, as the process would make it.
func sample(t *testing.T, occasion dispute.Occasion, to dispute.Party, locale string) dispute.Notice {
	t.Helper()
	return mail.SampleNotice(occasion, to, locale)
}

// closeAs closes a dispute about a whole invoice, of which the customer has paid a part.
func closeAs(notice *dispute.Notice, reason dispute.ClosingReason, refund *dispute.Money, paid int64) {
	mail.CloseSample(notice, reason, refund, paid)
}

// contains reports whether body contains words, with or without non-breaking spaces.
func contains(body, words string) bool {
	plain := func(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }
	return strings.Contains(plain(body), plain(words))
}
