package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Stage is a part of the dialogue with a mail server.
type Stage string

// The stages, in their order.
const (
	StageConnect   Stage = "connect"
	StageGreeting  Stage = "greeting"
	StageTLS       Stage = "tls"
	StageLogin     Stage = "login"
	StageSender    Stage = "sender"
	StageRecipient Stage = "recipient"
)

// Probed is what a Probe has found.
type Probed struct {
	// Failed is the stage that failed, empty if none did.
	Failed Stage
	// Encrypted and LoggedIn say how mails go to the server.
	Encrypted, LoggedIn bool
}

// Probe talks to the server as Send does, up to a mail from the sender to the sender's own address, and hands none over.
// Many servers judge greeting and sender only when they hear a recipient.
func (s *SMTP) Probe(ctx context.Context) (found Probed, err error) {
	open, err := s.connect(ctx)
	if err != nil {
		found.Failed = stageOf(err, s.server.user != "")
		return found, s.explain(ctx, transient("connect", err, ""))
	}
	_, err = open.client.GetTLSConnectionState()
	found.Encrypted, found.LoggedIn = s.server.implicitTLS || err == nil, s.server.user != ""
	found.Failed, err = s.probe(ctx, open)
	return found, err
}

// probe hands over sender and recipient on a connection, which it closes. On an error it returns the stage that failed.
func (s *SMTP) probe(ctx context.Context, open *connection) (Stage, error) {
	defer open.hangUp()
	open.watch(ctx)
	defer open.unwatch()
	from := s.composer.sender.address.Address
	if err := open.client.UpdateDeadline(open.timeout); err != nil {
		return StageSender, err
	}
	if err := open.client.Mail("<" + from + ">"); err != nil {
		return StageSender, s.explain(ctx, transient("hand over the sender", err, ""))
	}
	if err := open.client.Rcpt("<" + from + ">"); err != nil {
		stage := StageRecipient
		if reply, ok := errors.AsType[*textproto.Error](err); ok && aboutUs(reply, atRecipient, from) {
			stage = StageSender
		}
		return stage, s.explain(ctx, transient("hand over a mail to the sender's own address", err, ""))
	}
	return "", open.client.Reset()
}

// loginCodes are the replies to AUTH (RFC 4954, section 6).
var loginCodes = []int{432, 530, 534, 535, 538}

// stageOf returns the stage at which connecting failed. The reply 454 is one to AUTH (RFC 4954) or to STARTTLS (RFC 3207).
func stageOf(err error, hasLogin bool) Stage {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	reply, replied := errors.AsType[*textproto.Error](err)
	login := []error{
		gomail.ErrNoSupportedAuthDiscovered, gomail.ErrPlainAuthNotSupported, gomail.ErrLoginAuthNotSupported, smtp.ErrUnencrypted,
		smtp.ErrUnexpectedServerChallange, smtp.ErrWrongHostname,
	}
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &record),
		replied && reply.Code == 454 && !hasLogin, strings.Contains(err.Error(), "STARTTLS"): // go-mail's error has no type
		return StageTLS
	case slices.ContainsFunc(login, func(known error) bool { return errors.Is(err, known) }),
		replied && slices.Contains(loginCodes, reply.Code), replied && reply.Code == 454, strings.Contains(err.Error(), "SMTP AUTH"):
		return StageLogin
	case replied:
		return StageGreeting
	default:
		return StageConnect
	}
}

// SendTest sends a mail that says that mails arrive, and returns the server's reply.
func (s *SMTP) SendTest(ctx context.Context, to string) (answer string, err error) {
	address, err := netmail.ParseAddress(to)
	if err != nil {
		return "", fmt.Errorf("%.100q is no e-mail address", to)
	}
	address.Address = inASCII(address.Address)
	const words = "This is a test. Messages about payment disputes will come from this sender."
	content := text{language: "en", subject: "Test mail", body: words + "\n", html: "<p>" + words + "</p>"}
	name := "test-" + strings.ToLower(rand.Text())
	built := message{name: name, from: s.composer.sender.address.Address, to: address.Address}
	var data strings.Builder
	if _, err := s.composer.assemble(name, address, content, time.Now()).WriteTo(&data); err != nil {
		return "", err
	}
	built.data = []byte(data.String())
	return s.deliver(ctx, built)
}

// ProbeFolder returns an error unless mails could be written to dir. It creates nothing: NewFolder makes the folder.
func ProbeFolder(dir string) error {
	for {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, os.ErrNotExist) && filepath.Dir(dir) != dir:
			dir = filepath.Dir(dir)
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is a file", dir)
		}
		probe, err := os.CreateTemp(dir, ".probe-*")
		if err != nil {
			return err
		}
		return errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
}
