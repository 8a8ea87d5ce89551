package testsuite_test

import (
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// mailbox is a mail server that keeps what it accepts.
type mailbox struct {
	address string

	mu     sync.Mutex
	mails  []letter
	refuse map[string]bool
	away   bool
}

type letter struct {
	to, id, subject, body string
}

// newMailbox starts a mail server on this machine for the length of the test run.
func newMailbox() (*mailbox, func() error, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	box := &mailbox{address: listener.Addr().String(), refuse: map[string]bool{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: box}, nil }))
	server.Domain = "localhost"
	go server.Serve(listener) //nolint:errcheck // it ends with the test run
	return box, server.Close, nil
}

// refuses makes the server refuse a recipient for good, or accept it again.
func (b *mailbox) refuses(address string, yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse[address] = yes
}

// to lists the mails to a recipient whose Message-ID has the text.
func (b *mailbox) to(address, text string) []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []letter
	for _, l := range b.mails {
		if l.to == address && strings.Contains(l.id, text) {
			found = append(found, l)
		}
	}
	return found
}

type session struct {
	box *mailbox
	to  string
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.away {
		return &smtp.SMTPError{Code: 451, Message: "try again later"}
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.refuse[to] {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, letter{
		to: s.to, id: message.Header.Get("Message-Id"), subject: message.Header.Get("Subject"), body: string(body),
	})
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// requireOne asserts that exactly one such mail has arrived.
func (b *mailbox) requireOne(t *testing.T, address, text string) {
	t.Helper()
	require.Len(t, b.to(address, text), 1, "mails to %s about %s", address, text)
}
