package testsuite_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// endpoint is a merchant's webhook: it verifies events with the public Standard Webhooks library, and its responses are
// up to the test.
type endpoint struct {
	answer func(call int, w http.ResponseWriter)

	mu     sync.Mutex
	secret dispute.Secret
	got    []event
	fault  error
}

// event is an event that has arrived.
type event struct {
	id   string
	Type string        `json:"type"`
	Data dispute.Event `json:"data"`
}

// addWebhook sets a webhook for the merchant.
func (f *fixture) addWebhook(answer func(call int, w http.ResponseWriter)) *endpoint {
	f.Helper()
	e := &endpoint{answer: answer}
	server := httptest.NewServer(e)
	f.Cleanup(server.Close)
	url, on := server.URL+"/disputes", true
	_, secret, err := env.Ledger.SetMerchant(f.Context(), f.merchant.ID, dispute.Settings{PortalActive: &on, Webhook: &url})
	require.NoError(f, err)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secret = secret
	return e
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	arrived := event{id: r.Header.Get("webhook-id")}
	e.mu.Lock()
	verifier, invalid := standardwebhooks.NewWebhook(string(e.secret))
	e.fault = errors.Join(e.fault, err, invalid, verifier.Verify(body, r.Header), json.Unmarshal(body, &arrived))
	call := len(e.got) + 1
	e.got = append(e.got, arrived)
	e.mu.Unlock()
	e.answer(call, w)
}

// events returns the events so far, which must all have been signed correctly.
func (f *fixture) events(e *endpoint) []event {
	f.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	require.NoError(f, e.fault)
	return slices.Clone(e.got)
}

// delivered returns the detail of the timeline about a message to the merchant, sent or refused.
func (f *fixture) delivered(view dispute.View, occasion dispute.Occasion) string {
	f.Helper()
	i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool {
		return strings.TrimPrefix(entry.Event, "not-") == "sent-"+string(occasion) && strings.HasPrefix(entry.Detail, string(dispute.PartyMerchant))
	})
	require.GreaterOrEqual(f, i, 0, view.Timeline)
	return view.Timeline[i].Detail
}

// receipt returns the receipt of a message to the merchant.
func (f *fixture) receipt(occasion dispute.Occasion) dispute.Receipt {
	f.Helper()
	key := dispute.NoticeKey{DisputeID: f.dispute.ID, Occasion: occasion, Number: 1, Recipient: dispute.PartyMerchant}
	prior, err := env.Ledger.Lookup(f.Context(), f.dispute.MerchantID, key)
	require.NoError(f, err)
	require.Contains(f, prior.Receipts, key)
	return prior.Receipts[key]
}

// TestWebhook: the merchant's window begins with the endpoint's first 2xx response, which the receipt quotes.
func TestWebhook(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	reached, release := make(chan struct{}), make(chan struct{})
	e := f.addWebhook(func(call int, w http.ResponseWriter) {
		switch call {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		case 3:
			close(reached)
			<-release
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, `{"ticket": 4711}`)
		}
	})
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
	<-reached
	require.Nil(t, f.waitsFor(dispute.WaitNotification).Deadline, "no window before the merchant has the message")
	released := time.Now()
	close(release)

	view := f.waitsFor(dispute.WaitAgreement)
	receipt := f.receipt(dispute.OccasionOpened)
	require.Equal(t, dispute.ChannelPortal, receipt.Channel)
	require.Contains(t, receipt.Answer, `202 Accepted from 127.0.0.1:`)
	require.Contains(t, receipt.Answer, `: {"ticket": 4711}`)
	require.WithinRange(t, receipt.At, released.Truncate(time.Microsecond), time.Now())
	require.Equal(t, "merchant by portal at "+receipt.At.Format(time.RFC3339)+": "+receipt.Answer, f.delivered(view, dispute.OccasionOpened))
	german, err := calendar.Load("DE")
	require.NoError(t, err)
	ends, err := german.Deadline(receipt.At, 21)
	require.NoError(t, err)
	require.True(t, ends.Equal(*view.Deadline))

	events := f.events(e)
	require.Len(t, events, 3)
	for _, got := range events {
		require.Equal(t, "dispute.opened.v1", got.Type)
		require.Equal(t, events[0].id, got.id, "one message")
		require.Equal(t, dispute.StatePreArbitration, got.Data.State)
		require.Equal(t, f.dispute.OrderID, got.Data.OrderID)
		require.True(t, ends.Equal(got.Data.Deadline))
	}
	require.Empty(t, mails.To(f.merchant.Email, ""))
	f.withdraw()
	events = f.events(e)
	require.Len(t, events, 4)
	require.Equal(t, "dispute.closed.v1", events[3].Type)
	require.Equal(t, dispute.StateClosed, events[3].Data.State)
	require.Equal(t, dispute.Result{
		Decision: dispute.Decide(dispute.ClosedByWithdrawal, f.dispute.DisputedAmount, nil), Outstanding: 12990, NewDueDate: f.inLedger().DueDate,
	}, *events[3].Data.Result)
}

