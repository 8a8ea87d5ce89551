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

// SMTP hands mails over to a mail server, on connections that it reuses. It is safe for concurrent use.
type SMTP struct {
	composer *composer
	server   server
	secure   *tls.Config
	pool     *pool
	inFlight *inFlight
}

// NewSMTP returns the channel to the server at smtp://[user:password@]host[:port] or smtps://….
//
// smtp:// uses STARTTLS where the server offers it; with ?tls=required nothing is sent without it, with ?tls=none it is
// never used. smtps:// uses TLS from the first byte. Certificates are always verified. The default port is 587, or 465 for
// smtps://. Errors never contain the password.
//
// helo is the name with which the worker greets the server: a fully qualified domain name, or an address in brackets. If it
// is empty, it is the machine's host name, which some servers refuse.
//
// NewSMTP does not connect: a worker starts although its mail server is away.
func NewSMTP(rawURL, helo string, from Sender) (*SMTP, error) {
	parsed, err := parseServer(rawURL)
	if err != nil {
		return nil, err
	}
	if helo != "" {
		if err := CheckHELO(helo); err != nil {
			return nil, err
		}
		parsed.helo = helo
	}
	composer, err := newComposer(from)
	if err != nil {
		return nil, err
	}
	return &SMTP{
		composer: composer, server: parsed, pool: newPool(), inFlight: newInFlight(),
		secure: &tls.Config{ServerName: parsed.host, MinVersion: tls.VersionTLS12},
	}, nil
}

// Send hands one mail over to the server and returns the server's reply.
//
// A permanent refusal (5xx) of the recipient or of the message, and an invalid address, is a *dispute.Refusal of
// CodeMessageRefused. Every other error is transient: no connection, 4xx, a connection that ends early, and replies about
// us, such as relaying denied, a blocklist, a refused greeting, sender or authentication. After such an error the mail may
// have arrived; when it is sent again it has the same Message-ID. No error contains an e-mail address.
//
// Once the server has the whole mail, the end of ctx ends the waiting but not the handover: a mail that is sent again
// within a quarter of an hour of the server's answer gets that answer and does not go out twice.
func (s *SMTP) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	mail, err := s.composer.compose(notice, time.Now())
	if err != nil {
		return "", err
	}
	return s.deliver(ctx, mail)
}

// deliver hands one mail over and returns the server's reply.
func (s *SMTP) deliver(ctx context.Context, mail message) (answer string, err error) {
	handed := s.inFlight.find(mail.name)
	if handed == nil {
		if handed, err = s.hand(ctx, mail); err != nil {
			return "", s.explain(ctx, err)
		}
	}
	if answer, err = s.inFlight.await(ctx, mail.name, handed); err != nil {
		return "", s.explain(ctx, err)
	}
	if answer == "" {
		answer = "accepted by " + s.server.host
	}
	return answer, nil
}

// Close closes the idle connections. Send still works.
func (s *SMTP) Close() error {
	for open := s.pool.take(); open != nil; open = s.pool.take() {
		open.hangUp()
	}
	return nil
}

// hand hands a mail over, up to the server's answer.
func (s *SMTP) hand(ctx context.Context, mail message) (*handover, error) {
	if err := s.pool.acquire(ctx); err != nil {
		return nil, fmt.Errorf("wait for a connection: %w", err)
	}
	open, body, err := s.begin(ctx, mail)
	if err != nil {
		s.pool.release()
		return nil, err
	}
	return s.inFlight.begin(mail.name, func() (answer string, err error) {
		defer s.pool.release()
		if answer, err = open.end(body, mail); err != nil {
			open.hangUp()
			return "", err
		}
		s.pool.keep(open)
		return answer, nil
	}), nil
}

// begin hands a mail over on an idle connection, if there is one that still works, else on a new one.
func (s *SMTP) begin(ctx context.Context, mail message) (*connection, io.WriteCloser, error) {
	if idle := s.pool.take(); idle != nil {
		body, err := s.beginOn(ctx, idle, mail)
		if err == nil || !idle.stale || ctx.Err() != nil {
			return idle, body, err
		}
	}
	open, err := s.connect(ctx)
	if err != nil {
		return nil, nil, transient("connect", err, mail.to)
	}
	body, err := s.beginOn(ctx, open, mail)
	return open, body, err
}

// beginOn hands a mail over on a connection, and closes the connection on an error.
func (s *SMTP) beginOn(ctx context.Context, open *connection, mail message) (io.WriteCloser, error) {
	open.watch(ctx)
	body, err := open.begin(mail)
	cut := !open.unwatch()
	if cut && err == nil {
		err = transient("hand over the message", ctx.Err(), mail.to)
	}
	switch {
	case err == nil:
		return body, nil
	case cut || open.stale:
		_ = open.wire.Close() // QUIT would end the message, and so send it
	default:
		open.hangUp()
	}
	return nil, err
}

// explain adds the server to a transient error, and the end of the context if that is the cause.
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

// connect opens a connection that is greeted, secured and authenticated. The end of ctx closes it: go-mail watches the
// context only until the dialogue begins, and leaves the connection open when the dialogue fails.
func (s *SMTP) connect(ctx context.Context) (*connection, error) {
	open := &connection{timeout: s.server.timeout}
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
