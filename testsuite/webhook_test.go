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

// endpoint is the dispute app of a merchant: it verifies what it gets with the public library and answers as
// the test tells it.
type endpoint struct {
	answer func(call int, w http.ResponseWriter)

	mu     sync.Mutex
	secret dispute.Secret
	got    []event
	fault  error
}

// event is a message that arrived.
type event struct {
	id   string
	Type string        `json:"type"`
	Data dispute.Event `json:"data"`
}

// connect gives the household's merchant a webhook.
func (h *household) connect(answer func(call int, w http.ResponseWriter)) *endpoint {
	h.Helper()
	e := &endpoint{answer: answer}
	server := httptest.NewServer(e)
	h.Cleanup(server.Close)
	url, on := server.URL+"/disputes", true
	_, secret, err := town.ledger.SetMerchant(h.Context(), h.merchant.ID, dispute.Settings{PortalActive: &on, Webhook: &url})
	require.NoError(h, err)
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

// events are the messages so far, which all were signed rightly.
func (h *household) events(e *endpoint) []event {
	h.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	require.NoError(h, e.fault)
	return slices.Clone(e.got)
}

// told is the entry of the timeline that proves a message, or that it was refused.
func (h *household) told(view dispute.View, occasion dispute.Occasion) string {
	h.Helper()
	i := slices.IndexFunc(view.Timeline, func(entry dispute.Entry) bool {
		return strings.TrimPrefix(entry.Event, "not-") == "told-"+string(occasion) && strings.HasPrefix(entry.Detail, string(dispute.PartyMerchant))
	})
	require.GreaterOrEqual(h, i, 0, view.Timeline)
	return view.Timeline[i].Detail
}

// receipt is the record of a message to the merchant.
func (h *household) receipt(occasion dispute.Occasion) dispute.Receipt {
	h.Helper()
	key := dispute.NoticeKey{DisputeID: h.dispute.ID, Occasion: occasion, Number: 1, Recipient: dispute.PartyMerchant}
	prior, err := town.ledger.Lookup(h.Context(), h.dispute.MerchantID, key)
	require.NoError(h, err)
	require.Contains(h, prior.Receipts, key)
	return prior.Receipts[key]
}

// TestWebhook: the window begins with the 2xx of the merchant's endpoint, whatever came before it, and the
// record has the endpoint's words.
func TestWebhook(t *testing.T) {
	t.Parallel()
	h := settle(t)
	reached, release := make(chan struct{}), make(chan struct{})
	e := h.connect(func(call int, w http.ResponseWriter) {
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
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
	<-reached
	require.Nil(t, h.waitsFor(dispute.WaitNotification).Deadline, "no window before the merchant has the message")
	released := time.Now()
	close(release)

	view := h.waitsFor(dispute.WaitAgreement)
	receipt := h.receipt(dispute.OccasionOpened)
	require.Equal(t, dispute.ChannelPortal, receipt.Channel)
	require.Contains(t, receipt.Answer, `202 Accepted from 127.0.0.1:`)
	require.Contains(t, receipt.Answer, `: {"ticket": 4711}`)
	require.WithinRange(t, receipt.At, released.Truncate(time.Microsecond), time.Now())
	require.Equal(t, "merchant by portal at "+receipt.At.Format(time.RFC3339)+": "+receipt.Answer, h.told(view, dispute.OccasionOpened))
	german, err := calendar.Load("DE")
	require.NoError(t, err)
	ends, err := german.Deadline(receipt.At, 21)
	require.NoError(t, err)
	require.True(t, ends.Equal(*view.Deadline))

	events := h.events(e)
	require.Len(t, events, 3)
	for _, got := range events {
		require.Equal(t, "dispute.opened.v1", got.Type)
		require.Equal(t, events[0].id, got.id, "one message")
		require.Equal(t, dispute.StatePreArbitration, got.Data.State)
		require.Equal(t, h.dispute.OrderID, got.Data.OrderID)
		require.True(t, ends.Equal(got.Data.Deadline))
	}
	require.Empty(t, town.mailbox.To(h.merchant.Email, ""))
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
	events = h.events(e)
	require.Len(t, events, 4)
	require.Equal(t, "dispute.closed.v1", events[3].Type)
	require.Equal(t, dispute.StateClosed, events[3].Data.State)
	require.Equal(t, dispute.Result{
		Decision: dispute.Decide(dispute.ClosedByWithdrawal, h.dispute.DisputedAmount, nil), Outstanding: 12990, NewDueDate: h.books().DueDate,
	}, *events[3].Data.Result)
}

// TestWebhookGone: a merchant whose endpoint refuses for good hears by e-mail, each time, and it is said why.
func TestWebhookGone(t *testing.T) {
	t.Parallel()
	h := settle(t)
	e := h.connect(func(_ int, w http.ResponseWriter) { http.Error(w, "moved out", http.StatusGone) })
	view := h.open()
	told := h.told(view, dispute.OccasionOpened)
	require.Contains(t, told, "merchant by email at ")
	require.Contains(t, told, "OK: queued (the portal refused: the webhook answers 410 Gone from 127.0.0.1:")
	require.Contains(t, told, ": moved out)")
	require.Equal(t, dispute.ChannelEmail, h.receipt(dispute.OccasionOpened).Channel)
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	require.Empty(t, h.closes(dispute.ClosedByWithdrawal).Attention)
	require.Len(t, h.events(e), 2)
	requireOne(t, h.merchant.Email, "opened")
	requireOne(t, h.merchant.Email, "closed")
}

// TestCopyBesideTheWebhook: who asks for an e-mail too gets one, for the first message only, and none beside an
// e-mail.
func TestCopyBesideTheWebhook(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"Taken": http.StatusOK, "Refused": http.StatusGone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := settle(t)
			on := true
			e := h.connect(func(_ int, w http.ResponseWriter) { w.WriteHeader(code) })
			_, _, err := town.ledger.SetMerchant(t.Context(), h.merchant.ID, dispute.Settings{EmailOnDispute: &on})
			require.NoError(t, err)
			h.open()
			if code == http.StatusOK {
				h.reaches(func(view dispute.View) bool {
					return slices.ContainsFunc(view.Timeline, func(entry dispute.Entry) bool { return entry.Event == "told-opened-copy" })
				})
			}
			require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
			h.closes(dispute.ClosedByWithdrawal)
			require.Len(t, h.events(e), 2)
			mails := town.mailbox.To(h.merchant.Email, "")
			if code == http.StatusOK {
				require.Len(t, mails, 1)
				requireOne(t, h.merchant.Email, "opened-copy")
				return
			}
			require.Len(t, mails, 2, "opened and closed")
			require.Empty(t, town.mailbox.To(h.merchant.Email, "opened-copy"))
		})
	}
}

