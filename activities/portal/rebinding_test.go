package portal_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// domain is the domain of httptest's certificate. The DNS server of the tests answers for names in it.
const domain = ".example.com"

// dnsServer is the DNS server of this package's tests. Each query for a name gets the next of its answers, the last one
// for ever.
type dnsServer struct {
	mutex   sync.Mutex
	answers map[string][][]netip.Addr
	asked   map[string]int
}

var dns = &dnsServer{answers: map[string][][]netip.Addr{"localhost.": {{netip.MustParseAddr("127.0.0.1")}}}, asked: map[string]int{}}

// TestMain makes dns the resolver of the process, and sets a proxy that the channel must not use: a proxy would resolve
// names itself.
func TestMain(m *testing.M) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err = errors.Join(err, os.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go dns.serve(server)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	os.Exit(m.Run())
}

func (n *dnsServer) serve(server net.PacketConn) {
	question := make([]byte, 512)
	for {
		length, from, err := server.ReadFrom(question)
		if err != nil {
			return
		}
		var message dnsmessage.Message
		if message.Unpack(question[:length]) != nil || len(message.Questions) != 1 {
			continue
		}
		n.answer(&message)
		if reply, err := message.Pack(); err == nil {
			_, _ = server.WriteTo(reply, from)
		}
	}
}

// answer adds the current addresses of the name.
func (n *dnsServer) answer(message *dnsmessage.Message) {
	asked := message.Questions[0]
	message.Response, message.Additionals = true, nil
	n.mutex.Lock()
	defer n.mutex.Unlock()
	answers, known := n.answers[asked.Name.String()]
	switch {
	case !known:
		message.RCode = dnsmessage.RCodeNameError
	case asked.Type == dnsmessage.TypeA:
		now := min(n.asked[asked.Name.String()], len(answers)-1)
		n.asked[asked.Name.String()]++
		for _, addr := range answers[now] {
			message.Answers = append(message.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: asked.Name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{A: addr.As4()},
			})
		}
	}
}

// set sets the answers for a name: "a b, c" is a and b for the first query, then c.
func (n *dnsServer) set(name, answers string) {
	var all [][]netip.Addr
	for answer := range strings.SplitSeq(answers, ", ") {
		var addrs []netip.Addr
		for addr := range strings.FieldsSeq(answer) {
			addrs = append(addrs, netip.MustParseAddr(addr))
		}
		all = append(all, addrs)
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.answers[name+domain+"."], n.asked[name+domain+"."] = all, 0
}

// TestDNSRebinding: the address that is checked is the one that is connected to, each time. No name leads into a network
// that is not allowed, whatever address it had before.
func TestDNSRebinding(t *testing.T) {
	t.Parallel()
	const allowed, refused = true, false
	for name, test := range map[string]struct {
		answers string
		sends   []bool
	}{
		"turns-bad":      {"127.0.0.1, 127.0.0.2", []bool{allowed, refused, refused}},
		"turns-good":     {"127.0.0.2, 127.0.0.1", []bool{refused, allowed, allowed}},
		"alternates":     {"127.0.0.1, 127.0.0.2, 127.0.0.1, 169.254.169.254", []bool{allowed, refused, allowed, refused}},
		"both-good-last": {"127.0.0.2 127.0.0.1", []bool{allowed, allowed}},
		"both-bad":       {"127.0.0.2 10.0.0.1", []bool{refused}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dns.set(name, test.answers)
			r := receive(t, nil)
			channel := portal.New(inbox{}, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, link.Site{})
			channel.Trust(r.Certificate())
			arrived := 0
			for _, reaches := range test.sends {
				_, err := channel.Send(t.Context(), opened(strings.Replace(r.URL, "127.0.0.1", name+domain, 1)))
				if reaches {
					require.NoError(t, err)
					arrived++
				} else {
					require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
					require.ErrorContains(t, err, "is not called: its address is in a private or special network")
				}
				require.Len(t, r.received(t), arrived)
				r.CloseClientConnections() // an idle one would not be dialled again
			}
		})
	}
}

// TestUnknownName is a transient error: the owner of the name can correct it.
func TestUnknownName(t *testing.T) {
	t.Parallel()
	_, err := portal.New(inbox{}, loopback, link.Site{}).Send(t.Context(), opened("https://nobody"+domain+"/disputes"))
	require.ErrorContains(t, err, "webhook at nobody"+domain+": ")
	require.ErrorContains(t, err, "no such host")
	require.Empty(t, dispute.CodeOf(err))
}
