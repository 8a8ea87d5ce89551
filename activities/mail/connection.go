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

// probation is how long a server may take to answer the first command on a connection that was kept. One
// that was cut without a word, by a firewall on the way, never answers.
const probation = time.Second

// connection is a greeted, secured and authenticated connection. One goroutine at a time uses it.
type connection struct {
	client  *smtp.Client
	wire    net.Conn
	release func() bool
	// kept tells that the connection has been used before. stale tells that it turned out to be closed
	// before the mail was handed over: another one can take the mail, and it arrives once.
	kept, stale bool
	// expire ends a connection that nobody uses.
	expire *time.Timer
}

// watch lets ctx end the connection at any moment, until unwatch, which tells whether it has not.
func (c *connection) watch(ctx context.Context) {
	c.release = context.AfterFunc(ctx, func() { _ = c.wire.Close() })
}

func (c *connection) unwatch() bool {
	return c.release()
}

// begin hands over one mail but for its end. go-mail's own way to send keeps the server's reply to itself and
// takes a mail for failed when only the RSET after it did.
func (c *connection) begin(mail message) (io.WriteCloser, error) {
	if ok, _ := c.client.Extension("SMTPUTF8"); !ok && !isASCII(mail.to) {
		return nil, dispute.Refuse(dispute.CodeMessageRefused, "the mail server takes no addresses with other than ASCII characters")
	}
	c.client.SkipSMTPUTF8(isASCII(mail.to))
	body, err := c.announce(mail)
	if err != nil {
		return nil, err
	}
	if _, err := body.Write(mail.data); err != nil {
		return nil, trouble("hand over the message", err, mail.to)
	}
	return body, nil
}

// announce goes as far as the server wants to have the message. Until then nothing is handed over.
func (c *connection) announce(mail message) (io.WriteCloser, error) {
	first := patience
	if c.kept {
		first = probation
	}
	if err := c.client.UpdateDeadline(first); err != nil {
		return nil, trouble("hand over the sender", c.noticed(err), mail.to)
	}
	if err := c.client.Mail("<" + mail.from + ">"); err != nil {
		return nil, trouble("hand over the sender", c.noticed(err), mail.to)
	}
	if err := c.client.UpdateDeadline(patience); err != nil {
		return nil, trouble("hand over the recipient", c.noticed(err), mail.to)
	}
	if err := c.client.Rcpt("<" + mail.to + ">"); err != nil {
		return nil, refused("recipient", c.noticed(err), mail.to)
	}
	body, err := c.client.Data()
	if err != nil {
		return nil, refused("message", c.noticed(err), mail.to)
	}
	return body, nil
}

// end tells the server that it has the whole mail, and waits for its answer.
func (c *connection) end(body io.WriteCloser, mail message) (answer string, err error) {
	if err := body.Close(); err != nil {
		return "", refused("message", err, mail.to)
	}
	if said, ok := body.(*smtp.DataCloser); ok && said.ServerResponse() != "" {
		answer = "250 " + withhold(said.ServerResponse(), mail.to)
	}
	return answer, nil
}

// noticed keeps in mind that a connection which was kept has ended: without a reply, or with the one by
// which a server takes its leave (RFC 5321, section 3.8).
func (c *connection) noticed(err error) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	c.stale = c.kept && (!ok || reply.Code == 421)
	return err
}

// hangUp ends the connection politely, but does not wait long for the server to say goodbye: the mail is
// delivered, or it is not, either way.
func (c *connection) hangUp() {
	if c.wire == nil {
		return
	}
	if c.client != nil && c.client.UpdateDeadline(time.Second) == nil {
		_ = c.client.Quit()
	}
	_ = c.wire.Close()
}
