package portal_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// receive2 starts an endpoint that supports HTTP/2.
func receive2(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewUnstartedServer(r)
	r.EnableHTTP2 = true
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

func TestHTTP2(t *testing.T) {
	t.Parallel()
	var protocol string
	r := receive2(t, func(w http.ResponseWriter, request *http.Request) {
		protocol = request.Proto
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, "queued")
	})
	channel := webhooks(r)
	for range 2 {
		answer, err := channel.Send(t.Context(), opened(r.URL))
		require.NoError(t, err)
		require.Equal(t, "202 Accepted from "+strings.TrimPrefix(r.URL, "https://")+": queued", answer)
		require.Equal(t, "HTTP/2.0", protocol)
	}
	require.Len(t, r.received(t), 2)
}

// firewall forwards connections to an endpoint and can silently drop everything on the oldest ones.
type firewall struct {
	net.Listener
	endpoint string
	opened   atomic.Int32
	// dropped is the number of connections, the oldest ones, that are dropped.
	dropped atomic.Int32
}

func (f *firewall) serve() {
	for {
		client, err := f.Accept()
		if err != nil {
			return
		}
		number := f.opened.Add(1)
		endpoint, err := net.Dial("tcp", f.endpoint)
		if err != nil {
			return
		}
		go f.pass(number, client, endpoint)
		go f.pass(number, endpoint, client)
	}
}

func (f *firewall) pass(number int32, from, to net.Conn) {
	_, _ = io.Copy(writer(func(data []byte) (int, error) {
		if number <= f.dropped.Load() {
			return len(data), nil
		}
		return to.Write(data)
	}), from)
	_ = to.Close()
}

type writer func([]byte) (int, error)

func (w writer) Write(data []byte) (int, error) { return w(data) }

// TestSilentConnectionIsReplaced: it costs one attempt at most.
func TestSilentConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	r := receive2(t, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	wall := &firewall{Listener: listener, endpoint: strings.TrimPrefix(r.URL, "https://")}
	go wall.serve()
	channel := webhooks(r)
	channel.SetPingTimeout(500 * time.Millisecond)
	url := "https://" + listener.Addr().String()
	_, err = channel.Send(t.Context(), opened(url))
	require.NoError(t, err)
	wall.dropped.Store(1)
	if _, err = channel.Send(t.Context(), opened(url)); err != nil {
		_, err = channel.Send(t.Context(), opened(url))
	}
	require.NoError(t, err)
	require.Len(t, r.received(t), 2)
	require.Equal(t, int32(2), wall.opened.Load())
}
