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
)

// domain is what the certificate of httptest is good for. Names in it are answered by names.
const domain = ".example.com"

// names is a DNS server, the one that this package's tests ask. It is whoever owns a domain: each question about
// a name gets the next of its answers, the last one for ever.
type names struct {
	mutex   sync.Mutex
	answers map[string][][]netip.Addr
	asked   map[string]int
}

var dns = &names{answers: map[string][][]netip.Addr{"localhost.": {{netip.MustParseAddr("127.0.0.1")}}}, asked: map[string]int{}}

// TestMain asks dns instead of the machine's servers: the channel uses the resolver of its process. A proxy would
// look names up itself, so the one that the environment names here has to be left alone.
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

func (n *names) serve(server net.PacketConn) {
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

// answer says which addresses a name has now.
func (n *names) answer(message *dnsmessage.Message) {
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

// point lets a name point to addresses: "a b, c" to a and b when it is asked for first, then to c.
func (n *names) point(name, answers string) {
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

// TestANameThatChangesItsAddress: the address that is connected to is the one that is looked at, each time. No
// name leads into a network that is not allowed, whatever it has pointed to a moment before.
func TestANameThatChangesItsAddress(t *testing.T) {
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
			dns.point(name, test.answers)
			r := receive(t, nil)
			channel := portal.New(inbox{}, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
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
				r.CloseClientConnections() // a kept one would not ask again
			}
		})
	}
}

// TestANameThatIsNotThere is trouble that passes: an operator of the name can mend it.
func TestANameThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := portal.New(inbox{}, loopback).Send(t.Context(), opened("https://nobody"+domain+"/disputes"))
	require.ErrorContains(t, err, "webhook at nobody"+domain+": ")
	require.ErrorContains(t, err, "no such host")
	require.Empty(t, dispute.CodeOf(err))
}
