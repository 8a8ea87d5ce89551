package mail

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/streitfall/streitfall/dispute"
)

// senderName stands in From where the configured sender has no name of its own.
const senderName = "Streitfall"

// message is a finished mail with its envelope. The addresses are bare.
type message struct {
	// name is the message's own in file systems and logs; the Message-ID begins with it.
	name     string
	from, to string
	data     []byte
}

// composer builds mails from notices, all from one sender. Its methods can be called concurrently.
type composer struct {
	from  *mail.Address
	texts texts
}

func newComposer(from string) (*composer, error) {
	sender, err := parseSender(from)
	if err != nil {
		return nil, err
	}
	loaded, err := loadTexts()
	if err != nil {
		return nil, err
	}
	return &composer{from: sender, texts: loaded}, nil
}

func parseSender(from string) (*mail.Address, error) {
	sender, err := mail.ParseAddress(from)
	if err != nil || !isASCII(sender.Address) {
		return nil, fmt.Errorf("the sender %.100q is no e-mail address in ASCII; write it like %s <disputes@example.com>", from, senderName)
	}
	if sender.Name = displayName(sender.Name); sender.Name == "" {
		sender.Name = senderName
	}
	return sender, nil
}

// compose builds the mail for a notice. A recipient's address that cannot be one is CodeMessageRefused.
func (c *composer) compose(notice dispute.Notice, now time.Time) (message, error) {
	to, err := mail.ParseAddress(notice.To.Email)
	if err != nil || to.Address != notice.To.Email {
		return message{}, dispute.Refuse(dispute.CodeMessageRefused, "the e-mail address of the %s cannot be one", notice.Key.Recipient)
	}
	to.Address, to.Name = inASCII(to.Address), displayName(notice.To.Name)
	content, err := c.texts.render(notice)
	if err != nil {
		return message{}, err
	}
	built := message{name: notice.Key.Name(), from: c.from.Address, to: to.Address}
	var data bytes.Buffer
	data.Grow(len(content.body) + len(content.html)*5/4 + 1<<10) // about what it will be
	if _, err := c.assemble(built.name, to, content, now).WriteTo(&data); err != nil {
		return message{}, dispute.Refuse(dispute.CodeMessageRefused, "the e-mail to the %s cannot be built: %s",
			notice.Key.Recipient, withhold(err.Error(), to.Address))
	}
	built.data = data.Bytes()
	return built, nil
}

func (c *composer) assemble(name string, to *mail.Address, content text, now time.Time) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	msg.ToMailAddress(to)
	// What looks like an encoded word would be decoded by the reader's program, line breaks and all.
	msg.Subject(strings.ReplaceAll(content.subject, "=?", "= ?"))
	msg.SetDateWithValue(now.UTC())
	msg.SetMessageIDWithValue(name + c.from.Address[strings.LastIndex(c.from.Address, "@"):])
	// Auto-responders answer nothing that says so (RFC 3834), or they would end up with the operators.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderContentLang, content.language)
	// The last alternative is the one that programs prefer (RFC 2046, section 5.1.4).
	msg.SetBodyString(gomail.TypeTextPlain, content.body)
	msg.AddAlternativeString(gomail.TypeTextHTML, content.html)
	return msg
}

// displayName is a name as it can stand in a header. net/mail leaves a backslash in an encoded name, where
// it may not be (RFC 2047, section 5.3): some programs then find no address.
func displayName(name string) string {
	if name = oneLine(name); !isASCII(name) {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

// inASCII writes the domain of an address as name servers have it (RFC 5891): most people with umlauts in their
// address have them there, and then every server takes it.
func inASCII(address string) string {
	if isASCII(address) {
		return address
	}
	at := strings.LastIndex(address, "@") + 1
	domain, err := idna.Lookup.ToASCII(address[at:])
	if err != nil {
		return address
	}
	return address[:at] + domain
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > '~' })
}
