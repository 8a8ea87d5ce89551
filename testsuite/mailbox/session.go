package mailbox

import (
	"io"
	"net/mail"

	"github.com/emersion/go-smtp"
)

// session is one mail on its way in.
type session struct {
	box  *Mailbox
	conn *smtp.Conn
	to   string
}

// Mail implements smtp.Session.
func (s *session) Mail(string, *smtp.MailOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.trouble == Busy {
		return &smtp.SMTPError{Code: 451, Message: "try again later"}
	}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.refused[to] {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.to = to
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	if s.box.keepsNothing() {
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
	s.box.wait(s.to)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, Mail{
		To: s.to, ID: message.Header.Get("Message-Id"), Subject: message.Header.Get("Subject"), Body: string(body),
	})
	if s.box.trouble == Cut {
		return s.conn.Conn().Close()
	}
	return nil
}

func (b *Mailbox) keepsNothing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.blind
}

// wait ends when mails to a recipient are not held any more.
func (b *Mailbox) wait(address string) {
	b.mu.Lock()
	held := b.held[address]
	b.mu.Unlock()
	if held != nil {
		<-held
	}
}

// Reset implements smtp.Session.
func (s *session) Reset() {}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
