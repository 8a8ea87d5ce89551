package assembly

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// Config is the configuration of a worker. The connection to Temporal is not part of it: it is configured as for all
// Temporal tools.
type Config struct {
	// LedgerURL is the ledger's database: sqlite:PATH or postgres://user:password@host:port/database.
	LedgerURL string
	// SMTPURL is the mail server. MailDir is a folder that takes the mails as .eml files instead, so that nobody is
	// reached. Exactly one of them is set.
	SMTPURL string
	MailDir string
	// MailHELO is the name with which the worker greets the mail server; "" is the machine's host name.
	MailHELO string
	// MailFrom is the sender of all mails, an address with or without a name; operators read its mailbox.
	MailFrom string
	// SenderName, ProviderName and MailImprint are what every mail says of its sender: see mail.Sender.
	SenderName, ProviderName, MailImprint string
	// Portal is where mails and webhooks link; the zero value is no portal.
	Portal mail.Portal
	// WebhookNetworks are the private networks that webhooks may reach, in addition to public ones.
	WebhookNetworks []netip.Prefix
	// Events is the receiver of events; its URL is empty where there is none.
	Events dispute.Webhook
	// DeskEmail is the address where the desk is asked for rulings. If it is empty, the desk finds its cases in Temporal.
	DeskEmail string
	// Arbiter is ArbiterDesk or ArbiterRules.
	Arbiter string
	// PayloadKeys encrypt the payloads that the worker's connection sends through Temporal.
	PayloadKeys encryption.Keys
	// Log is the level and the format of the log.
	Log Log
	// MetricsAddr is the address (host:port) that serves metrics and health over HTTP; "" serves none.
	MetricsAddr string
	// Deployment and BuildID name this worker's version in a Worker Deployment of Temporal. Both are empty where
	// deployments are not used: then every worker takes every task.
	Deployment string
	BuildID    string
}

// The arbiters.
const (
	// ArbiterDesk refers every ruling to people.
	ArbiterDesk = "desk"
	// ArbiterRules rules where the case file is enough and refers everything else to people.
	ArbiterRules = "rules"
)

// defaultFrom is the sender of mails where none is configured.
const defaultFrom = "Streitfall <streitfall@localhost>"

// ConfigFromEnv reads the configuration from environment variables and returns every fault at once, each in a line that
// begins with its variable. No fault repeats a password or a key. The ledger and the mail server have no defaults, so
// that a forgotten setting does not charge back a merchant who was never told.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	c := Config{LedgerURL: getenv("LEDGER_URL"), Arbiter: cmp.Or(getenv("ARBITER"), ArbiterDesk)}
	var faults []error
	if c.LedgerURL == "" {
		faults = append(faults, errors.New("LEDGER_URL is required, such as sqlite:ledger.db"))
	} else if err := ledger.CheckURL(c.LedgerURL); err != nil {
		faults = append(faults, fmt.Errorf("LEDGER_URL: %w", err))
	}
	faults = append(faults, c.readReach(getenv)...)
	faults = append(faults, c.readEvents(getenv)...)
	if c.Arbiter != ArbiterDesk && c.Arbiter != ArbiterRules {
		faults = append(faults, fmt.Errorf("ARBITER is %.64q; allowed are %s and %s", c.Arbiter, ArbiterDesk, ArbiterRules))
	}
	faults = append(faults, c.readOperations(getenv)...)
	return c, errors.Join(faults...)
}

// readReach reads how the parties are reached, and where what they get leads them.
func (c *Config) readReach(getenv func(string) string) []error {
	faults := c.readMail(getenv)
	var err error
	if c.WebhookNetworks, err = networks(getenv("WEBHOOK_PRIVATE_NETWORKS")); err != nil {
		faults = append(faults, fmt.Errorf("WEBHOOK_PRIVATE_NETWORKS %w", err))
	}
	portal, err := PortalFromEnv(getenv)
	c.Portal = portal
	return append(faults, err)
}

