package mail

import (
	"context"
	"errors"
	"io"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/streitfall/streitfall/dispute"
)

// probeTimeout is how long a server may take to answer the first command on a reused connection. A connection that a
// firewall has cut silently never answers.
const probeTimeout = time.Second

// connection is a greeted, secured and authenticated connection. One goroutine at a time uses it.
type connection struct {
	client  *smtp.Client
	timeout time.Duration
	wire    net.Conn
	release func() bool
	// reused is true if the connection has been used before. stale is true if it turned out to be closed before the mail
	// was handed over: the mail can go over another connection and arrives once.
	reused, stale bool
	// expire closes an idle connection.
	expire *time.Timer
}

// watch closes the connection when ctx ends. unwatch stops that and reports whether the connection is still open.
func (c *connection) watch(ctx context.Context) {
	c.release = context.AfterFunc(ctx, func() { _ = c.wire.Close() })
}

func (c *connection) unwatch() bool {
	return c.release()
}

// begin hands over one mail up to, not including, the final dot. go-mail's own Send does not return the server's reply, and
// reports a mail as failed if only the RSET after it did.
func (c *connection) begin(mail message) (io.WriteCloser, error) {
	if ok, _ := c.client.Extension("SMTPUTF8"); !ok && !isASCII(mail.to) {
		return nil, dispute.Refuse(dispute.CodeMessageRefused, "the mail server does not support addresses with characters outside ASCII")
	}
	c.client.SkipSMTPUTF8(isASCII(mail.to))
	body, err := c.announce(mail)
	if err != nil {
		return nil, err
	}
	if _, err := body.Write(mail.data); err != nil {
		return nil, transient("hand over the message", err, mail.to)
	}
	return body, nil
}

// announce hands over sender and recipient, until the server asks for the message.
func (c *connection) announce(mail message) (io.WriteCloser, error) {
	first := c.timeout
	if c.reused {
		first = probeTimeout
	}
	if err := c.client.UpdateDeadline(first); err != nil {
		return nil, transient("hand over the sender", c.markStale(err), mail.to)
	}
	if err := c.client.Mail(c.sender(mail)); err != nil {
		return nil, transient("hand over the sender", c.markStale(err), mail.to)
	}
	if err := c.client.UpdateDeadline(c.timeout); err != nil {
		return nil, transient("hand over the recipient", c.markStale(err), mail.to)
	}
	if err := c.client.Rcpt(c.recipient(mail)); err != nil {
		return nil, refused(atRecipient, c.markStale(err), mail.to)
	}
	body, err := c.client.Data()
	if err != nil {
		return nil, refused(atMessage, c.markStale(err), mail.to)
	}
	return body, nil
}

// end completes the mail and waits for the server's answer.
func (c *connection) end(body io.WriteCloser, mail message) (answer string, err error) {
	if err := c.client.UpdateDeadline(filterTimes * c.timeout); err != nil {
		return "", transient("hand over the message", err, mail.to)
	}
	if err := body.Close(); err != nil {
		return "", refused(atMessage, err, mail.to)
	}
	if closer, ok := body.(*smtp.DataCloser); ok && closer.ServerResponse() != "" {
		answer = "250 " + withhold(closer.ServerResponse(), mail.to)
	}
	return answer, nil
}

// markStale sets stale if err shows that a reused connection had ended: there was no reply, or the reply 421, by which a
// server closes a connection (RFC 5321, section 3.8). It returns err.
func (c *connection) markStale(err error) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	c.stale = c.reused && (!ok || reply.Code == 421)
	return err
}

// hangUp ends the connection with QUIT, for whose answer it waits a second at most.
func (c *connection) hangUp() {
	if c.wire == nil {
		return
	}
	if c.client != nil && c.client.UpdateDeadline(time.Second) == nil {
		_ = c.client.Quit()
	}
	_ = c.wire.Close()
}
