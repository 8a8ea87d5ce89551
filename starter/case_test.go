package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestCase: the whole case on a screen and as JSON, while the dispute runs and when it is closed.
func TestCase(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.dispute.Complaint = &dispute.Complaint{Text: "Nothing came.\nI have asked twice."}
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We are looking into it.")
	text := h.does("case", h.dispute.ID)
	for _, line := range []string{
		`dispute +` + h.dispute.ID, `state +PRE_ARBITRATION`, `waiting for +agreement`, `until +the end of .+`,
		`customer +` + h.dispute.Complainant.Name,
		`Complaint\n  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  customer\n    > Nothing came\.\n    > I have asked twice\.`,
		`Conversation\n  \S+ \S+  merchant\n    > We are looking into it\.`,
		`Deadlines\n  \S+ \S+  agreement by the merchant: the end of .+`,
		`  \S+ \S+  opened to the merchant: accepted by email: 250 2\.0\.0 OK: queued`,
	} {
		require.Regexp(t, `(?m)^`+line+`$`, text)
	}
	h.sends("withdraw")
	h.waitsFor("")
	require.Regexp(t, `(?m)^outcome +WON \(customer_cancelled_dispute\), by the customer$`, h.does("case", h.dispute.ID))
	var found dispute.Case
	require.NoError(t, json.Unmarshal([]byte(h.does("case", h.dispute.ID, "--json")), &found))
	require.Equal(t, dispute.StateClosed, found.State)
	require.Equal(t, dispute.ClosedByWithdrawal, found.Decision.Reason)
	require.NotNil(t, found.Settlement)
}

// TestCaseForAnAudience: --as leaves out what is not that audience's.
func TestCaseForAnAudience(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("submit-evidence", "--text", "Signed for by a neighbour.")
	address := h.dispute.Complainant.Email
	for audience, sees := range map[dispute.Party][2]bool{
		dispute.PartyMerchant: {false, true}, dispute.PartyCustomer: {true, false}, dispute.PartyDesk: {false, true},
	} {
		for _, format := range [][]string{nil, {"--json"}} {
			got := h.does(append([]string{"case", h.dispute.ID, "--as", string(audience)}, format...)...)
			require.Equal(t, sees[1], strings.Contains(got, "Signed for by a neighbour."), audience)
			if format != nil {
				require.Equal(t, sees[0], strings.Contains(got, address), audience)
			}
		}
	}
	wrong := h.run("case", h.dispute.ID, "--as", "judge")
	require.Equal(t, exitUsage, wrong.code)
	require.Contains(t, wrong.err, `--as "judge" is unknown; allowed are merchant, customer, desk`)
	h.fails([]string{"case", "nobody"}, `the archive has no case of dispute "nobody"`)
}
