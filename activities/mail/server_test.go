package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// mailServer is an SMTP server that accepts every mail, unless a hook answers otherwise.
type mailServer struct {
	address string
	// onMail, onRcpt and onData answer the commands, onData after the mail was read.
	onMail, onRcpt func(address string) error
	onData         func(c *smtp.Conn) error
	password       string
	// utf8 is true if the server supports international addresses, dsn if it sends delivery status notifications.
	utf8, dsn bool
	// idle is how long the server waits for the next command; 0 is for ever.
	idle time.Duration
	// ended receives a value for every connection that ends.
	ended chan struct{}

	mutex       sync.Mutex
	connections []*smtp.Conn
	hostname    string
	// mailOptions and rcptOptions are those of the last mail.
	mailOptions smtp.MailOptions
	rcptOptions smtp.RcptOptions
	mails       [][]byte
}

// serve starts the server: with implicit TLS, or with STARTTLS if there is a certificate.
func (m *mailServer) serve(t testing.TB, certificate *tls.Certificate, implicit bool) *mailServer {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		if !slices.Contains(m.connections, c) { // STARTTLS opens another session on the same connection
			m.connections = append(m.connections, c)
		}
		m.hostname = c.Hostname()
		return &session{m, c}, nil
	}))
	m.ended = make(chan struct{}, 1000)
	server.ReadTimeout = m.idle
	server.Domain = "mx.example.com"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8, server.EnableDSN = m.utf8, m.dsn
	server.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.address = listener.Addr().String()
	if certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		if implicit {
			listener = tls.NewListener(listener, server.TLSConfig)
		}
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		if err := <-done; err != nil { // closed before it began to serve
			require.ErrorIs(t, err, smtp.ErrServerClosed)
		}
	})
	return m
}

func (m *mailServer) received() [][]byte {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.mails
}

// greeting returns the name with which the client last said hello.
func (m *mailServer) greeting() string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.hostname
}

// connected returns the number of connections so far.
func (m *mailServer) connected() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return len(m.connections)
}

// closeAll closes all connections without a reply.
func (m *mailServer) closeAll() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, c := range m.connections {
		_ = c.Conn().Close()
	}
}

type session struct {
	server *mailServer
	conn   *smtp.Conn
}

func (s *session) Mail(from string, options *smtp.MailOptions) error {
	s.server.mutex.Lock()
	s.server.mailOptions = *options
	s.server.mutex.Unlock()
	if s.server.onMail != nil {
		return s.server.onMail(from)
	}
	return nil
}

func (s *session) Rcpt(to string, options *smtp.RcptOptions) error {
	s.server.mutex.Lock()
	s.server.rcptOptions = *options
	s.server.mutex.Unlock()
	if s.server.onRcpt != nil {
		return s.server.onRcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.onData != nil {
		if err := s.server.onData(s.conn); err != nil {
			return err
		}
	}
	s.server.take(data)
	return nil
}

// take stores a mail.
func (m *mailServer) take(data []byte) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.mails = append(m.mails, data)
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (*session) Reset() {}

func (s *session) Logout() error {
	s.server.ended <- struct{}{}
	return nil
}

// certificate returns a certificate for 127.0.0.1.
func certificate(t *testing.T) (*tls.Certificate, *x509.Certificate) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	return &server.TLS.Certificates[0], server.Certificate()
}
