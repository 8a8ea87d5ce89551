package portal_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

const (
	// secret is the secret in README.md.
	secret    = dispute.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")
	oldSecret = dispute.Secret("whsec_b2xkIHNlY3JldCBvZiB0aGUgbWVyY2hhbnQsIGxvbmc=")
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// delivered is a message whose signature was verified.
type delivered struct {
	id, kind string
	body     []byte
}

// receiver is a merchant's endpoint: an HTTPS server that verifies messages with the public library.
type receiver struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request)

	mutex    sync.Mutex
	messages []delivered
	faults   []error
}

// receive starts an endpoint that takes everything unless answer answers otherwise.
func receive(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewUnstartedServer(r)
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

// hang never answers. A handler that returned when its client left would answer 200, and the client might still read it.
func hang(_ http.ResponseWriter, request *http.Request) {
	<-request.Context().Done()
	drop()
}

// drop ends a handler and its connection without an answer.
func drop() {
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http knows no other way
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	message, err := verified(request, secret)
	r.mutex.Lock()
	r.messages = append(r.messages, message)
	if err != nil {
		r.faults = append(r.faults, err)
	}
	r.mutex.Unlock()
	if r.answer != nil {
		r.answer(w, request)
	}
}

// verified reads a message and verifies its signature.
func verified(request *http.Request, key dispute.Secret) (delivered, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return delivered{}, err
	}
	verifier, err := standardwebhooks.NewWebhook(string(key))
	if err != nil {
		return delivered{}, err
	}
	var envelope struct {
		Type string `json:"type"`
	}
	err = errors.Join(verifier.Verify(body, request.Header), json.Unmarshal(body, &envelope))
	return delivered{id: request.Header.Get("webhook-id"), kind: envelope.Type, body: body}, err
}

// received returns the messages so far; a wrong signature fails the test.
func (r *receiver) received(t *testing.T) []delivered {
	t.Helper()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	require.Empty(t, r.faults)
	return r.messages
}

// webhooks returns the channel to a receiver.
func webhooks(r *receiver) *portal.Webhooks {
	channel := portal.New(inbox{}, loopback, link.Site{})
	if r.TLS != nil {
		channel.Trust(r.Certificate())
	}
	return channel
}

// inbox takes the messages to merchants without an endpoint.
type inbox struct{}

func (inbox) Send(context.Context, dispute.Notice) (string, error) {
	return "the inbox took it", nil
}

// opened returns the notice that opens the response window, to the endpoint.
func opened(url string) dispute.Notice {
	return dispute.Notice{
		Key: dispute.NoticeKey{DisputeID: "kd-2026-0001", Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant},
		Dispute: dispute.Dispute{
			ID: "kd-2026-0001", Reason: dispute.ReasonGoodsNotReceived, OrderID: "order-4711", InvoiceID: "invoice-4711",
			DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: "nordlicht",
			Complainant: dispute.Complainant{ID: "customer-815", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
		},
		Merchant: dispute.Merchant{ID: "nordlicht", Name: "Nordlicht GmbH", PortalActive: true, Webhook: dispute.Webhook{URL: url, Secret: secret}},
		Deadline: time.Date(2026, time.December, 23, 0, 0, 0, 0, time.FixedZone("", 3600)),
		Facts: dispute.Facts{
			State: dispute.StateOpened, CausedAt: time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC), BusinessDays: 21,
		},
	}
}
