package portal

import (
	"crypto/x509"
	"net/http"
	"net/netip"
	"time"
)

// Types has the names of the events.
var Types = types

// Summarize makes the line that is kept of an answer.
var Summarize = summarize

// Limits of an answer.
const (
	MaxRead  = maxRead
	MaxWords = maxWords
)

// NewWithConnectTimeout is New with another timeout for connecting and for the TLS handshake.
var NewWithConnectTimeout = newWebhooks

// MaxPerEndpoint limits the messages that are under way to one endpoint.
const MaxPerEndpoint = maxPerEndpoint

// SetPlaceTimeout changes how long a message waits for those before it.
func (w *Webhooks) SetPlaceTimeout(timeout time.Duration) {
	w.places.timeout = timeout
}

// Trust accepts a certificate of the tests.
func (w *Webhooks) Trust(certificate *x509.Certificate) {
	transport := w.secure.Transport.(*http.Transport)
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(certificate)
}

// Distrust takes that back.
func (w *Webhooks) Distrust() {
	w.secure.Transport.(*http.Transport).TLSClientConfig.RootCAs = nil
}

// SetNow stops the clock.
func (w *Webhooks) SetNow(now time.Time) {
	w.now = func() time.Time { return now }
}

// SetTimeout changes how long an endpoint may take.
func (w *Webhooks) SetTimeout(timeout time.Duration) {
	w.secure.Timeout, w.plain.Timeout = timeout, timeout
}

// SetPingTimeout changes how long a silent connection is trusted.
func (w *Webhooks) SetPingTimeout(timeout time.Duration) {
	http2 := w.secure.Transport.(*http.Transport).HTTP2
	http2.SendPingTimeout, http2.PingTimeout = timeout, timeout
}

// Reaches reports whether a message may go to an address, by https:// and by http://.
func Reaches(private []netip.Prefix, address string) (secure, plain bool) {
	secure = guard{private: private, publicToo: true}.control(nil, "tcp", address, nil) == nil //nolint:staticcheck // no context is looked at
	return secure, guard{private: private}.control(nil, "tcp", address, nil) == nil            //nolint:staticcheck // no context is looked at
}
