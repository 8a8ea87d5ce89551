package portal

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// guard puts before everything what no route may lack: forms from other sites are refused, and every answer has the headers.
func (p *Portal) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	if err := origin.AddTrustedOrigin(p.Config.Site.String()); err != nil { // a proxy may change the Host that it is compared with
		p.Log.Error("forms of browsers without Sec-Fetch-Site are refused behind a proxy", "error", err)
	}
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Log.WarnContext(r.Context(), "a form from another site was refused", "address", addressOfPeer(r))
		p.metrics.request("cross-origin", http.StatusForbidden)
		http.Error(w, "This form was sent from another site. Open the page in the portal and send it there.", http.StatusForbidden)
	}))
	protected := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.headers(w.Header())
		if !p.limits.arrives(addressOfPeer(r)) {
			p.metrics.request("limited", http.StatusTooManyRequests)
			http.Error(w, errTooMany.Error(), http.StatusTooManyRequests)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// contentSecurity lets a page have nothing but what the portal itself serves.
const contentSecurity = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// headers sets the headers of every answer. With the referrer policy no-referrer browsers would send "Origin: null" with forms.
func (p *Portal) headers(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if strings.HasPrefix(p.Config.Site.String(), "https://") {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// addressOfPeer returns the address of the browser: the last one that a proxy on this machine or in its private network names,
// else that of the connection.
func addressOfPeer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !peer.IsLoopback() && !peer.IsPrivate() {
		return host
	}
	forwarded := r.Header.Values("X-Forwarded-For")
	if len(forwarded) == 0 {
		return host
	}
	last := forwarded[len(forwarded)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if named, err := netip.ParseAddr(last); err == nil {
		return named.String()
	}
	return host
}

// networkOf returns what requests are counted for: an address, or the network of an IPv6 address, because who has one has all
// of its network.
func networkOf(address string) string {
	addr, err := netip.ParseAddr(address)
	if addr = addr.Unmap(); err != nil || addr.Is4() {
		return address
	}
	network, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

// The limits in requests a second, with how many may come at once. An office has one address and many people.
const (
	addressRate, addressBurst   = 100, 400
	personRate, personBurst     = 20, 60
	strangerRate, strangerBurst = 5, 40
)

// limits counts requests: all by address, those of a session by its person, the others by address again,
// and mails by their address.
type limits struct {
	addresses, people, strangers, mails *buckets
}

func newLimits() limits {
	return limits{newBuckets(addressRate, addressBurst), newBuckets(personRate, personBurst), newBuckets(strangerRate, strangerBurst), newBuckets(mailRate, mailBurst)}
}

func (l limits) arrives(address string) bool { return l.addresses.allow(networkOf(address)) }

func (l limits) allow(who identity, address string) bool {
	if who.Party == "" {
		return l.strangers.allow(networkOf(address))
	}
	return l.people.allow(who.subject())
}

// buckets has one limiter for each key.
type buckets struct {
	rate  rate.Limit
	burst int

	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newBuckets(perSecond rate.Limit, burst int) *buckets {
	return &buckets{rate: perSecond, burst: burst, all: map[string]*rate.Limiter{}}
}

// maxBuckets is how many keys are kept before those that have not been used for a while are dropped.
const maxBuckets = 10_000

func (b *buckets) allow(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.all[key]
	if !known {
		if len(b.all) >= maxBuckets {
			b.drop(time.Now())
		}
		limiter = rate.NewLimiter(b.rate, b.burst)
		b.all[key] = limiter
	}
	return limiter.Allow()
}

// drop removes the limiters that are full again, which say nothing. If all are in use, it removes all of them.
func (b *buckets) drop(now time.Time) {
	for key, limiter := range b.all {
		if limiter.TokensAt(now) >= float64(b.burst) {
			delete(b.all, key)
		}
	}
	if len(b.all) >= maxBuckets {
		clear(b.all)
	}
}
