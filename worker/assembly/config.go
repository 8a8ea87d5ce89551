package assembly

import (
	"cmp"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// Config is what an operator decides about a worker. How to reach Temporal is not part of it: that is
// configured the way of all Temporal tools.
type Config struct {
	// LedgerURL names the ledger's database: sqlite:PATH.
	LedgerURL string
	// SMTPURL names the mail server, or MailDir a folder that takes the mails as .eml files instead, so
	// that nobody is reached. Exactly one of them is set.
	SMTPURL string
	MailDir string
	// MailFrom is the sender of all mails; its mailbox is read by operators.
	MailFrom string
	// WebhookNetworks are the private networks that webhooks may reach; public ones they always may.
	WebhookNetworks []netip.Prefix
	// DeskEmail is where the desk is asked for rulings. Without it, it finds its cases in Temporal only.
	DeskEmail string
	// Arbiter is ArbiterDesk or ArbiterRules.
	Arbiter string
	// PayloadKeys encrypt what disputes send through Temporal. They do so on the connection that a worker is
	// assembled on.
	PayloadKeys encryption.Keys
	// Log is what is logged, and how.
	Log Log
	// MetricsAddr is where metrics and health are served over HTTP (host:port); "" serves none.
	MetricsAddr string
	// Deployment and BuildID name the version of this worker in a Worker Deployment of Temporal. Both are
	// empty where deployments are not used: then any worker takes any task.
	Deployment string
	BuildID    string
}

// The arbiters.
const (
	// ArbiterDesk refers every ruling to people.
	ArbiterDesk = "desk"
	// ArbiterRules decides what needs no opened file, and refers the rest.
	ArbiterRules = "rules"
)

// defaultSender is the sender of mails where none is configured.
const defaultSender = "Streitfall <streitfall@localhost>"

// ConfigFromEnv reads the configuration from the environment and names every fault at once. What decides
// whether anybody is reached has no default: nobody is charged back unheard by a forgotten setting.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	c := Config{
		LedgerURL: getenv("LEDGER_URL"), SMTPURL: getenv("SMTP_URL"), MailDir: getenv("MAIL_DIR"),
		MailFrom: getenv("MAIL_FROM"), DeskEmail: getenv("DESK_EMAIL"), Arbiter: getenv("ARBITER"),
	}
	var faults []error
	if c.LedgerURL == "" {
		faults = append(faults, errors.New("LEDGER_URL is required, such as sqlite:ledger.db"))
	} else if err := ledger.CheckURL(c.LedgerURL); err != nil {
		faults = append(faults, fmt.Errorf("LEDGER_URL: %w", err))
	}
	switch {
	case c.SMTPURL == "" && c.MailDir == "":
		faults = append(faults, errors.New("SMTP_URL (such as smtp://mail.example.com:587) or MAIL_DIR (a folder, nobody is reached) is required"))
	case c.SMTPURL != "" && c.MailDir != "":
		faults = append(faults, errors.New("SMTP_URL and MAIL_DIR are both set; only one is allowed"))
	}
	c.MailFrom = cmp.Or(c.MailFrom, defaultSender)
	faults = append(faults, c.mailFaults()...)
	var err error
	if c.WebhookNetworks, err = networks(getenv("WEBHOOK_PRIVATE_NETWORKS")); err != nil {
		faults = append(faults, fmt.Errorf("WEBHOOK_PRIVATE_NETWORKS %w", err))
	}
	switch c.Arbiter {
	case "":
		c.Arbiter = ArbiterDesk
	case ArbiterDesk, ArbiterRules:
	default:
		faults = append(faults, fmt.Errorf("ARBITER is %.64q; allowed are %s and %s", c.Arbiter, ArbiterDesk, ArbiterRules))
	}
	faults = append(faults, c.readOperations(getenv)...)
	return c, errors.Join(faults...)
}

// networks reads a list such as 10.20.0.0/16,fd12:3456::/32.
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

// mailFaults asks the mail adapter, which connects to nothing yet, about each setting by itself.
func (c Config) mailFaults() (faults []error) {
	if c.SMTPURL != "" {
		if _, err := mail.NewSMTP(c.SMTPURL, defaultSender); err != nil {
			faults = append(faults, fmt.Errorf("SMTP_URL: %w", err))
		}
	}
	if _, err := mail.NewSMTP("smtp://localhost", c.MailFrom); err != nil {
		faults = append(faults, fmt.Errorf("MAIL_FROM: %w", err))
	}
	if address, err := netmail.ParseAddress(c.DeskEmail); c.DeskEmail != "" && (err != nil || address.Address != c.DeskEmail) {
		faults = append(faults, errors.New("DESK_EMAIL must be an e-mail address without a name, such as desk@example.com"))
	}
	return faults
}