// TestWebhookAndMailboxGone: the dispute says why nobody could be told, and nothing runs.
func TestWebhookAndMailboxGone(t *testing.T) {
	t.Parallel()
	h := settle(t)
	e := h.connect(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusMovedPermanently) })
	town.mailbox.Refuse(h.merchant.Email, true)
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
	view := h.waitsFor(dispute.WaitRetryNotification)
	require.Equal(t, []dispute.Cause{dispute.CauseUnreachable}, view.Attention)
	require.Nil(t, view.Deadline)
	require.Regexp(t, `^merchant: refused, portal: the webhook answers 301 Moved Permanently from \S+; redirects are not followed; `+
		`e-mail: the mail server refuses the recipient: 550 `, h.told(view, dispute.OccasionOpened))
	require.Len(t, h.events(e), 1)
	town.mailbox.Refuse(h.merchant.Email, false)
	_, err = town.disputes.RetryNotification(t.Context(), h.dispute.ID, dispute.Retry{RequestedBy: "op"})
	require.NoError(t, err)
	require.Empty(t, h.waitsFor(dispute.WaitAgreement).Attention)
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
}

// TestSettingsOfTheMoment: a message that is being tried goes by the settings of its next attempt.
func TestSettingsOfTheMoment(t *testing.T) {
	t.Parallel()
	h := settle(t)
	off, called := false, make(chan struct{}, 100)
	e := h.connect(func(_ int, w http.ResponseWriter) {
		w.WriteHeader(http.StatusServiceUnavailable)
		called <- struct{}{}
	})
	_, err := town.disputes.Open(t.Context(), h.dispute)
	require.NoError(t, err)
	<-called
	_, _, err = town.ledger.SetMerchant(t.Context(), h.merchant.ID, dispute.Settings{PortalActive: &off})
	require.NoError(t, err)
	require.Contains(t, h.told(h.waitsFor(dispute.WaitAgreement), dispute.OccasionOpened), "merchant by email at ")
	require.NotEmpty(t, h.events(e))
	require.NoError(t, town.disputes.Withdraw(t.Context(), h.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	h.closes(dispute.ClosedByWithdrawal)
	requireOne(t, h.merchant.Email, "closed")
}
