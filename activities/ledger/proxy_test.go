package ledger_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// delivery is what happens to a packet of a client. All but the first end the connection.
type delivery int

const (
	delivered  delivery = iota
	dropped             // it does not arrive
	unanswered          // it arrives, but its answer is lost
	truncated           // it arrives, and all but the end of its answer comes back
)

// readyForQuery ends the answer to a packet after which no transaction is open.
const readyForQuery = "Z\x00\x00\x00\x05I"

// proxy forwards connections to a PostgreSQL server.
type proxy struct {
	server  string
	deliver func(packet []byte) delivery
}

// newProxy listens in front of the server of a ledger until the test ends, and returns the ledger's URL through it.
func newProxy(t *testing.T, ledgerURL string, deliver func(packet []byte) delivery) string {
	t.Helper()
	u, err := url.Parse(ledgerURL)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{server: u.Host, deliver: deliver}
	u.Host = listener.Addr().String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.forward(context.WithoutCancel(t.Context()), client)
		}
	}()
	return u.String()
}

// forward forwards one connection.
func (p *proxy) forward(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var current atomic.Int64          // the delivery of the last packet
	answersEnd := make(chan struct{}) // closed when answers no longer reach the client
	go func() {
		defer close(answersEnd)
		forwardAnswers(server, client, &current)
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		next := p.deliver(buffer[:n])
		if next == dropped {
			return
		}
		current.Store(int64(next))
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
		if next != delivered {
			<-answersEnd // the server has processed the packet
			return
		}
	}
}

func forwardAnswers(server, client net.Conn, current *atomic.Int64) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		answer := buffer[:n]
		if delivery(current.Load()) == truncated {
			answer = bytes.TrimSuffix(answer, []byte(readyForQuery))
		}
		if err != nil || delivery(current.Load()) == unanswered {
			return
		}
		if _, err := client.Write(answer); err != nil || len(answer) < n {
			return
		}
	}
}

// openWithHook opens a ledger through a proxy that calls hook once: before it delivers the first packet that contains mark.
func openWithHook(t *testing.T, ledgerURL, mark string, hook func(context.Context) error) *ledger.Ledger {
	t.Helper()
	var called atomic.Bool
	t.Cleanup(func() { require.True(t, called.Load()) })
	return openAt(t, newProxy(t, ledgerURL, func(packet []byte) delivery {
		if bytes.Contains(packet, []byte(mark)) && called.CompareAndSwap(false, true) {
			if err := hook(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
		return delivered
	}))
}
