//go:build linux

package portal_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
)

// connectTimeout replaces the channel's own in these tests.
const connectTimeout = 2 * time.Second

// TestSickEndpointRecovers: an endpoint that stops in the middle of any phase of a connection takes messages again as soon
// as it is well, although it had all the messages under way that an endpoint may have, and it never holds up another endpoint.
func TestSickEndpointRecovers(t *testing.T) {
	t.Parallel()
	for name, sicken := range map[string]func(*sickEndpoint, *testing.T){
		"Dial":         (*sickEndpoint).fillBacklog,
		"TLSHandshake": func(s *sickEndpoint, _ *testing.T) { s.silent.Store(true) },
		"Headers":      func(s *sickEndpoint, _ *testing.T) { s.hangs.Store(true) },
		"Body":         func(s *sickEndpoint, _ *testing.T) { s.trickles.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sick, well := newSickEndpoint(t), receive(t, nil)
			channel := portal.NewWithConnectTimeout(inbox{}, loopback, connectTimeout)
			channel.Trust(well.Certificate())
			sicken(sick, t)
			var sends sync.WaitGroup
			for range 2 * portal.MaxPerEndpoint {
				sends.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
					defer cancel()
					_, err := channel.Send(ctx, opened(sick.url))
					require.Empty(t, dispute.CodeOf(err))
				})
			}
			_, err := channel.Send(t.Context(), opened(well.URL))
			require.NoError(t, err)
			sends.Wait()

			sick.recover()
			ctx, cancel := context.WithTimeout(t.Context(), 10*connectTimeout)
			defer cancel()
			for _, err = channel.Send(ctx, opened(sick.url)); err != nil && ctx.Err() == nil; { // a slow machine needs more attempts
				_, err = channel.Send(ctx, opened(sick.url))
			}
			require.NoError(t, err)
		})
	}
}

// sickEndpoint forwards connections to a receiver, unless it is sick.
type sickEndpoint struct {
	net.Listener
	url      string
	receiver *receiver
	// silent accepts connections and says nothing, hangs takes requests and does not answer, trickles answers with an
	// endless body.
	silent, hangs, trickles atomic.Bool
	// backlog are the connections that nobody accepts.
	backlog []net.Conn
}

func newSickEndpoint(t *testing.T) *sickEndpoint {
	t.Helper()
	s := &sickEndpoint{}
	s.receiver = receive(t, func(w http.ResponseWriter, request *http.Request) {
		for s.hangs.Load() && request.Context().Err() == nil {
			<-time.After(10 * time.Millisecond)
		}
		for s.trickles.Load() && request.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			<-time.After(10 * time.Millisecond)
		}
	})
	var err error
	s.Listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() {
		s.recover()
		_ = s.Close()
	})
	s.url = "https://" + s.Addr().String()
	go s.serve(s.Listener)
	return s
}

func (s *sickEndpoint) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		if s.silent.Load() {
			defer func() { _ = client.Close() }()
			continue
		}
		endpoint, err := net.Dial("tcp", strings.TrimPrefix(s.receiver.URL, "https://"))
		if err != nil {
			return
		}
		go forward(client, endpoint)
		go forward(endpoint, client)
	}
}

func forward(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// fillBacklog makes the endpoint's host drop further attempts to connect.
func (s *sickEndpoint) fillBacklog(t *testing.T) {
	t.Helper()
	_ = s.Close()
	full, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.Listener, s.url = full, "https://"+full.Addr().String()
	raw, err := full.(*net.TCPListener).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }))
	require.NoError(t, err)
	for len(s.backlog) < 10 {
		conn, err := net.DialTimeout("tcp", full.Addr().String(), 100*time.Millisecond)
		if err != nil {
			return
		}
		s.backlog = append(s.backlog, conn)
	}
	require.Fail(t, "the backlog is never full")
}

// recover makes the endpoint well again.
func (s *sickEndpoint) recover() {
	s.silent.Store(false)
	s.hangs.Store(false)
	s.trickles.Store(false)
	if s.backlog != nil {
		for _, conn := range s.backlog {
			_ = conn.Close()
		}
		s.backlog = nil
		go s.serve(s.Listener)
	}
}
