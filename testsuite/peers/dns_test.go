package peers_test

import (
	"context"
	"net"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// The names of the tests: all in this domain are on this machine, but the DNS server never answers for the slow one.
const (
	domain   = ".peers.example"
	slowName = "slow" + domain
)

// useOwnDNS makes a DNS server of ours the resolver of the process.
func useOwnDNS() error {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go serveDNS(server)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	return nil
}

func serveDNS(server net.PacketConn) {
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
		asked := message.Questions[0]
		name := strings.TrimSuffix(asked.Name.String(), ".")
		message.Response, message.Additionals = true, nil
		switch {
		case name == slowName:
			continue
		case name != "localhost" && !strings.HasSuffix(name, domain):
			message.RCode = dnsmessage.RCodeNameError
		case asked.Type == dnsmessage.TypeA:
			message.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: asked.Name, Class: dnsmessage.ClassINET},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			}}
		}
		if reply, err := message.Pack(); err == nil {
			_, _ = server.WriteTo(reply, from)
		}
	}
}
