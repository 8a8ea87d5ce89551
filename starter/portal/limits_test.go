package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestLimitOfNetworks: who has a network of IPv6 has no limit for each of its addresses.
func TestLimitOfNetworks(t *testing.T) {
	t.Parallel()
	b, status := serve(t).browser(t), http.StatusOK
	for i := 0; i < 200 && status == http.StatusOK; i++ {
		b.address = fmt.Sprintf("2001:db8:0:1::%x", i+1)
		status = b.get(pages.PathSignIn).status
	}
	require.Equal(t, http.StatusTooManyRequests, status)
	b.address = "2001:db8:0:2::1"
	require.Equal(t, http.StatusOK, b.get(pages.PathSignIn).status)
}

// TestLimitOfValues: what is no file has the limit of a form, in a form with files too, and of strangers too.
func TestLimitOfValues(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(t, form.WriteField(pages.FieldText, strings.Repeat("x", 1<<20)))
	require.NoError(t, form.Close())
	send := func(b browser) answer {
		return b.send(http.MethodPost, pages.ActPath(c.Dispute.ID, pages.ActUpload), bytes.NewReader(body.Bytes()), "Content-Type", form.FormDataContentType())
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, send(s.merchant(t, c)).status)
	stranger := send(s.browser(t))
	require.Equal(t, http.StatusUnauthorized, stranger.status)
	require.Less(t, len(stranger.body), maxStrangerPage)
}

// maxStrangerPage is more than the page to sign in has with the texts of a form.
const maxStrangerPage = 300 << 10

// TestTextBesideFileIsKept: the text beside a file is kept for who was signed out meanwhile, whatever the file is.
func TestTextBesideFileIsKept(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	fields := []string{pages.FieldForm, "1", pages.FieldText, "Half a\r\ntext"}
	for _, size := range []int{0, 1 << 20, 29 << 20} {
		got := s.browser(t).upload(pages.ActPath(c.Dispute.ID, pages.ActUpload), "photo.png", make([]byte, size), fields...)
		require.Equal(t, http.StatusUnauthorized, got.status, size)
		require.Contains(t, got.body, "Half a\ntext", size)
	}
}

// TestLimitOfNewAddresses: a merchant cannot have mails sent to one address after another.
func TestLimitOfNewAddresses(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.merchant(t, c)
	var last answer
	for i := range 4 {
		last = b.post(pages.ActPath("", pages.ActEmail), pages.FieldEmail, fmt.Sprintf("%d-%s", i, c.Merchant.Email))
	}
	require.Equal(t, http.StatusUnprocessableEntity, last.status)
	require.Empty(t, s.linkTo("3-"+c.Merchant.Email))
}

// TestSearchOfControls: characters that are in no id, and that PostgreSQL does not take, are left out of a search.
func TestSearchOfControls(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.merchant(t, c)
	query := url.Values{pages.FieldSearch: {"\x00" + c.Dispute.ID}}.Encode()
	require.Contains(t, b.get(pages.PathList+"?"+query).body, pages.CasePath(c.Dispute.ID))
	require.Contains(t, b.get(pages.PathCSV+"?"+query).body, c.Dispute.ID)
}

// TestProviderThatHangs: an identity provider that takes a connection and does not answer holds nobody for long: those who
// sign in at the same time wait for one answer, not one after the other.
func TestProviderThatHangs(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	var asked atomic.Int32
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		<-ended
	}))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(ended) })
	s := serve(t, func(p *portal.Parts) {
		p.Config.OIDC = portal.OIDC{Issuer: hanging.URL, ClientID: "portal", Claim: "groups"}
	})
	s.portal.WaitForProvider(50 * time.Millisecond)
	require.Equal(t, http.StatusServiceUnavailable, s.browser(t).get(pages.PathDesk).status)

	asked.Store(0)
	s.portal.WaitForProvider(2 * time.Second)
	const people = 8
	statuses := make([]int, people)
	var group sync.WaitGroup
	for n := range people {
		person := s.browser(t)
		group.Go(func() { statuses[n] = person.get(pages.PathDesk).status })
	}
	group.Wait()
	require.Equal(t, slices.Repeat([]int{http.StatusServiceUnavailable}, people), statuses)
	require.Less(t, asked.Load(), int32(people/2))
}

