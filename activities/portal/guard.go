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

// blocked is the reason why a target may not be reached.
type blocked string

const (
	blockedNetwork blocked = "its address is in a private or special network, which the configuration does not allow"
	blockedPlain   blocked = "http:// is for private networks only, which the configuration has to allow"
)

func (b blocked) Error() string { return string(b) }

// guard checks the address of each connection when it is dialled: a name may resolve to another address by then than
// when it was checked before.
type guard struct {
	// private are the networks that are not public and may be reached.
	private []netip.Prefix
	// publicToo is true if public networks may be reached too.
	publicToo bool
}

func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	addr := embedded(target.Addr().WithZone(""))
	switch {
	case within(addr, g.private), g.publicToo && isPublic(addr):
		return nil
	case isPublic(addr):
		return blockedPlain
	default:
		return blockedNetwork
	}
}

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
	teredo    = netip.MustParsePrefix("2001::/32")
)

// embedded returns the IPv4 address that an IPv6 address stands for, because that is where packets to it go: IPv4-mapped
// (RFC 4291), NAT64 with the well-known prefix (RFC 6052), 6to4 (RFC 3056) and Teredo (RFC 4380, which inverts the bits).
// It returns every other address as it is.
func embedded(addr netip.Addr) netip.Addr {
	bytes := addr.As16()
	switch {
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[12:]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(bytes[2:6]))
	case teredo.Contains(addr):
		return netip.AddrFrom4([4]byte{^bytes[12], ^bytes[13], ^bytes[14], ^bytes[15]})
	default:
		return addr.Unmap()
	}
}

// special are the networks that are not public (IANA's registries of special-purpose addresses): this network, private
// use, shared addresses of providers, loopback, link-local, protocol assignments, documentation, benchmarks, multicast,
// reserved; then, of IPv6, protocol assignments and documentation.
var special = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"2001::/23", "2001:db8::/32", "3fff::/20")

// unicast6 is the part of IPv6 that is allocated for public use.
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

// pingTimeout is how long an HTTP/2 connection may be silent before a ping, and how long the ping may take. Otherwise a
// connection that a firewall has cut silently would swallow one message after the other.
const pingTimeout = 5 * time.Second

// client returns a client that connects directly to the addresses that the guard allows: a proxy would resolve names
// itself. It follows no redirects: they would bypass the merchant's settings.
func (g guard) client(connectTimeout time.Duration) *http.Client {
	dialer := net.Dialer{ControlContext: g.control, Timeout: connectTimeout}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: connectTimeout, IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: maxPerEndpoint,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
			HTTP2: &http.HTTP2Config{SendPingTimeout: pingTimeout, PingTimeout: pingTimeout},
		},
	}
}
