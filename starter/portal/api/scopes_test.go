package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/api"
)

// Who may ask for what: the tokens that get past their scopes, by operation.
var reach = map[string]string{
	"describe": "accounts open read events merchants customers operator desk nordlicht other nobody",

	"report-merchant": "accounts", "report-invoice": "accounts", "report-payment": "accounts", "report-payment-return": "accounts",
	"report-credit-note": "accounts", "import": "accounts",
	"open": "open", "events": "events",
	"list": "read merchants operator desk nordlicht other", "case": "read merchants customers operator desk nordlicht other",
	"list-files": "read merchants customers operator desk nordlicht other", "download-file": "read merchants customers operator desk nordlicht other",
	"upload-file": "merchants customers operator nordlicht other",

	"agreement": "merchants customers operator nordlicht other", "withdrawal": "customers operator",
	"respond": "merchants customers operator nordlicht other", "propose": "merchants customers operator nordlicht other",
	"answer-proposal": "merchants customers operator nordlicht other", "accept-loss": "merchants operator nordlicht other",
	"state-reason": "customers operator", "submit-evidence": "merchants operator nordlicht other", "rule": "desk",
	"move-deadline": "operator", "retry-notification": "operator", "acknowledge": "operator", "report-bounce": "operator", "cancel": "operator",
}

// everyToken has a token of each kind. nordlicht is the merchant of the dispute of a test.
func everyToken(merchant string) []string {
	return []string{
		"accounts accounts", "open disputes:open", "read read", "events events", "merchants as:merchant read", "customers as:customer read",
		"operator as:operator read", "desk as:desk read", "nordlicht read as:merchant:" + merchant, "other read as:merchant:another",
	}
}

// TestTokensScopesOperations: each operation takes the tokens of the table and refuses all others, and a token of another merchant
// finds no dispute.
func TestTokensScopesOperations(t *testing.T) {
	t.Parallel()
	c := opened(t)
	clients := serve(t, everyToken(c.Merchant.ID))
	clients["nobody"] = caller{clients["read"].site, "streitfall_unknown"}
	for _, o := range api.Operations() {
		may := strings.Fields(reach[o.ID])
		require.NotEmpty(t, may, "the table has no line for %s", o.ID)
		for name, client := range clients {
			path := strings.NewReplacer("{id}", c.Dispute.ID, "{file}", "1").Replace(o.Path)
			if o.ID == "upload-file" {
				path += "?kind=other&name=a.pdf&purpose=" + map[bool]string{true: "statement", false: "evidence"}[name == "customers"]
			}
			var body any
			if o.Method == http.MethodPost && o.ID != "cancel" {
				body = "[]" // which nothing takes, so that nothing changes
			}
			if o.ID == "cancel" && name == "operator" {
				continue // TestCancel has that
			}
			got := client.do(o.Method, path, body)
			switch {
			case !slices.Contains(may, name) && name == "nobody":
				require.NotEmpty(t, got.header.Get("WWW-Authenticate"))
				got.problem(http.StatusUnauthorized, "unknown_token")
			case !slices.Contains(may, name):
				got.problem(http.StatusForbidden, "scope_missing")
			default:
				require.NotContains(t, []int{401, 403, 500}, got.status, "%s of %s: %s", o.ID, name, got.body)
			}
		}
	}
}

// messagesBy are messages to a dispute by operation, in which a party speaks.
func messagesBy(party dispute.Party) map[string]any {
	accept, yes := true, true
	return map[string]any{
		"agreement":       dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: party},
		"withdrawal":      dispute.Withdrawal{ReportedBy: party},
		"respond":         dispute.Response{Message: "Hello.", ReportedBy: party},
		"propose":         dispute.Offer{Terms: dispute.CustomerPays, ProposedBy: party},
		"answer-proposal": dispute.ProposalAnswer{Proposal: 1, Accept: &accept, AnsweredBy: party},
		"accept-loss":     dispute.LossAcceptance{ReportedBy: party},
		"state-reason":    dispute.Statement{Statement: "It never came."},
		"submit-evidence": dispute.Evidence{Text: "It came."},
		"rule":            dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes, RuledBy: "anna", Rationale: "So it is."},
	}
}

