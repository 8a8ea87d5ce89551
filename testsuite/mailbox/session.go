package mailbox

import (
	"io"
	"net/mail"
	"strings"

	"github.com/emersion/go-smtp"
)

// session receives one mail.
type session struct {
	box  *Mailbox
	conn *smtp.Conn
	to   string
}

// Mail implements smtp.Session.
func (s *session) Mail(string, *smtp.MailOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.fault == Busy {
		return &smtp.SMTPError{Code: 451, Message: "try again later"}
	}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	local, _, _ := strings.Cut(to, "@")
	reply := "no such mailbox " + local + ": <" + to + ">"
	switch {
	case s.box.refused[to] || strings.HasPrefix(to, "refused"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: reply}
	case strings.HasPrefix(to, "away"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: reply}
	}
	s.to = to
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	s.box.mu.Lock()
	discard, held := s.box.discard, s.box.held[s.to]
	s.box.mu.Unlock()
	if discard {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	if held != nil {
		<-held
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, Mail{
		To: s.to, ID: message.Header.Get("Message-Id"), Subject: message.Header.Get("Subject"), Body: string(body),
	})
	if s.box.fault == Cut {
		return s.conn.Conn().Close()
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() {}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
