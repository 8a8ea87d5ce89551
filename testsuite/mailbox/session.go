package mailbox

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"time"

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
	text, err := textOf(message)
	if err != nil {
		return err
	}
	if held != nil {
		<-held
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, Mail{
		To: s.to, ID: message.Header.Get("Message-Id"), At: time.Now(), Subject: message.Header.Get("Subject"), Text: text,
	})
	if s.box.fault == Cut {
		return s.conn.Conn().Close()
	}
	return nil
}

// textOf reads a mail to its end and returns its first part, which is its plain text.
func textOf(message *mail.Message) (string, error) {
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	part, err := multipart.NewReader(message.Body, parameters["boundary"]).NextPart()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(part)
	if err == nil {
		_, err = io.Copy(io.Discard, message.Body)
	}
	return string(text), err
}

// Reset implements smtp.Session.
func (s *session) Reset() {}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
