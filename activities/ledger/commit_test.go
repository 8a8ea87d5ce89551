package ledger_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
)

// When the connection breaks during a commit, the caller cannot know whether it took place. Asked again, the
// ledger answers the same in both cases, and everything has happened once.
func TestCommitsOfUnknownEndAreSafeToRepeat(t *testing.T) {
	t.Parallel()
	for name, arrives := range map[string]bool{"the commit arrived": true, "the commit was lost": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := schema(t)
			direct := openAt(t, place)
			imported(t, direct, invoice("i-1", eur(10000), 6000))
			line := newLine(t, place)
			far := openAt(t, line.url)

			in := pauseOf("d-1", "i-1", eur(7000))
			line.breakAtCommit(arrives)
			_, err := far.Pause(t.Context(), in)
			require.Error(t, err)
			require.Equal(t, arrives, known(t, direct, "select count(*) from disputes"))
			in.At = in.At.Add(time.Minute)
			paused, err := far.Pause(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, arrives, paused.At.Equal(monday), "the recorded answer, when there was one")

			settle := settleOf("d-1", lost(7000))
			line.breakAtCommit(arrives)
			_, err = far.Settle(t.Context(), settle)
			require.Error(t, err)
			require.Equal(t, arrives, known(t, direct, "select count(*) from disputes where state = 'closed'"))
			settle.At = settle.At.Add(time.Minute)
			settled, err := far.Settle(t.Context(), settle)
			require.NoError(t, err)
			require.Equal(t, arrives, settled.At.Equal(monday.AddDate(0, 0, 21)))

			got, err := direct.Invoice(t.Context(), "i-1")
			require.NoError(t, err)
			require.Len(t, got.Postings, 4)
			requireSound(t, direct)
		})
	}
}

func known(t *testing.T, l *ledger.Ledger, query string) bool {
	t.Helper()
	var count int
	require.NoError(t, l.DB().QueryRowContext(t.Context(), query).Scan(&count))
	return count > 0
}

// line is a connection to PostgreSQL that breaks when it is told to.
type line struct {
	url     string
	server  string
	atNext  atomic.Bool // the next commit breaks it
	arrives atomic.Bool // after the server has done it
}

// newLine listens beside the server until the test ends.
func newLine(t *testing.T, place string) *line {
	t.Helper()
	u, err := url.Parse(place)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	l := &line{server: u.Host}
	u.Host = listener.Addr().String()
	l.url = u.String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(context.WithoutCancel(t.Context()), client)
		}
	}()
	return l
}

func (l *line) breakAtCommit(arrives bool) {
	l.arrives.Store(arrives)
	l.atNext.Store(true)
}

// carry carries what one client and the server say to each other.
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
		breaks := bytes.Contains(buffer[:n], []byte("commit\x00")) && l.atNext.CompareAndSwap(true, false)
		if breaks && !l.arrives.Load() {
			return
		}
		silent.Store(breaks)
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
		if breaks {
			<-answers // the server has committed
			return
		}
	}
}