// TestNobodyIsVouchedFor: a message whose sender the token may not speak for is refused, whatever else the token may do; a dispute of
// another merchant is answered like an unknown one.
func TestNobodyIsVouchedFor(t *testing.T) {
	t.Parallel()
	c := opened(t)
	before := caseOf(t, c)
	clients := serve(t, everyToken(c.Merchant.ID))
	path := "/disputes/" + c.Dispute.ID + "/"
	for party, others := range map[dispute.Party][]string{
		dispute.PartyMerchant: {"customers"}, dispute.PartyCustomer: {"merchants", "nordlicht", "other"},
		dispute.PartyOperator: {"merchants", "customers", "nordlicht", "other"},
	} {
		for name, message := range messagesBy(party) {
			if name == "state-reason" || name == "submit-evidence" || name == "rule" { // which have one sender
				continue
			}
			for _, other := range others {
				if got := clients[other].post(path+name, message); got.status != http.StatusUnprocessableEntity { // not one of that party
					got.problem(http.StatusForbidden, "scope_missing")
				}
			}
		}
	}
	for name, message := range messagesBy(dispute.PartyMerchant) {
		if name == "withdrawal" || name == "state-reason" || name == "rule" {
			continue
		}
		theirs := clients["other"].post(path+name, message)
		theirs.problem(http.StatusNotFound, "unknown_dispute")
		absent := clients["other"].post("/disputes/d-absent/"+name, message)
		require.Equal(t, strings.ReplaceAll(string(absent.body), "d-absent", c.Dispute.ID), string(theirs.body))
	}
	for _, get := range []string{"", "/files", "/files/1"} {
		theirs, absent := clients["other"].get("/disputes/"+c.Dispute.ID+get), clients["other"].get("/disputes/d-absent"+get)
		theirs.problem(http.StatusNotFound, "unknown_dispute")
		require.Equal(t, strings.ReplaceAll(string(absent.body), "d-absent", c.Dispute.ID), string(theirs.body))
	}
	var found struct{ Disputes []json.RawMessage }
	clients["other"].get("/disputes?search=" + c.Dispute.ID).into(&found)
	require.Empty(t, found.Disputes)
	clients["other"].get("/disputes?merchant="+c.Merchant.ID).problem(http.StatusUnprocessableEntity, "invalid_request")
	clients["nordlicht"].get("/disputes?search=" + c.Dispute.ID).into(&found)
	require.Len(t, found.Disputes, 1)
	require.Equal(t, before, caseOf(t, c), "nothing has changed")
}

// TestRecordsOfAnOpeningNeedTheirScope: who may open disputes and not report records cannot change a merchant's address by an opening.
func TestRecordsOfAnOpeningNeedTheirScope(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"open disputes:open", "both disputes:open accounts"})
	c := newCase()
	body := withRecords(t, c)
	clients["open"].post("/disputes", body).problem(http.StatusForbidden, "scope_missing")
	_, err := shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.Equal(t, dispute.CodeUnknownMerchant, dispute.CodeOf(err), "nothing has changed")
	clients["both"].post("/disputes", body).view()
	clients["open"].post("/disputes", c.Dispute).view()
}

// TestAudiences: each token reads a case as those for whom it speaks.
func TestAudiences(t *testing.T) {
	t.Parallel()
	c := opened(t)
	whole := caseOf(t, c)
	clients := serve(t, everyToken(c.Merchant.ID))
	for name, want := range map[string]dispute.Case{
		"read": whole, "operator": whole, "desk": whole.For(dispute.PartyDesk), "merchants": whole.For(dispute.PartyMerchant),
		"nordlicht": whole.For(dispute.PartyMerchant), "customers": whole.For(dispute.PartyCustomer),
	} {
		requireJSON(t, want, clients[name].get("/disputes/"+c.Dispute.ID))
	}
	requireJSON(t, whole.For(dispute.PartyCustomer), clients["operator"].get("/disputes/"+c.Dispute.ID+"?as=customer"))
	for _, name := range []string{"merchants", "nordlicht"} {
		clients[name].get("/disputes/"+c.Dispute.ID+"?as=customer").problem(http.StatusForbidden, "scope_missing")
	}
	clients["customers"].get("/disputes").problem(http.StatusForbidden, "scope_missing")
}

func requireJSON(t *testing.T, want any, got answer) {
	t.Helper()
	require.Equal(t, http.StatusOK, got.status, string(got.body))
	var encoded bytes.Buffer
	require.NoError(t, json.NewEncoder(&encoded).Encode(want))
	require.JSONEq(t, encoded.String(), string(got.body))
}
