package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"

	"github.com/streitfall/streitfall/activities/mail"
)

type stage struct {
	stage    mail.Stage
	check    Name
	ok, help string
}

// stages are the stages of the dialogue with a mail server, with what is said of each when it went well and what helps when
// it did not.
var stages = []stage{
	{
		mail.StageConnect, CheckMailServer, "it answers",
		"correct host and port of SMTP_URL; a firewall may be between",
	},
	{
		mail.StageGreeting, CheckMailGreeting, "accepted",
		"set MAIL_HELO to the full name of this machine, which its address resolves to",
	},
	{
		mail.StageTLS, CheckMailTLS, "accepted",
		"the certificate must be valid for the host in SMTP_URL; smtps:// is TLS from the first byte, ?tls=required needs STARTTLS",
	},
	{
		mail.StageLogin, CheckMailLogin, "accepted",
		"correct user and password in SMTP_URL, with everything but letters and digits as %XX; a plain password needs TLS",
	},
	{
		mail.StageSender, CheckMailSender, "accepted",
		"MAIL_FROM must be an address that this server may send for, and this machine one that may relay",
	},
	{
		mail.StageRecipient, CheckMailReplies, "the server takes mails to the sender",
		"people reply to MAIL_FROM: it needs a mailbox",
	},
}

func (e *examination) examineMail(ctx context.Context) {
	if e.config.SMTPURL == "" {
		e.examineFolder()
		return
	}
	server, err := e.config.SMTP()
	if err != nil { // examineSettings has said why
		e.skipMail("SMTP_URL, MAIL_HELO or MAIL_FROM is not usable")
		return
	}
	defer server.Close() //nolint:errcheck // it closes idle connections
	e.skip("SMTP_URL is set", CheckMailFolder)
	found, err := server.Probe(ctx)
	e.reportStages(found, err)
	if e.SendTo == "" {
		e.skip("--send-to sends a test mail", CheckMailSent)
		return
	}
	if answer, err := server.SendTest(ctx, e.SendTo); err != nil {
		e.wrong(CheckMailSent, err, "see what is wrong above; the log of the mail server has the rest")
	} else {
		e.ok(CheckMailSent, "to %s: %s; see whether it arrives", e.SendTo, answer)
	}
}

// reportStages reports the stages up to the one that failed, and those behind it as skipped.
func (e *examination) reportStages(found mail.Probed, err error) {
	at := slices.IndexFunc(stages, func(s stage) bool { return err != nil && s.stage == found.Failed })
	for i, s := range stages {
		switch {
		case at >= 0 && i > at:
			e.skip("the server did not get so far", s.check)
		case i == at && s.stage == mail.StageRecipient:
			e.warn(s.check, err.Error(), s.help)
		case i == at:
			e.wrong(s.check, err, s.help)
		case s.stage == mail.StageGreeting && e.poorName() != "":
			e.warn(s.check, e.poorName(), s.help)
		case s.stage == mail.StageTLS && found.Failed == mail.StageLogin:
			e.skip("the login failed before that was known", s.check)
		case s.stage == mail.StageTLS && !found.Encrypted:
			e.reportUnencrypted()
		case s.stage == mail.StageLogin && !found.LoggedIn:
			e.ok(s.check, "none: SMTP_URL has no user")
		case s.stage == mail.StageSender && e.config.FromLocalhost():
			e.wrong(s.check, fmt.Errorf("mails come from %s: what is at localhost is refused elsewhere", e.config.MailFrom),
				"set MAIL_FROM to an address of yours")
		default:
			e.ok(s.check, "%s", s.ok)
		}
	}
}

// reportUnencrypted says why mails go to the server without TLS.
func (e *examination) reportUnencrypted() {
	server, err := url.Parse(e.config.SMTPURL)
	switch {
	case err == nil && isLocal(server.Hostname()):
		e.ok(CheckMailTLS, "none, on this machine")
	case err == nil && server.Query().Get("tls") == "none":
		e.warn(CheckMailTLS, "mails go over the network unencrypted: SMTP_URL has tls=none", "end SMTP_URL with ?tls=required, or begin it with smtps://")
	default:
		e.warn(CheckMailTLS, "mails go over the network unencrypted: the server offers no STARTTLS",
			"have the server offer STARTTLS and end SMTP_URL with ?tls=required, or begin it with smtps://")
	}
}

// poorName returns what is wrong with the name in the greeting, if it is this machine's.
func (e *examination) poorName() string {
	name, err := os.Hostname()
	if e.config.MailHELO != "" || err == nil && mail.CheckHELO(name) == nil {
		return ""
	}
	return fmt.Sprintf("accepted, but %q is not a full name, which other mail servers refuse", name)
}

func (e *examination) examineFolder() {
	if e.config.MailDir == "" {
		e.skipMail("neither SMTP_URL nor MAIL_DIR is set")
		return
	}
	if err := mail.ProbeFolder(e.config.MailDir); err != nil {
		e.wrong(CheckMailFolder, err, "MAIL_DIR must be a folder in which workers may write")
	} else {
		e.warn(CheckMailFolder, "mails are written to "+e.config.MailDir+": nobody is reached", "set SMTP_URL instead")
	}
	for _, s := range stages {
		e.skip("MAIL_DIR is set", s.check)
	}
	if e.SendTo != "" {
		e.wrong(CheckMailSent, errors.New("MAIL_DIR is set: no mail is sent"), "set SMTP_URL instead")
		return
	}
	e.skip("MAIL_DIR is set", CheckMailSent)
}

func (e *examination) skipMail(why string) {
	e.skip(why, CheckMailFolder)
	for _, s := range stages {
		e.skip(why, s.check)
	}
	e.skip(why, CheckMailSent)
}