// TestWebhookGone: if the endpoint refuses for good, every message goes by e-mail, and the receipt says why.
func TestWebhookGone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	e := f.addWebhook(func(_ int, w http.ResponseWriter) { http.Error(w, "moved out", http.StatusGone) })
	view := f.open()
	told := f.delivered(view, dispute.OccasionOpened)
	require.Contains(t, told, "merchant by email at ")
	require.Contains(t, told, "OK: queued (the portal refused: the webhook answers 410 Gone from 127.0.0.1:")
	require.Contains(t, told, ": moved out)")
	require.Equal(t, dispute.ChannelEmail, f.receipt(dispute.OccasionOpened).Channel)
	require.Empty(t, f.withdraw().Attention)
	require.Len(t, f.events(e), 2)
	requireOne(t, f.merchant.Email, "opened")
	requireOne(t, f.merchant.Email, "closed")
}

// TestEmailCopy: a merchant who wants e-mails beside the webhook gets one for the first message only, and none if that
// message itself went by e-mail.
func TestEmailCopy(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"Taken": http.StatusOK, "Refused": http.StatusGone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			on := true
			e := f.addWebhook(func(_ int, w http.ResponseWriter) { w.WriteHeader(code) })
			_, _, err := env.Ledger.SetMerchant(t.Context(), f.merchant.ID, dispute.Settings{EmailOnDispute: &on})
			require.NoError(t, err)
			f.open()
			if code == http.StatusOK {
				f.await(func(view dispute.View) bool {
					return slices.ContainsFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "sent-opened-copy" })
				})
			}
			f.withdraw()
			require.Len(t, f.events(e), 2)
			arrived := mails.To(f.merchant.Email, "")
			if code == http.StatusOK {
				require.Len(t, arrived, 1)
				requireOne(t, f.merchant.Email, "opened-copy")
				return
			}
			require.Len(t, arrived, 2, "opened and closed")
			require.Empty(t, mails.To(f.merchant.Email, "opened-copy"))
		})
	}
}

// TestWebhookAndEmailRefused: the dispute says why the merchant could not be reached, and no deadline runs.
func TestWebhookAndEmailRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	e := f.addWebhook(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusMovedPermanently) })
	mails.Refuse(f.merchant.Email, true)
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
	view := f.waitsFor(dispute.WaitRetryNotification)
	require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
	require.Nil(t, view.Deadline)
	require.Regexp(t, `^merchant: refused, portal: the webhook answers 301 Moved Permanently from \S+; redirects are not followed; `+
		`e-mail: the mail server refuses the recipient: 550 `, f.delivered(view, dispute.OccasionOpened))
	require.Len(t, f.events(e), 1)
	mails.Refuse(f.merchant.Email, false)
	_, err = env.Disputes.RetryNotification(t.Context(), f.dispute.ID, dispute.Retry{RequestedBy: "op"})
	require.NoError(t, err)
	require.Empty(t, f.waitsFor(dispute.WaitAgreement).Attention)
	f.withdraw()
}

// TestSettingsOfNextAttempt: a retried message follows the merchant's settings at the time of the next attempt.
func TestSettingsOfNextAttempt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	off, called := false, make(chan struct{}, 100)
	e := f.addWebhook(func(_ int, w http.ResponseWriter) {
		w.WriteHeader(http.StatusServiceUnavailable)
		called <- struct{}{}
	})
	_, err := env.Disputes.Open(t.Context(), f.dispute)
	require.NoError(t, err)
	<-called
	_, _, err = env.Ledger.SetMerchant(t.Context(), f.merchant.ID, dispute.Settings{PortalActive: &off})
	require.NoError(t, err)
	require.Contains(t, f.delivered(f.waitsFor(dispute.WaitAgreement), dispute.OccasionOpened), "merchant by email at ")
	require.NotEmpty(t, f.events(e))
	f.withdraw()
	requireOne(t, f.merchant.Email, "closed")
}
