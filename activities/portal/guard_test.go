package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// TestNetworks: the addresses that webhooks may reach if the private networks 10.1.0.0/16 and fd00:1::/32 are allowed.
func TestNetworks(t *testing.T) {
	t.Parallel()
	allowed := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}
	for addresses, want := range map[string]struct{ secure, plain bool }{
		"1.1.1.1 9.255.255.255 11.0.0.1 100.63.0.1 100.128.0.1 172.15.0.1 172.32.0.1 192.167.0.1 198.20.0.1 223.255.255.254": {secure: true},
		"[::ffff:1.1.1.1] [2a00:1450::1] [2606:4700::1111] [2001:4860:4860::8888]":                                           {secure: true},
		"10.1.0.1 10.1.255.255 [::ffff:10.1.2.3] [fd00:1::1]":                                                                {secure: true, plain: true},
		"0.0.0.0 10.0.0.1 10.2.0.1 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1":       {},
		"192.0.2.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255":       {},
		"[::] [::1] [::ffff:127.0.0.1] [::ffff:169.254.169.254] [::127.0.0.1] [fe80::1] [fe80::1%eth0] [fc00::1] [fd00::1]":  {},
		"[64:ff9b::10.0.0.1] [64:ff9b:1::1] [100::1] [2001::1] [2001:db8::1] [2002:7f00:1::] [3fff::1] [fec0::1] [ff02::1]":  {},
	} {
		for address := range strings.FieldsSeq(addresses) {
			secure, plain := portal.Reaches(allowed, address+":443")
			require.Equal(t, want.secure, secure, address)
			require.Equal(t, want.plain, plain, address)
		}
	}
	secure, plain := portal.Reaches(allowed, "shop.example:443")
	require.False(t, secure || plain, "names are refused: the guard sees addresses")
}

// TestEmbeddedIPv4: an IPv6 address that stands for an IPv4 one is judged by that, even if its own network is allowed.
func TestEmbeddedIPv4(t *testing.T) {
	t.Parallel()
	allowed := []netip.Prefix{
		netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	}
	for mechanism, embed := range map[string]func(v4 [4]byte) netip.Addr{
		"IPv4-mapped, RFC 4291, 2.5.5.2": func(v4 [4]byte) netip.Addr {
			return netip.AddrFrom16([16]byte{10: 0xff, 0xff, v4[0], v4[1], v4[2], v4[3]})
		},
		"NAT64, RFC 6052": func(v4 [4]byte) netip.Addr {
			return netip.AddrFrom16([16]byte{0: 0, 0x64, 0xff, 0x9b, 12: v4[0], v4[1], v4[2], v4[3]})
		},
		"6to4, RFC 3056": func(v4 [4]byte) netip.Addr {
			return netip.AddrFrom16([16]byte{0: 0x20, 0x02, v4[0], v4[1], v4[2], v4[3], 15: 1})
		},
		"Teredo, RFC 4380": func(v4 [4]byte) netip.Addr {
			return netip.AddrFrom16([16]byte{0: 0x20, 0x01, 4: 8, 8, 8, 8, 12: ^v4[0], ^v4[1], ^v4[2], ^v4[3]})
		},
	} {
		for address, want := range map[string]struct{ secure, plain bool }{
			"8.8.8.8": {secure: true}, "10.1.2.3": {secure: true, plain: true},
			"10.2.0.1": {}, "127.0.0.1": {}, "169.254.169.254": {}, "192.168.1.1": {}, "224.0.0.1": {}, "0.0.0.0": {},
		} {
			secure, plain := portal.Reaches(allowed, netip.AddrPortFrom(embed(netip.MustParseAddr(address).As4()), 443).String())
			require.Equal(t, want.secure, secure, "%s %s", mechanism, address)
			require.Equal(t, want.plain, plain, "%s %s", mechanism, address)
		}
	}
}

// TestPrivateTargetsAreRefused when the connection is dialled, by address and by name, before anything is sent.
func TestPrivateTargetsAreRefused(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	t.Cleanup(plain.Close)
	secure := receive(t, nil)
	for _, url := range []string{
		secure.URL, strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), strings.Replace(secure.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1),
		plain.URL, strings.Replace(plain.URL, "127.0.0.1", "localhost", 1), "https://169.254.169.254/latest/meta-data",
	} {
		channel := portal.New(inbox{}, nil, link.Site{})
		channel.Trust(secure.Certificate())
		_, err := channel.Send(t.Context(), opened(url))
		require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
		require.ErrorContains(t, err, "is not called: its address is in a private or special network, which the configuration does not allow")
	}
	require.Empty(t, secure.received(t))
	_, err := portal.New(inbox{}, loopback, link.Site{}).Send(t.Context(), opened("http://1.1.1.1/"))
	require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
	require.ErrorContains(t, err, "the webhook at 1.1.1.1 is not called: http:// is for private networks only")
}

func TestPlainHTTPReachesAllowedNetworks(t *testing.T) {
	t.Parallel()
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	_, err := webhooks(r).Send(t.Context(), opened(strings.Replace(r.URL, "127.0.0.1", "localhost", 1)))
	require.NoError(t, err)
	require.Len(t, r.received(t), 1)
}
