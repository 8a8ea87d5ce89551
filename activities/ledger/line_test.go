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
)

// line carries what clients and a PostgreSQL server say to each other.
type line struct {
	server string
	// breaks tells of each packet of a client whether the connection breaks at it: before it arrives, or after the
	// server has answered, but before the answer arrives.
	breaks func(packet []byte) (breaks, after bool)
}

// newLine listens beside the server at a place until the test ends, and returns the place as seen through it.
func newLine(t *testing.T, place string, breaks func(packet []byte) (breaks, after bool)) string {
	t.Helper()
	u, err := url.Parse(place)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	l := &line{server: u.Host, breaks: breaks}
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
	var silent atomic.Bool
	go func() {
		defer close(answers)
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || silent.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
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
		breaks, after := l.breaks(buffer[:n])
		if breaks && !after {
			return
		}
		silent.Store(breaks)
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
		if breaks {
			<-answers // the server has done it
			return
		}
	}
}
