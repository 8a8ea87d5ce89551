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

// fate is what becomes of a packet of a client. All but the first end the connection.
type fate int

const (
	carried     fate = iota
	undelivered      // it does not arrive
	unanswered       // it arrives, and nothing of the answer comes back
	unfinished       // it arrives, and all of the answer comes back but its end
)

// finished ends the answer to a packet when no transaction is open any more.
const finished = "Z\x00\x00\x00\x05I"

// line carries what clients and a PostgreSQL server say to each other.
type line struct {
	server string
	fates  func(packet []byte) fate
}

// newLine listens beside the server at a place until the test ends, and returns the place as seen through it.
func newLine(t *testing.T, place string, fates func(packet []byte) fate) string {
	t.Helper()
	u, err := url.Parse(place)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	l := &line{server: u.Host, fates: fates}
	u.Host = listener.Addr().String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(context.WithoutCancel(t.Context()), client)
		}
	}()
	return u.String()
}

// carry carries one connection.
func (l *line) carry(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", l.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	answers := make(chan struct{}) // closed when the server's answers no longer reach the client
	var current atomic.Int64
	go func() {
		defer close(answers)
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			answer := buffer[:n]
			if fate(current.Load()) == unfinished {
				answer = bytes.TrimSuffix(answer, []byte(finished))
			}
			if err != nil || fate(current.Load()) == unanswered {
				return
			}
			if _, err := client.Write(answer); err != nil || len(answer) < n {
				return
			}
		}
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		next := l.fates(buffer[:n])
		if next == undelivered {
			return
		}
		current.Store(int64(next))
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
		if next != carried {
			<-answers // the server has done it
			return
		}
	}
}

// meanwhile opens a ledger for which something happens once: before the first packet arrives that says mark.
func meanwhile(t *testing.T, place, mark string, happens func(context.Context) error) *ledger.Ledger {
	t.Helper()
	var happened atomic.Bool
	t.Cleanup(func() { require.True(t, happened.Load()) })
	return openAt(t, newLine(t, place, func(packet []byte) fate {
		if bytes.Contains(packet, []byte(mark)) && happened.CompareAndSwap(false, true) {
			if err := happens(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
		return carried
	}))
}
