package peers_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// endpoint is a merchant's endpoint for webhooks, which keeps when it got each message.
type endpoint struct {
	url string

	mutex sync.Mutex
	got   map[string]time.Time // by webhook-id
}

func (e *endpoint) take(id string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if _, known := e.got[id]; !known {
		e.got[id] = time.Now()
	}
}

// taken returns when the message that opens a dispute arrived.
func (e *endpoint) taken(disputeID string) (at time.Time, ok bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for id, at := range e.got {
		if strings.HasPrefix(id, disputeID+"-opened-1-merchant") {
			return at, true
		}
	}
	return at, false
}

// illness makes a sick endpoint out of a listener on this machine. It ends with the test.
type illness func(t *testing.T, listener net.Listener) (url string)

// illnesses are all of them. None of these endpoints ever takes a message.
var illnesses = map[string]illness{
	"accepts and is silent":    onEachConnection(func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }),
	"TLS stalls":               onEachConnection(stallTLS),
	"resets":                   onEachConnection(reset),
	"closes at once":           onEachConnection(func(net.Conn) {}),
	"speaks another protocol":  onEachConnection(func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mx ESMTP\r\n") }),
	"never accepts":            neverAccepts,
	"headers trickle":          overTLS(trickle("HTTP/1.1 200 OK\r\nX-Trickle: ")),
	"body never ends":          overTLS(trickle("HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\n\r\n")),
	"answers late":             answering(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }),
	"is overloaded":            answering(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) }),
	"HTTP/2 goes away":         http2(func(conn net.Conn) { goAway(conn, 0) }),
	"HTTP/2 without an answer": http2(func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }),
	"slow DNS": func(t *testing.T, listener net.Listener) string {
		t.Helper()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		require.NoError(t, err)
		return "https://" + net.JoinHostPort(slowName, port)
	},
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// onEachConnection runs a function on each connection, and closes the connection when it returns, or with the test.
func onEachConnection(serve func(net.Conn)) illness {
	return func(t *testing.T, listener net.Listener) string {
		t.Helper()
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer func() { _ = conn.Close() }()
					serve(conn)
				}()
			}
		}()
		return "https://" + listener.Addr().String()
	}
}

// neverAccepts leaves connections to the system.
func neverAccepts(t *testing.T, listener net.Listener) string {
	t.Helper()
	return "https://" + listener.Addr().String()
}

// stallTLS answers the client's first message with the beginning of a record.
func stallTLS(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 1024))
	_, _ = conn.Write([]byte{22, 3, 3, 64, 0}) // a handshake record of 16 kB
	_, _ = io.Copy(io.Discard, conn)
}

func reset(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 1))
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// overTLS is onEachConnection behind a TLS handshake.
func overTLS(serve func(net.Conn), protocols ...string) illness {
	return func(t *testing.T, listener net.Listener) string {
		t.Helper()
		certificate, _, _ := trusted.issue(t)
		config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: protocols}
		return onEachConnection(serve)(t, tls.NewListener(listener, config))
	}
}

// trickle sends a beginning, and then a letter at a time for ever.
func trickle(beginning string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1024))
		for text := beginning; ; text = "x" {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
			<-time.After(50 * time.Millisecond)
		}
	}
}

// answering is an HTTP server.
func answering(answer http.HandlerFunc) illness {
	return func(t *testing.T, listener net.Listener) string {
		t.Helper()
		return serveHTTP(t, listener, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			answer(w, r)
		})
	}
}

func serveHTTP(t *testing.T, listener net.Listener, answer http.HandlerFunc) (url string) {
	t.Helper()
	certificate, _, _ := trusted.issue(t)
	server := httptest.NewUnstartedServer(answer)
	_ = server.Listener.Close()
	server.Listener, server.EnableHTTP2, server.TLS = listener, true, &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(func() {
		server.CloseClientConnections() // some hang
		server.Close()
	})
	return server.URL
}

// http2 speaks HTTP/2 until the request has begun.
func http2(serve func(net.Conn)) illness {
	return overTLS(func(conn net.Conn) {
		if _, err := conn.Write(frame(4, 0)); err != nil { // SETTINGS
			return
		}
		if _, err := io.ReadFull(conn, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		serve(conn)
	}, "h2")
}

// goAway says that the connection takes no more streams than those up to the last one, and closes it.
func goAway(conn net.Conn, last uint32) {
	_, _ = conn.Read(make([]byte, 1024))
	payload := binary.BigEndian.AppendUint32(nil, last)
	_, _ = conn.Write(frame(7, 0, append(payload, 0, 0, 0, 0)...))
	_, _ = conn.Read(make([]byte, 1024))
}

// frame is a frame of HTTP/2 on the stream of the connection (RFC 9113, section 4.1).
func frame(kind, flags byte, payload ...byte) []byte {
	return append([]byte{0, 0, byte(len(payload)), kind, flags, 0, 0, 0, 0}, payload...)
}

// well starts an endpoint that takes every message.
func well(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{got: map[string]time.Time{}}
	e.url = serveHTTP(t, listen(t), func(_ http.ResponseWriter, r *http.Request) { e.take(r.Header.Get("webhook-id")) })
	return e
}
