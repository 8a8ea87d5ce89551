package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestArbitration drives a dispute through every stage with the command line alone. Messages that do not fit a stage
// are refused.
func TestArbitration(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.refuses(dispute.CodeNotAccepted, "state-reason", "--statement", "It never came.")
	h.refuses(dispute.CodeNotAccepted, "retry-notification", "--requested-by", "op")
	h.refuses(dispute.CodeNotAccepted, "acknowledge", "--cause", "message-failed", "--acknowledged-by", "op")
	h.refuses(dispute.CodeNotAccepted, rule("justification", "--justified")...)
	h.refuses(dispute.CodeInvalidMessage, "respond", "--message", " ")
	require.Regexp(t, `^done: `+h.dispute.ID+` is PRE_ARBITRATION, waiting for agreement until the end of .+\n$`, h.sends("respond", "--message", "We look into it."))

	why := h.refuses(dispute.CodeInvalidMessage, "submit-evidence", "--file", `{"kind": "photo"}`)
	require.Contains(t, why, "\n  files[0].kind: must be one of proof_of_delivery, ")
	require.Contains(t, why, "\n  files[0].sha256: must be ")
	evidence := []string{
		"submit-evidence", "--text", "It was delivered.",
		"--file", asJSON(t, dispute.File{Kind: "tracking", Name: "a.pdf", Size: 1, SHA256: strings.Repeat("ab", 32), Location: "https://files.example/a"}),
		"--file", asJSON(t, dispute.File{Kind: "other", Name: "b.pdf", Size: 2, SHA256: strings.Repeat("cd", 32), Location: "https://files.example/b"}),
	}
	require.Contains(t, h.sends(evidence...), "waiting for agreement")

	h.refuses(dispute.CodeInvalidMessage, move(time.Now().Add(-time.Hour))...)
	h.endPeriod()
	h.waitsFor(dispute.WaitStatement)
	h.refuses(dispute.CodeNotAccepted, "respond", "--message", "Still there.")
	require.Contains(t, h.sends("state-reason", "--statement", "It never came."), "is ARBITRATION_PENDING, waiting for justification\n")

	h.refuses(dispute.CodeNotAccepted, rule("decision", "--in-favour-of", "merchant")...)
	h.refuses(dispute.CodeInvalidMessage, rule("justification")...)
	h.waitsFor(dispute.WaitJustification)
	h.sends(rule("justification", "--justified")...)
	h.waitsFor(dispute.WaitEvidence)
	require.Contains(t, h.sends(evidence...), "is ARBITRATION_PENDING, waiting for decision\n")
	h.sends(rule("decision", "--in-favour-of", "merchant")...)
	h.closes(dispute.ClosedForMerchant)
	h.afterTheEnd()
}

// TestNotJustified: --justified=false is a ruling; without the flag there is none.
func TestNotJustified(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We look into it.", "--reported-by", "operator")
	h.endPeriod()
	h.waitsFor(dispute.WaitStatement)
	h.sends("state-reason", "--statement", "It never came.")
	h.waitsFor(dispute.WaitJustification)
	h.sends(rule("justification", "--justified=false")...)
	h.closes(dispute.ClosedNotJustified)
}

func TestAcceptLoss(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.refuses(dispute.CodeInvalidMessage, "accept-loss", "--reported-by", "customer")
	require.Contains(t, h.sends("accept-loss", "--note", "Our mistake."), "LOST (merchant_accepted_the_loss): chargeback of 129.90 EUR\n")
	h.closes(dispute.ClosedLossAccepted)
	require.Regexp(t, `(?m)^credited +129\.90 EUR$`, h.does("ledger", "show", h.invoice.ID))
}