// TestSilentLedger: a request that the ledger holds up ends, and its sender is told.
func TestSilentLedger(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b := s.merchant(t, c)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+pages.CasePath(c.Dispute.ID), nil)
	for _, cookie := range b.client.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	hasty, answered := built(t), httptest.NewRecorder()
	hasty.HandleWithin(0)
	hasty.ServeHTTP(answered, request)
	require.Equal(t, http.StatusServiceUnavailable, answered.Code)
	require.Contains(t, answered.Header().Get("Content-Type"), "text/html")

	export := httptest.NewRecorder() // which has a time of its own
	request.URL.Path = pages.PathCSV
	hasty.ServeHTTP(export, request)
	require.NotEqual(t, http.StatusServiceUnavailable, export.Code)
}

// TestUnbounded: a session that names a party and not what is the party's own opens nothing.
func TestUnbounded(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	for _, party := range []dispute.Party{"", dispute.PartyMerchant, dispute.PartyCustomer} {
		require.Error(t, s.portal.Opens(t.Context(), party, c.Dispute.ID), party)
	}
	require.NoError(t, s.portal.Opens(t.Context(), dispute.PartyDesk, c.Dispute.ID))
}

// TestWithdrawnTooLate: a withdrawal that comes after the decision is not said to have ended the dispute.
func TestWithdrawnTooLate(t *testing.T) {
	t.Parallel()
	c := opened(t)
	s := serve(t, func(p *portal.Parts) { p.Disputes = decided{p.Disputes} })
	late := s.customer(t, c).post(pages.ActPath(c.Dispute.ID, pages.ActWithdraw), pages.FieldConfirmed, pages.FieldValueOn, pages.FieldNote, "It has come.")
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.body, "It has come.")

	inTime := serve(t).customer(t, c).post(pages.ActPath(c.Dispute.ID, pages.ActWithdraw), pages.FieldConfirmed, pages.FieldValueOn)
	require.Equal(t, http.StatusSeeOther, inTime.status)
	require.Equal(t, dispute.ClosedByWithdrawal, caseOf(t, c.Dispute.ID).Decision.Reason)
}

// decided is a dispute that was decided just now, and ignores withdrawals.
type decided struct{ portal.Disputes }

func (d decided) Case(ctx context.Context, id string) (dispute.Case, error) {
	found, err := d.Disputes.Case(ctx, id)
	found.Decision = &dispute.MadeDecision{Decision: dispute.Decision{Reason: dispute.ClosedForCustomer}}
	return found, err
}

func (decided) Withdraw(context.Context, string, dispute.Withdrawal) error { return nil }

// TestTooLarge: what is too large to be read is refused with the number that is allowed, as its reader writes numbers.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	b, path := s.merchant(t, c), pages.ActPath(c.Dispute.ID, pages.ActRespond)
	for language, want := range map[string][]string{
		"de": {"Erlaubt sind 5.000 Zeichen.", "Erlaubt sind 7\u00a0MB."}, "en": {"5,000 characters are allowed.", "7\u00a0MB is allowed."},
	} {
		long := b.post(path+"?"+pages.FieldLanguage+"="+language, pages.FieldMessage, strings.Repeat("x", 1<<20))
		require.Equal(t, http.StatusRequestEntityTooLarge, long.status)
		require.Contains(t, long.body, want[0])
		beside := b.post(path, pages.FieldMessage, strings.Repeat("x", dispute.MaxText+1))
		require.Equal(t, http.StatusUnprocessableEntity, beside.status)
		require.Contains(t, beside.body, want[0])
		file := b.upload(pages.ActPath(c.Dispute.ID, pages.ActUpload), "huge.png", make([]byte, 29<<20))
		require.Equal(t, http.StatusRequestEntityTooLarge, file.status)
		require.Contains(t, file.body, want[1])
	}
}
