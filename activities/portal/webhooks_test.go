package portal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// fence returns the first block of a kind in README.md.
func fence(t *testing.T, kind string) string {
	t.Helper()
	documentation, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(documentation), "```"+kind+"\n")
	require.True(t, found)
	block, _, _ := strings.Cut(after, "```")
	return block
}

// TestSendAsDocumented: the request is the one in README.md, without further members.
func TestSendAsDocumented(t *testing.T) {
	t.Parallel()
	var header http.Header
	r := receive(t, func(_ http.ResponseWriter, request *http.Request) { header = request.Header })
	answer, err := webhooks(r).Send(t.Context(), opened(r.URL))
	require.NoError(t, err)
	require.Equal(t, "200 OK from "+strings.TrimPrefix(r.URL, "https://"), answer)
	got := r.received(t)[0]
	require.JSONEq(t, fence(t, "json"), string(got.body))
	for _, private := range []string{"Jonas", "jonas", "customer-815", "Nordlicht GmbH", "whsec_"} {
		require.NotContains(t, string(got.body), private)
	}
	require.NotContains(t, header, "Idempotency-Key")

	channel := webhooks(r)
	channel.SetNow(time.Date(2026, time.November, 23, 9, 15, 1, 0, time.UTC))
	_, err = channel.Send(t.Context(), opened(r.URL))
	require.NoError(t, err)
	shown := fence(t, "http")
	for _, name := range []string{"Content-Type", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		require.Contains(t, shown, fmt.Sprintf("\n%s: %s\n", name, header.Get(name)))
	}
}

// TestMessagesNameThePage: where there is a portal, a message has the address of the dispute's page, and no signed link.
func TestMessagesNameThePage(t *testing.T) {
	t.Parallel()
	site, err := link.ParseSite("https://disputes.example.com")
	require.NoError(t, err)
	r := receive(t, nil)
	channel := portal.New(inbox{}, loopback, site)
	channel.Trust(r.Certificate())
	_, err = channel.Send(t.Context(), opened(r.URL))
	require.NoError(t, err)
	require.Contains(t, string(r.received(t)[0].body), `,"url":"https://disputes.example.com/disputes/kd-2026-0001"}}`)
}

// TestTypesAreDocumented: every message to a merchant has a type that never changes. One without a type would be retried
// without end.
func TestTypesAreDocumented(t *testing.T) {
	t.Parallel()
	documentation, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for occasion, name := range portal.Types {
		require.Equal(t, "dispute."+strings.ReplaceAll(string(occasion), "-", "_")+".v1", name)
		require.Contains(t, string(documentation), "`"+name+"`")
		r := receive(t, nil)
		notice := opened(r.URL)
		notice.Key.Occasion = occasion
		_, err := webhooks(r).Send(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, name, r.received(t)[0].kind)
	}
	for _, occasion := range dispute.Occasions {
		toMerchant := slices.Contains(occasion.Recipients(), dispute.PartyMerchant) && !occasion.IsCopy() // copies go by e-mail
		_, known := portal.Types[occasion]
		require.Equal(t, toMerchant, known, occasion)
	}
	r := receive(t, nil)
	notice := opened(r.URL)
	notice.Key.Occasion = dispute.OccasionReasonAsked
	_, err = webhooks(r).Send(t.Context(), notice)
	require.ErrorContains(t, err, `no event for the occasion "reason-asked"`)
	require.Empty(t, dispute.CodeOf(err))
	require.Empty(t, r.received(t))
}

// TestBothSecretsSign while the previous secret is valid.
func TestBothSecretsSign(t *testing.T) {
	t.Parallel()
	old := make(chan error, 1)
	r := receive(t, nil)
	r.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		again := request.Clone(request.Context())
		request.Body, again.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
		_, wrong := verified(again, oldSecret)
		old <- errors.Join(err, wrong)
		r.ServeHTTP(w, request)
	})
	notice := opened(r.URL)
	notice.Merchant.Webhook.Previous, notice.Merchant.Webhook.PreviousUntil = oldSecret, time.Now().Add(time.Hour)
	_, err := webhooks(r).Send(t.Context(), notice)
	require.NoError(t, err)
	require.NoError(t, <-old)
	require.Len(t, r.received(t), 1)

	notice.Merchant.Webhook.PreviousUntil = time.Now()
	_, err = webhooks(r).Send(t.Context(), notice)
	require.NoError(t, err)
	require.ErrorContains(t, <-old, "no matching signature found")
	require.Len(t, r.received(t), 2)
}

// TestAnswers: each status takes the message, refuses it or is a transient error.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct{ taken, refused bool }{
		200: {taken: true}, 201: {taken: true}, 202: {taken: true}, 204: {taken: true}, 299: {taken: true},
		300: {refused: true}, 301: {refused: true}, 302: {refused: true}, 303: {refused: true}, 304: {refused: true}, 307: {refused: true}, 308: {refused: true},
		400: {refused: true}, 401: {refused: true}, 403: {refused: true}, 404: {refused: true}, 410: {refused: true}, 422: {refused: true}, 499: {refused: true},
		408: {}, 425: {}, 429: {}, 500: {}, 501: {}, 502: {}, 503: {}, 504: {}, 599: {},
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
				w.Header().Set("Location", "/elsewhere")
				w.Header().Set("Content-Type", "text/plain")
				w.WriteHeader(code)
				if code != http.StatusNoContent && code != http.StatusNotModified {
					fmt.Fprint(w, "details")
				}
			})
			answer, err := webhooks(r).Send(t.Context(), opened(r.URL))
			require.Len(t, r.received(t), 1, "no redirect is followed and nothing is repeated")
			if want.taken {
				require.NoError(t, err)
				require.Contains(t, answer, fmt.Sprint(code))
				return
			}
			require.Empty(t, answer)
			require.ErrorContains(t, err, fmt.Sprintf("the webhook answers %d", code))
			require.Equal(t, want.refused, dispute.CodeOf(err) == dispute.CodeMessageRefused, err)
			require.Equal(t, code/100 == 3, strings.HasSuffix(err.Error(), "; redirects are not followed"))
		})
	}
}

