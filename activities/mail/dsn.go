package mail

import (
	"fmt"
	"strings"
)

// A server that offers delivery status notifications (RFC 3461) is asked to report, to the sender's address, a mail that it
// has accepted and cannot deliver, or not yet. The report has the name of the message as its Original-Envelope-Id, the
// address to which we had sent it, and no more of the mail than its headers.
const (
	reportWhen = "FAILURE,DELAY"
	reportWith = "HDRS"
	// maxEnvelopeID is the longest ENVID (RFC 3461, section 4.4).
	maxEnvelopeID = 100
)

// reports asks for delivery status notifications and reports whether the server sends any.
func (c *connection) reports() bool {
	offered, _ := c.client.Extension("DSN")
	if offered {
		c.client.SetDSNRcptNotifyOption(reportWhen)
		c.client.SetDSNMailReturnOption(reportWith)
	}
	return offered
}

// sender returns the argument of MAIL FROM. A long name is cut at its beginning: the hash at its end is unique.
func (c *connection) sender(mail message) string {
	if !c.reports() {
		return "<" + mail.from + ">"
	}
	return "<" + mail.from + "> ENVID=" + xtext(mail.name[max(0, len(mail.name)-maxEnvelopeID):])
}

// recipient returns the argument of RCPT TO.
func (c *connection) recipient(mail message) string {
	if !c.reports() || !isASCII(mail.to) {
		return "<" + mail.to + ">"
	}
	return "<" + mail.to + "> ORCPT=rfc822;" + xtext(mail.to)
}

// xtext encodes text as the value of a parameter (RFC 3461, section 4).
func xtext(text string) string {
	var encoded strings.Builder
	for _, b := range []byte(text) {
		if b < '!' || b > '~' || b == '+' || b == '=' {
			fmt.Fprintf(&encoded, "+%02X", b)
		} else {
			encoded.WriteByte(b)
		}
	}
	return encoded.String()
}
