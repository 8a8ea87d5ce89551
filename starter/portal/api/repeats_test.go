package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
)

// TestIdempotencyKey: under one key a request takes effect once and is answered alike, also by two at a time; another body, another
// path and another dispute are refused, and nothing changes. Another token has keys of its own.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"shop as:merchant", "second as:merchant"})
	shop, c, other := clients["shop"], opened(t), opened(t)
	path := "/disputes/" + c.Dispute.ID + "/respond"
	const key = "Idempotency-Key"
	hello := dispute.Response{Message: "Hello.", ReportedBy: dispute.PartyMerchant}
	var answers [4]answer
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = shop.post(path, hello, key, "k-1") })
	}
	all.Wait()
	for _, got := range answers {
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, string(answers[0].body), string(got.body))
	}
	require.Len(t, caseOf(t, c).Conversation, 1)

	bye := dispute.Response{Message: "Bye.", ReportedBy: dispute.PartyMerchant}
	shop.post(path, bye, key, "k-1").problem(http.StatusUnprocessableEntity, "idempotency_key_reused")
	shop.post("/disputes/"+other.Dispute.ID+"/respond", hello, key, "k-1").problem(http.StatusUnprocessableEntity, "idempotency_key_reused")
	evidence := dispute.Evidence{Text: "t"}
	shop.post("/disputes/"+c.Dispute.ID+"/submit-evidence", evidence, key, "k-1").problem(http.StatusUnprocessableEntity, "idempotency_key_reused")
	require.Len(t, caseOf(t, c).Conversation, 1)
	require.Empty(t, caseOf(t, c).Evidence)
	require.Empty(t, caseOf(t, other).Conversation)
	clients["second"].post(path, bye, key, "k-1").view()
	require.Len(t, caseOf(t, c).Conversation, 2)

	for _, wrong := range []string{"", strings.Repeat("k", 201), "a\tb"} {
		p := shop.do(http.MethodPost, path, hello, key, wrong+" ")
		if strings.TrimSpace(wrong) == "" || len(wrong) > 200 || strings.Contains(wrong, "\t") {
			require.Equal(t, key, p.problem(http.StatusUnprocessableEntity, "invalid_request").Errors[0].Path)
		}
	}
	require.Len(t, caseOf(t, c).Conversation, 2)
}

// TestRefusedUnderAKey: a message that was refused can be sent again under its key when it is accepted.
func TestRefusedUnderAKey(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"both as:operator read"})
	both, c := clients["both"], opened(t)
	path := "/disputes/" + c.Dispute.ID
	both.post(path+"/respond", dispute.Response{Message: "m", ReportedBy: dispute.PartyMerchant}).view()
	reason := dispute.Statement{Statement: "It never came."}
	both.post(path+"/state-reason", reason, "Idempotency-Key", "r").problem(http.StatusConflict, "not_accepted")
	passes(t, both, c, dispute.WaitStatement)
	both.post(path+"/state-reason", reason, "Idempotency-Key", "r").view()
	require.NotNil(t, caseOf(t, c).Statement)
}

// TestForgottenKey: another message under a key that is no longer on record, after 30 days or in a ledger that was set back, takes
// effect itself and is not answered as the one before.
func TestForgottenKey(t *testing.T) {
	t.Parallel()
	books, err := ledger.Open(t.Context(), "sqlite:"+t.TempDir()+"/ledger.db")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	operator, c := serve(t, []string{"operator as:operator"}, func(p *portal.Parts) { p.Ledger = books })["operator"], opened(t)
	path := "/disputes/" + c.Dispute.ID + "/respond"
	for i, text := range []string{"Hello.", "Bye."} {
		for range 2 {
			operator.post(path, dispute.Response{Message: text, ReportedBy: dispute.PartyMerchant}, "Idempotency-Key", "k").view()
		}
		require.Len(t, caseOf(t, c).Conversation, i+1)
		require.NoError(t, books.DropRequests(t.Context(), time.Now().Add(time.Hour)))
	}
}

// TestReportsUnderAKey: a report under a key of another one is refused, and changes nothing.
func TestReportsUnderAKey(t *testing.T) {
	t.Parallel()
	erp := serve(t, []string{"erp accounts"})["erp"]
	c := newCase()
	merchant := members{"id": c.Merchant.ID, "name": "A", "email": "a@b.example"}
	for range 2 {
		require.Equal(t, http.StatusOK, erp.post("/merchants", merchant, "Idempotency-Key", "m").status)
	}
	merchant["name"] = "B"
	erp.post("/merchants", merchant, "Idempotency-Key", "m").problem(http.StatusUnprocessableEntity, "idempotency_key_reused")
	recorded, err := shared.Ledger.Merchant(t.Context(), c.Merchant.ID)
	require.NoError(t, err)
	require.Equal(t, "A", recorded.Name)
}
