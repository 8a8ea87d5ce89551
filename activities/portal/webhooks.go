package portal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

const (
	// timeout is how long an endpoint may take to answer, unless the context ends earlier.
	timeout = 20 * time.Second
	// connectTimeout is how long an endpoint may take to accept a connection, and then for its TLS handshake. A connection
	// that is being established outlives the request that needed it, so these two need timeouts of their own.
	connectTimeout = 5 * time.Second
)

// Webhooks sends messages to the endpoints of merchants, signed according to Standard Webhooks. It is safe for concurrent
// use.
type Webhooks struct {
	inbox activities.Channel
	// site is the portal to which messages link.
	site link.Site
	// private are the networks that are not public and may be reached.
	private []netip.Prefix
	// secure is for https://, plain for http://, which reaches allowed private networks only.
	secure, plain *http.Client
	places        *places
	now           func() time.Time
}

var _ activities.Channel = (*Webhooks)(nil)

// New returns the channel. Messages to merchants without an endpoint go to the inbox. Endpoints are on the public internet
// or in one of the private networks. Messages name the dispute's page on the site; that of no portal is the zero value.
func New(inbox activities.Channel, private []netip.Prefix, site link.Site) *Webhooks {
	channel := newWebhooks(inbox, private, connectTimeout)
	channel.site = site
	return channel
}

func newWebhooks(inbox activities.Channel, private []netip.Prefix, connectTimeout time.Duration) *Webhooks {
	return &Webhooks{
		inbox: inbox, private: private,
		secure: guard{private: private, publicToo: true}.client(connectTimeout),
		plain:  guard{private: private}.client(connectTimeout),
		places: newPlaces(),
		now:    time.Now,
	}
}

// Allows reports whether a URL may be that of an endpoint: http:// has to lead to an allowed private network. Every call is
// checked again, because a name may resolve to another address by then.
func (w *Webhooks) Allows(ctx context.Context, endpoint string) bool {
	target, err := url.Parse(endpoint)
	if err != nil || target.Scheme != "http" {
		return err == nil
	}
	if len(w.private) == 0 {
		return false
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", target.Hostname())
	return err == nil && !slices.ContainsFunc(addrs, func(addr netip.Addr) bool { return !within(embedded(addr.WithZone("")), w.private) })
}

// Send sends one message and returns the endpoint's answer. A message that is sent again has the same webhook-id.
//
// An answer of 4xx or a redirect (no login page and no former address has read the message), and an endpoint in a network
// that webhooks may not reach, is a *dispute.Refusal of CodeMessageRefused. 408, 425, 429, 5xx and every failure to get an
// answer are transient errors, an *activities.RetryAfterError where the endpoint sends Retry-After. Errors contain the
// host of the URL only: the rest may be a password.
func (w *Webhooks) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	if notice.Merchant.Webhook.URL == "" {
		return w.inbox.Send(ctx, notice)
	}
	body, err := encode(notice, w.site)
	if err != nil {
		return "", err
	}
	answer, _, err = w.post(ctx, message{to: notice.Merchant.Webhook, id: notice.Key.Name(), body: body})
	return answer, err
}

// Post posts a message that is not about one merchant, signed and with its webhook-id, by the rules and with the errors of Send.
func (w *Webhooks) Post(ctx context.Context, to dispute.Webhook, id string, body []byte) (answer string, err error) {
	answer, _, err = w.post(ctx, message{to: to, id: id, body: body})
	return answer, err
}

// CheckSecret returns an error unless a secret can sign messages. It does not repeat the secret.
func CheckSecret(secret dispute.Secret) error {
	encoded, found := strings.CutPrefix(string(secret), "whsec_")
	if key, err := base64.StdEncoding.DecodeString(encoded); !found || err != nil || len(key) < minKey || len(key) > maxKey {
		return fmt.Errorf("must be whsec_ and the base64 of %d to %d bytes, as of: echo whsec_$(openssl rand -base64 32)", minKey, maxKey)
	}
	return nil
}

// minKey and maxKey limit the bytes of a key, as Standard Webhooks do.
const (
	minKey = 24
	maxKey = 64
)

// message is what one request posts.
type message struct {
	to   dispute.Webhook
	id   string
	body []byte
}

// post posts a message as Send does, and returns the status of the endpoint's answer: 0 if it has not answered.
func (w *Webhooks) post(ctx context.Context, m message) (answer string, status int, err error) {
	target, err := url.Parse(m.to.URL)
	if err != nil {
		return "", 0, dispute.Refuse(dispute.CodeMessageRefused, "the webhook's URL is invalid")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := w.request(ctx, m)
	if err != nil {
		return "", 0, fmt.Errorf("webhook at %s: %w", target.Host, err)
	}
	client := w.secure
	if target.Scheme == "http" {
		client = w.plain
	}
	leave, err := w.places.take(ctx, m.to.URL)
	if err != nil {
		return "", 0, fmt.Errorf("webhook at %s: %w", target.Host, err)
	}
	defer leave()
	response, err := client.Do(request)
	if why, ok := errors.AsType[blocked](err); ok {
		return "", 0, dispute.Refuse(dispute.CodeMessageRefused, "the webhook at %s is not called: %v", target.Host, why)
	}
	if err != nil {
		return "", 0, fmt.Errorf("webhook at %s: %w", target.Host, withoutURL(err))
	}
	defer response.Body.Close() //nolint:errcheck // the answer was read
	answer, err = w.verdict(response, target.Host, words(response, cancel))
	return answer, response.StatusCode, err
}

// request builds and signs the request of one attempt.
func (w *Webhooks) request(ctx context.Context, m message) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.to.URL, bytes.NewReader(m.body))
	if err != nil {
		return nil, withoutURL(err)
	}
	at := w.now()
	var signatures []string
	for _, secret := range m.to.Secrets(at) {
		signer, err := standardwebhooks.NewWebhook(string(secret))
		if err != nil {
			return nil, errors.New("its secret in the ledger is invalid")
		}
		signature, err := signer.Sign(m.id, at, m.body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Streitfall-Webhooks/1")
	request.Header.Set(standardwebhooks.HeaderWebhookID, m.id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	// The key lets net/http repeat the request on a new connection if an idle one was closed. A nil value is not sent:
	// receivers recognise a repeat by its webhook-id.
	request.Header["Idempotency-Key"] = nil
	return request, nil
}

func withoutURL(err error) error {
	if failure, ok := errors.AsType[*url.Error](err); ok {
		return failure.Err
	}
	return err
}
