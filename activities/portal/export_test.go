package portal

import (
	"crypto/x509"
	"net/http"
	"net/netip"
	"time"
)

// Types are the names of the events.
var Types = types

// Gist is the line that is kept of an answer.
var Gist = gist

// Bounds of what is read and kept of an answer.
const (
	MaxRead      = maxRead
	MaxWords     = maxWords
	LongestPause = longestPause
)

// Trust makes a certificate of the tests a good one.
func (w *Webhooks) Trust(certificate *x509.Certificate) {
	transport := w.secure.Transport.(*http.Transport)
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(certificate)
}

// Distrust takes that back.
func (w *Webhooks) Distrust() {
	w.secure.Transport.(*http.Transport).TLSClientConfig.RootCAs = nil
}

// At stops the clock.
func (w *Webhooks) At(now time.Time) {
	w.now = func() time.Time { return now }
}

// Wait changes how long an endpoint may take.
func (w *Webhooks) Wait(patience time.Duration) {
	w.secure.Timeout, w.plain.Timeout = patience, patience
}

// Probe changes how long a silent connection is trusted.
func (w *Webhooks) Probe(probation time.Duration) {
	http2 := w.secure.Transport.(*http.Transport).HTTP2
	http2.SendPingTimeout, http2.PingTimeout = probation, probation
}

// Reaches tells whether a message may go to an address, by https:// and by http://.
func Reaches(private []netip.Prefix, address string) (secure, plain bool) {
	secure = guard{private: private, publicToo: true}.control(nil, "tcp", address, nil) == nil //nolint:staticcheck // no context is looked at
	return secure, guard{private: private}.control(nil, "tcp", address, nil) == nil            //nolint:staticcheck // no context is looked at
}