// TestRetryAfter: seconds or a date, an hour at most.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "1.5": 0, "120": 2 * time.Minute, "3601": time.Hour, "4294967295": time.Hour,
		now.Add(time.Minute).UTC().Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).UTC().Format(http.TimeFormat): 0,
		now.AddDate(1, 0, 0).UTC().Format(http.TimeFormat):  time.Hour,
		now.Add(time.Minute).UTC().Format(time.RFC850):      time.Minute,
		now.Add(2 * time.Minute).UTC().Format(time.ANSIC):   2 * time.Minute,
	} {
		for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			t.Run(fmt.Sprintf("%d %s", code, header), func(t *testing.T) {
				t.Parallel()
				r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", header)
					w.WriteHeader(code)
				})
				channel := webhooks(r)
				channel.SetNow(now)
				_, err := channel.Send(t.Context(), opened(r.URL))
				require.ErrorContains(t, err, fmt.Sprint(code))
				require.Empty(t, dispute.CodeOf(err))
				later, ok := errors.AsType[*activities.RetryAfterError](err)
				require.Equal(t, want > 0, ok)
				if ok {
					require.Equal(t, want, later.After)
				}
			})
		}
	}
}

// TestNoAnswer is a transient error, which contains no more of the URL than its host.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		broken func(*receiver, *portal.Webhooks)
	}{
		"timeout":     {hang, func(_ *receiver, w *portal.Webhooks) { w.SetTimeout(50 * time.Millisecond) }},
		"dropped":     {func(http.ResponseWriter, *http.Request) { drop() }, nil},
		"nobody":      {nil, func(r *receiver, _ *portal.Webhooks) { r.Close() }},
		"distrusted":  {nil, func(_ *receiver, w *portal.Webhooks) { w.Distrust() }},
		"long header": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("A", strings.Repeat("a", 128<<10)) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, test.answer)
			channel := webhooks(r)
			if test.broken != nil {
				test.broken(r, channel)
			}
			_, err := channel.Send(t.Context(), opened(r.URL+"/hooks/geheim?token=geheim"))
			require.ErrorContains(t, err, "webhook at "+strings.TrimPrefix(r.URL, "https://")+": ")
			require.Empty(t, dispute.CodeOf(err))
			require.NotContains(t, err.Error(), "geheim")
		})
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := receive(t, func(_ http.ResponseWriter, request *http.Request) {
		cancel()
		hang(nil, request)
	})
	_, err := webhooks(r).Send(ctx, opened(r.URL))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, dispute.CodeOf(err))
}

// TestEndlessBody: the status is enough.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"silent": func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "taken")
			w.(http.Flusher).Flush()
			<-request.Context().Done()
		},
		"talkative": func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for request.Context().Err() == nil {
				if _, err := fmt.Fprint(w, "taken "); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, answer)
			answer, err := webhooks(r).Send(t.Context(), opened(r.URL))
			require.NoError(t, err)
			require.Contains(t, answer, ": taken")
			require.Less(t, len(answer), 300)
		})
	}
}

// TestClosedConnectionCostsNoAttempt: the request is repeated on a new connection.
func TestClosedConnectionCostsNoAttempt(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	channel := webhooks(r)
	for range 3 {
		_, err := channel.Send(t.Context(), opened(r.URL))
		require.NoError(t, err)
		r.CloseClientConnections()
	}
	require.Len(t, r.received(t), 3)
}

func TestMerchantWithoutEndpoint(t *testing.T) {
	t.Parallel()
	answer, err := portal.New(inbox{}, nil, link.Site{}).Send(t.Context(), opened(""))
	require.NoError(t, err)
	require.Equal(t, "the inbox took it", answer)
}

// TestRetriesHaveTheSameID, whichever step failed.
func TestRetriesHaveTheSameID(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	r := receive(t, func(w http.ResponseWriter, request *http.Request) {
		switch calls.Add(1) {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		case 3: // the endpoint has the message, and its answer is lost
			drop()
		case 4:
			hang(w, request)
		}
	})
	channel := webhooks(r)
	channel.SetTimeout(500 * time.Millisecond)
	for calls.Load() < 4 { // a closed connection is replaced within one attempt
		_, err := channel.Send(t.Context(), opened(r.URL))
		require.Error(t, err)
		require.Empty(t, dispute.CodeOf(err))
	}
	channel.SetTimeout(time.Minute)
	for range 2 {
		_, err := channel.Send(t.Context(), opened(r.URL))
		require.NoError(t, err)
	}
	ids := map[string]bool{}
	for _, message := range r.received(t) {
		ids[message.id] = true
		require.JSONEq(t, fence(t, "json"), string(message.body))
	}
	require.Len(t, ids, 1)
	other := opened(r.URL)
	other.Key.Number = 2
	_, err := channel.Send(t.Context(), other)
	require.NoError(t, err)
	require.False(t, ids[r.received(t)[len(r.received(t))-1].id])
}

// TestInvalidSecret is a transient error, which does not contain the secret.
func TestInvalidSecret(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	notice := opened(r.URL)
	notice.Merchant.Webhook.Secret = "whsec_%geheim"
	_, err := webhooks(r).Send(t.Context(), notice)
	require.ErrorContains(t, err, "its secret in the ledger is invalid")
	require.Empty(t, dispute.CodeOf(err))
	require.NotContains(t, err.Error(), "geheim")
	require.Empty(t, r.received(t))
}