// readMail reads the settings of e-mails. It connects to nothing.
func (c *Config) readMail(getenv func(string) string) (faults []error) {
	c.SMTPURL, c.MailDir, c.MailHELO, c.DeskEmail = getenv("SMTP_URL"), getenv("MAIL_DIR"), getenv("MAIL_HELO"), getenv("DESK_EMAIL")
	c.MailFrom, c.SenderName, c.ProviderName = cmp.Or(getenv("MAIL_FROM"), defaultFrom), getenv("SENDER_NAME"), getenv("PROVIDER_NAME")
	c.MailImprint = strings.ReplaceAll(getenv("MAIL_IMPRINT"), `\n`, "\n") // files of variables have one line each
	switch {
	case c.SMTPURL == "" && c.MailDir == "":
		faults = append(faults, errors.New("SMTP_URL (such as smtp://mail.example.com:587) or MAIL_DIR (a folder, nobody is reached) is required"))
	case c.SMTPURL != "" && c.MailDir != "":
		faults = append(faults, errors.New("SMTP_URL and MAIL_DIR are both set; only one is allowed"))
	}
	if c.SMTPURL != "" {
		if _, err := mail.NewSMTP(c.SMTPURL, "", mail.Sender{From: defaultFrom}); err != nil {
			faults = append(faults, fmt.Errorf("SMTP_URL: %w", err))
		}
	}
	if _, err := mail.NewSMTP("smtp://localhost", c.MailHELO, mail.Sender{From: defaultFrom}); err != nil {
		faults = append(faults, fmt.Errorf("MAIL_HELO: %w", err))
	}
	if _, err := mail.NewSMTP("smtp://localhost", "", mail.Sender{From: c.MailFrom}); err != nil {
		faults = append(faults, fmt.Errorf("MAIL_FROM: %w", err))
	}
	if address, err := netmail.ParseAddress(c.DeskEmail); c.DeskEmail != "" && (err != nil || address.Address != c.DeskEmail) {
		faults = append(faults, errors.New("DESK_EMAIL must be an e-mail address without a name, such as desk@example.com"))
	}
	return append(faults, c.textFaults()...)
}

const (
	maxName    = 100
	maxImprint = 2000
)

// sender returns the sender of all mails.
func (c Config) sender() mail.Sender {
	return mail.Sender{From: c.MailFrom, Name: c.SenderName, Provider: c.ProviderName, Imprint: c.MailImprint, Portal: c.Portal}
}

// textFaults checks the texts that every mail contains.
func (c Config) textFaults() (faults []error) {
	for _, name := range []struct{ variable, value string }{{"SENDER_NAME", c.SenderName}, {"PROVIDER_NAME", c.ProviderName}} {
		if !isText(name.value, maxName) {
			faults = append(faults, fmt.Errorf("%s must be one line of at most %d characters", name.variable, maxName))
		}
	}
	if !isText(strings.NewReplacer("\r\n", "", "\n", "").Replace(c.MailImprint), maxImprint) {
		faults = append(faults, fmt.Errorf("MAIL_IMPRINT must be text of at most %d characters", maxImprint))
	}
	return faults
}

// isText reports whether text is empty or one line of at most limit printable characters.
func isText(text string, limit int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= limit && !strings.ContainsFunc(text, unicode.IsControl) &&
		(text == "" || strings.TrimSpace(text) != "")
}

// networks parses a list such as 10.20.0.0/16,fd12:3456::/32.
func networks(list string) (parsed []netip.Prefix, err error) {
	for network := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, fmt.Errorf("has %.64q; allowed are networks such as 10.20.0.0/16, with commas between them", network)
		}
		parsed = append(parsed, prefix)
	}
	return parsed, nil
}

// readOperations reads the settings that concern the operation of a worker, not its disputes.
func (c *Config) readOperations(getenv func(string) string) (faults []error) {
	c.MetricsAddr = getenv("METRICS_ADDR")
	c.Deployment, c.BuildID = getenv("TEMPORAL_DEPLOYMENT_NAME"), getenv("TEMPORAL_WORKER_BUILD_ID")
	var err error
	if c.PayloadKeys, err = encryption.ParseKeys(getenv("PAYLOAD_KEYS")); err != nil {
		faults = append(faults, fmt.Errorf("PAYLOAD_KEYS: %w", err))
	}
	if c.Log, err = LogFromEnv(getenv); err != nil {
		faults = append(faults, err)
	}
	if _, _, err := net.SplitHostPort(c.MetricsAddr); c.MetricsAddr != "" && err != nil {
		faults = append(faults, fmt.Errorf("METRICS_ADDR is %.64q; write it like :9090 or 127.0.0.1:9090", c.MetricsAddr))
	}
	if (c.Deployment == "") != (c.BuildID == "") {
		faults = append(faults, errors.New("TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together; set both or none"))
	}
	if strings.ContainsAny(c.Deployment, ".:") { // Temporal joins both to one name
		faults = append(faults, fmt.Errorf("TEMPORAL_DEPLOYMENT_NAME is %.64q; it must not contain a dot or a colon", c.Deployment))
	}
	return faults
}
