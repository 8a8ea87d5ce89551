package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/streitfall/streitfall/dispute"
)

// SMTP hands mails over to a mail server, on connections that it keeps for the next mail. It can be used
// concurrently.
type SMTP struct {
	composer *composer
	server   server
	secure   *tls.Config
	pool     *pool
	underway *underway
}

// NewSMTP takes the server as smtp://[user:password@]host[:port] or smtps://…, and the sender as an
// address with or without a name.
//
// smtp:// uses STARTTLS where the server offers it; with ?tls=required nothing is sent without it, with
// ?tls=none it is never used. smtps:// uses TLS from the first byte. Certificates are always verified. The
// port is 587, or 465 for smtps://, if none is given. Errors never contain the password.
//
// Nothing is connected yet: a mail server that is away stops no worker.
func NewSMTP(rawURL string, from Sender) (*SMTP, error) {
	parsed, err := parseServer(rawURL)
	if err != nil {
		return nil, err
	}
	composer, err := newComposer(from)
	if err != nil {
		return nil, err
	}
	return &SMTP{
		composer: composer, server: parsed, pool: newPool(), underway: newUnderway(),
		secure: &tls.Config{ServerName: parsed.host, MinVersion: tls.VersionTLS12},
	}, nil
}

// Send hands one mail over to the server and answers with the server's words.
//
// A final no (5xx) to the recipient or to the message, and an address that cannot be one, is a
// *dispute.Refusal of CodeMessageRefused. Everything else is trouble that passes: no connection, a refused
// authentication or sender, 4xx, a connection that ends early. Then the mail may have arrived all the same;
// when it is sent again it has the same Message-ID. No error contains an e-mail address.
//
// Once the server has the mail, the end of ctx ends the waiting but not the handover: sent again within a
// minute of the server's answer, the mail gets that answer and does not go out twice.
func (s *SMTP) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	mail, err := s.composer.compose(notice, time.Now())
	if err != nil {
		return "", err
	}
	handed := s.underway.find(mail.name)
	if handed == nil {
		if handed, err = s.hand(ctx, mail); err != nil {
			return "", s.explain(ctx, err)
		}
	}
	if answer, err = s.underway.await(ctx, mail.name, handed); err != nil {
		return "", s.explain(ctx, err)
	}
	if answer == "" {
		answer = "accepted by " + s.server.host
	}
	return answer, nil
}

// Close hangs up what is kept. Mails can still be sent.
func (s *SMTP) Close() error {
	for open := s.pool.take(); open != nil; open = s.pool.take() {
		open.hangUp()
	}
	return nil
}

// hand hands a mail over, up to the server's answer to it.
func (s *SMTP) hand(ctx context.Context, mail message) (*handover, error) {
	if err := s.pool.enter(ctx); err != nil {
		return nil, fmt.Errorf("wait for a connection: %w", err)
	}
	open, body, err := s.begin(ctx, mail)
	if err != nil {
		s.pool.leave()
		return nil, err
	}
	return s.underway.begin(mail.name, func() (answer string, err error) {
		defer s.pool.leave()
		if answer, err = open.end(body, mail); err != nil {
			open.hangUp()
			return "", err
		}
		s.pool.keep(open)
		return answer, nil
	}), nil
}

// begin gives the server a mail on a kept connection, if there is one that still works, else on a new one.
func (s *SMTP) begin(ctx context.Context, mail message) (*connection, io.WriteCloser, error) {
	if kept := s.pool.take(); kept != nil {
		body, err := s.beginOn(ctx, kept, mail)
		if err == nil || !kept.stale || ctx.Err() != nil {
			return kept, body, err
		}
	}
	open, err := s.connect(ctx)
	if err != nil {
		return nil, nil, trouble("connect", err, mail.to)
	}
	body, err := s.beginOn(ctx, open, mail)
	return open, body, err
}

// beginOn gives the server a mail on this connection, and ends the connection when something goes wrong.
func (s *SMTP) beginOn(ctx context.Context, open *connection, mail message) (io.WriteCloser, error) {
	open.watch(ctx)
	body, err := open.begin(mail)
	cut := !open.unwatch()
	if cut && err == nil {
		err = trouble("hand over the message", ctx.Err(), mail.to)
	}
	switch {
	case err == nil:
		return body, nil
	case cut || open.stale:
		_ = open.wire.Close() // saying goodbye would end the message, and so send it
	default:
		open.hangUp()
	}
	return nil, err
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

// connect opens a connection: greeted, secured and authenticated. ctx can end it at any moment: go-mail
// watches the context only until the dialogue begins, and leaves the connection open when the dialogue fails.
func (s *SMTP) connect(ctx context.Context) (*connection, error) {
	open := &connection{}
	dial := func(dialing context.Context, network, _ string) (net.Conn, error) {
		wire, err := s.dial(dialing, network)
		if err == nil {
			open.wire = wire
			open.watch(ctx)
		}
		return wire, err
	}
	client, err := gomail.NewClient(s.server.host, append(s.server.options(s.secure.Clone()), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, err
	}
	open.client, err = client.DialToSMTPClientWithContext(ctx)
	if open.wire != nil && !open.unwatch() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
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
