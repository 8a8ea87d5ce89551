package portal

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// blocked is why a target may not be reached.
type blocked string

const (
	blockedNetwork blocked = "its address is in a private or special network, which the configuration does not allow"
	blockedPlain   blocked = "http:// is for private networks only, which the configuration has to allow"
)

func (b blocked) Error() string { return string(b) }

// guard decides about the address of each connection when it is made: a name can point to one address when
// it is looked at, and to another when it is connected to.
type guard struct {
	// private are networks that are not public and may be reached all the same.
	private []netip.Prefix
	// publicToo tells that public networks may be reached.
	publicToo bool
}

func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	addr := target.Addr().Unmap().WithZone("")
	switch {
	case within(addr, g.private), g.publicToo && isPublic(addr):
		return nil
	case isPublic(addr):
		return blockedPlain
	default:
		return blockedNetwork
	}
}

// special are the networks within the ranges of public addresses that are none (IANA's
// registries of special-purpose addresses): this network, private use, shared addresses of providers,
// loopback, link-local, protocol assignments, documentation, benchmarks, multicast, reserved; then, of
// IPv6, protocol assignments with Teredo, documentation, and 6to4, which has any IPv4 address in it.
var special = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

// unicast6 is all of IPv6 that is given out for public use.
var unicast6 = netip.MustParsePrefix("2000::/3")

func isPublic(addr netip.Addr) bool {
	return (addr.Is4() || unicast6.Contains(addr)) && !within(addr, special)
}

func within(addr netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(addr) })
}

func prefixes(networks ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(networks))
	for i, network := range networks {
		parsed[i] = netip.MustParsePrefix(network)
	}
	return parsed
}

// perHost is how many messages go to one host at the same time.
const perHost = 8

// probation is how long a kept HTTP/2 connection may be silent before it is asked whether it is still there, and
// how long it may take to say so. One that was cut without a word would swallow one message after the other.
const probation = 5 * time.Second

// client makes a client that reaches what the guard lets it, directly: a proxy would look names up itself.
// It follows no redirects: they would lead around the merchant's settings.
func (g guard) client() *http.Client {
	dialer := net.Dialer{ControlContext: g.control}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxConnsPerHost: perHost, MaxIdleConnsPerHost: perHost, IdleConnTimeout: 30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
			HTTP2: &http.HTTP2Config{SendPingTimeout: probation, PingTimeout: probation},
		},
	}
}
