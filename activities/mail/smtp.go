package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/streitfall/streitfall/dispute"
)

// SMTP hands mails over to a mail server, each on a connection of its own. It can be used concurrently.
type SMTP struct {
	composer *composer
	server   server
	secure   *tls.Config
}

// NewSMTP takes the server as smtp://[user:password@]host[:port] or smtps://…, and the sender as an
// address with or without a name.
//
// smtp:// uses STARTTLS where the server offers it; with ?tls=required nothing is sent without it, with
// ?tls=none it is never used. smtps:// uses TLS from the first byte. Certificates are always verified. The
// port is 587, or 465 for smtps://, if none is given. Errors never contain the password.
//
// Nothing is connected yet: a mail server that is away stops no worker.
func NewSMTP(rawURL, from string) (*SMTP, error) {
	parsed, err := parseServer(rawURL)
	if err != nil {
		return nil, err
	}
	composer, err := newComposer(from)
	if err != nil {
		return nil, err
	}
	return &SMTP{
		composer: composer, server: parsed,
		secure: &tls.Config{ServerName: parsed.host, MinVersion: tls.VersionTLS12},
	}, nil
}

// Send hands one mail over to the server and answers with the server's words.
//
// A final no (5xx) to the recipient or to the message, and an address that cannot be one, is a
// *dispute.Error of CodeMessageRefused. Everything else is trouble that passes: no connection, a refused
// authentication or sender, 4xx, a connection that ends early. Then the mail may have arrived all the same;
// when it is sent again it has the same Message-ID. No error contains an e-mail address.
func (s *SMTP) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	mail, err := s.composer.compose(notice, time.Now())
	if err != nil {
		return "", err
	}
	open, err := s.connect(ctx)
	if err != nil {
		return "", s.explain(ctx, trouble("connect", err, mail.to))
	}
	defer open.hangUp()
	if answer, err = open.deliver(mail); err != nil {
		return "", s.explain(ctx, err)
	}
	if answer == "" {
		answer = "accepted by " + s.server.host
	}
	return answer, nil
}

// explain says which server it is, and that the context has ended where that is the cause.
func (s *SMTP) explain(ctx context.Context, err error) error {
	switch {
	case dispute.CodeOf(err) != "":
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("mail server %s: %w: %w", s.server.address(), ctx.Err(), err)
	default:
		return fmt.Errorf("mail server %s: %w", s.server.address(), err)
	}
}

// connection is a greeted, secured and authenticated connection: what could be kept for the next mail.
type connection struct {
	client  *smtp.Client
	wire    net.Conn
	release func() bool
}

// connect opens a connection that ctx can end at any moment. go-mail watches the context only until the
// dialogue begins, and leaves the connection open when the dialogue fails.
func (s *SMTP) connect(ctx context.Context) (*connection, error) {
	open := &connection{}
	dial := func(dialing context.Context, network, _ string) (net.Conn, error) {
		wire, err := s.dial(dialing, network)
		if err == nil {
			open.wire = wire
			open.release = context.AfterFunc(ctx, func() { _ = wire.Close() })
		}
		return wire, err
	}
	client, err := gomail.NewClient(s.server.host, append(s.server.options(s.secure.Clone()), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, err
	}
	if open.client, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		open.hangUp()
		return nil, err
	}
	return open, nil
}

func (s *SMTP) dial(ctx context.Context, network string) (net.Conn, error) {
	if s.server.implicitTLS {
		return (&tls.Dialer{Config: s.secure.Clone()}).DialContext(ctx, network, s.server.address())
	}
	return (&net.Dialer{}).DialContext(ctx, network, s.server.address())
}

// deliver hands over one mail. go-mail's own way to send keeps the server's reply to itself and takes a
// mail for failed when only the RSET after it did.
func (c *connection) deliver(mail message) (answer string, err error) {
	if ok, _ := c.client.Extension("SMTPUTF8"); !ok && !isASCII(mail.to) {
		return "", dispute.Refuse(dispute.CodeMessageRefused, "the mail server takes no addresses with other than ASCII characters")
	}
	c.client.SkipSMTPUTF8(isASCII(mail.to))
	if err := c.client.UpdateDeadline(patience); err != nil {
		return "", err
	}
	if err := c.client.Mail("<" + mail.from + ">"); err != nil {
		return "", trouble("hand over the sender", err, mail.to)
	}
	if err := c.client.Rcpt("<" + mail.to + ">"); err != nil {
		return "", refused("recipient", err, mail.to)
	}
	body, err := c.client.Data()
	if err != nil {
		return "", refused("message", err, mail.to)
	}
	if _, err := body.Write(mail.data); err != nil {
		return "", trouble("hand over the message", err, mail.to)
	}
	if err := body.Close(); err != nil {
		return "", refused("message", err, mail.to)
	}
	if said, ok := body.(*smtp.DataCloser); ok && said.ServerResponse() != "" {
		answer = "250 " + withhold(said.ServerResponse(), mail.to)
	}
	return answer, nil
}

// hangUp ends the connection politely, but does not wait long for the server to say goodbye: the mail is
// delivered, or it is not, either way.
func (c *connection) hangUp() {
	if c.wire == nil {
		return
	}
	c.release()
	if c.client != nil && c.client.UpdateDeadline(time.Second) == nil {
		_ = c.client.Quit()
	}
	_ = c.wire.Close()
}