// TestUnreachable: an operator corrects an address that the mail server has refused.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.merchant.Email = "refused@shop.example"
	h.importLedger()
	h.open(dispute.WaitRetryNotification)
	require.Regexp(t, `(?m)^attention +unreachable$`, h.does("status", h.dispute.ID))
	h.refuses(dispute.CodeInvalidMessage, "retry-notification", "--requested-by", "op", "--email", "nowhere")
	h.refuses(dispute.CodeNotAccepted, "acknowledge", "--cause", "unreachable", "--acknowledged-by", "op")
	h.sends("retry-notification", "--requested-by", "op", "--email", "service@shop.example")
	h.waitsFor(dispute.WaitAgreement)
	require.NotContains(t, h.does("status", h.dispute.ID), "\nattention")
}

// TestMoveDeadline: a date is the last day in the zone of the dispute's calendar, an instant stays an instant.
func TestMoveDeadline(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Calendar = "US"
	h.open(dispute.WaitAgreement)
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	day := time.Now().In(zone).AddDate(0, 0, 30)
	to := func(deadline string) []string {
		return []string{"move-deadline", "--to", deadline, "--reason", "holidays", "--moved-by", "op"}
	}
	require.Regexp(t, `waiting for agreement until the end of `+day.Format("Monday, 2 January 2006")+` \(UTC-0[45]:00\)\n$`,
		h.sends(to(day.Format(time.DateOnly))...))
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	require.True(t, h.waitsFor(dispute.WaitAgreement).Deadline.Equal(end))
	instant := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, time.UTC)
	h.sends(to(instant.Format(time.RFC3339))...)
	h.reaches(func(view dispute.View) bool { return view.Deadline.Equal(instant) }) // once the merchant is informed: it is earlier
	h.refuses(dispute.CodeInvalidMessage, to("2026-01-31")...)
	other := starter(t)
	other.fails(append([]string{"move-deadline", "nobody"}, to("2026-12-21")[1:]...), "refused (unknown_dispute): ")
}

// TestSameUpdateID: a request that is sent again takes effect once.
func TestSameUpdateID(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	respond := []string{"respond", "--message", "We look into it.", "--update-id", "r-1"}
	first := h.sends(respond...)
	require.Equal(t, first, h.sends(respond...))
	require.Equal(t, 1, strings.Count(h.does("status", h.dispute.ID), "respond: We look into it."))
	h.sends("respond", "--message", "We look into it.")
	require.Equal(t, 2, strings.Count(h.does("status", h.dispute.ID), "respond: We look into it."))
}

func TestUnknownDispute(t *testing.T) {
	t.Parallel()
	h := newScenario(t) // imported and never opened
	for _, message := range everyMessage() {
		h.refuses(dispute.CodeUnknownDispute, message...)
	}
}

// afterTheEnd tries every message on a closed dispute.
func (h *scenario) afterTheEnd() {
	h.Helper()
	for _, message := range everyMessage() {
		h.refuses(dispute.CodeDisputeClosed, message...)
	}
}

// everyMessage has each message command once, with content that is valid by itself.
func everyMessage() [][]string {
	return [][]string{
		{"agree", "--terms", "customer_pays", "--reported-by", "customer"},
		{"withdraw"},
		{"respond", "--message", "We look into it."},
		{"accept-loss"},
		{"state-reason", "--statement", "It never came."},
		{"submit-evidence", "--text", "It was delivered."},
		rule("decision", "--in-favour-of", "merchant"),
		move(time.Now().Add(time.Hour)),
		{"retry-notification", "--requested-by", "op"},
		{"acknowledge", "--cause", "message-failed", "--acknowledged-by", "op"},
		{"report-bounce", "--occasion", "opened", "--number", "1", "--recipient", "merchant", "--reason", "550 no such user", "--reported-by", "op"},
	}
}

func rule(stage string, verdict ...string) []string {
	return append([]string{"rule", "--stage", stage, "--ruled-by", "anna", "--rationale", "as the papers say"}, verdict...)
}

func move(to time.Time) []string {
	return []string{"move-deadline", "--to", to.Format(time.RFC3339Nano), "--reason", "the test does not wait for weeks", "--moved-by", "op"}
}

// endPeriod moves the running deadline to two seconds from now, time enough to inform the party.
func (h *scenario) endPeriod() {
	h.Helper()
	require.Contains(h, h.sends(move(time.Now().Add(2*time.Second))...), "done: ")
}
