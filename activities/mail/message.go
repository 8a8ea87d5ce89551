package mail

import (
	"bytes"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/streitfall/streitfall/dispute"
)

// message is a finished mail with its envelope. The addresses are bare.
type message struct {
	// name identifies the message in file systems and logs; the Message-ID begins with it.
	name     string
	from, to string
	data     []byte
}

// composer builds mails from notices, all from one sender. It is safe for concurrent use.
type composer struct {
	sender sender
	texts  texts
}

func newComposer(from Sender) (*composer, error) {
	sender, err := from.check()
	if err != nil {
		return nil, err
	}
	loaded, err := loadTexts()
	if err != nil {
		return nil, err
	}
	return &composer{sender: sender, texts: loaded}, nil
}

// compose builds the mail for a notice. An invalid address of the recipient is a refusal of CodeMessageRefused.
func (c *composer) compose(notice dispute.Notice, now time.Time) (message, error) {
	content, err := c.texts.render(notice, c.sender)
	if err != nil {
		return message{}, err
	}
	return c.finish(notice.Key.Name(), notice.Key.Recipient, notice.To, content, now)
}

// finish addresses a mail to a recipient.
func (c *composer) finish(name string, party dispute.Party, recipient dispute.Recipient, content text, now time.Time) (message, error) {
	to, err := mail.ParseAddress(recipient.Email)
	if err != nil || to.Address != recipient.Email {
		return message{}, dispute.Refuse(dispute.CodeMessageRefused, "the e-mail address of the %s is invalid", party)
	}
	to.Address, to.Name = inASCII(to.Address), displayName(recipient.Name)
	built := message{name: name, from: c.sender.address.Address, to: to.Address}
	var data bytes.Buffer
	data.Grow(len(content.body) + len(content.html)*5/4 + 1<<10) // about its final size
	if _, err := c.assemble(built.name, to, content, now).WriteTo(&data); err != nil {
		return message{}, dispute.Refuse(dispute.CodeMessageRefused, "the e-mail to the %s cannot be built: %s",
			party, withhold(err.Error(), to.Address))
	}
	built.data = data.Bytes()
	return built, nil
}

func (c *composer) assemble(name string, to *mail.Address, content text, now time.Time) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.sender.address)
	msg.ToMailAddress(to)
	// Mail programs would decode what looks like an encoded word (RFC 2047), line breaks included.
	msg.Subject(strings.ReplaceAll(content.subject, "=?", "= ?"))
	msg.SetDateWithValue(now.UTC())
	msg.SetMessageIDWithValue(name + domain(c.sender.address.Address))
	// Auto-responders do not answer such mails (RFC 3834); people who read the sender's mailbox are spared.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderContentLang, content.language)
	// Mail programs prefer the last alternative (RFC 2046, section 5.1.4).
	msg.SetBodyString(gomail.TypeTextPlain, content.body)
	msg.AddAlternativeString(gomail.TypeTextHTML, content.html)
	return msg
}

// displayName makes a name fit for a header. It replaces a backslash, which net/mail leaves in an encoded name
// where RFC 2047, section 5.3 forbids it: some mail programs then find no address.
func displayName(name string) string {
	if name = oneLine(name); !isASCII(name) {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

// inASCII converts the domain of an address to its ASCII form (RFC 5891), which every mail server takes. Most
// addresses with umlauts have them in the domain only.
func inASCII(address string) string {
	if isASCII(address) {
		return address
	}
	at := strings.LastIndex(address, "@") + 1
	host, err := idna.Lookup.ToASCII(address[at:])
	if err != nil {
		return address
	}
	return address[:at] + host
}

// domain returns the domain of an address with its @.
func domain(address string) string {
	return address[strings.LastIndex(address, "@"):]
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > '~' })
}
