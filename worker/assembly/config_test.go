package assembly_test

import (
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// environment returns a getenv of a minimal valid environment with changes; an empty value unsets a variable.
func environment(changes map[string]string) func(string) string {
	env := map[string]string{"LEDGER_URL": "sqlite:ledger.db", "MAIL_DIR": "mails"}
	maps.Copy(env, changes)
	return func(name string) string { return env[name] }
}

const eventsSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	config, err := assembly.ConfigFromEnv(environment(nil))
	require.NoError(t, err)
	require.Equal(t, assembly.Config{
		LedgerURL: "sqlite:ledger.db", MailDir: "mails", MailFrom: "Streitfall <streitfall@localhost>",
		Arbiter: assembly.ArbiterDesk, Log: assembly.Log{Level: slog.LevelInfo, Format: assembly.LogJSON},
	}, config)
}

func TestConfigInFull(t *testing.T) {
	t.Parallel()
	config, err := assembly.ConfigFromEnv(environment(map[string]string{
		"MAIL_DIR": "", "SMTP_URL": "smtps://user:geheim@mail.example", "MAIL_FROM": "Klarna <disputes@klarna.example>",
		"MAIL_HELO": "worker.klarna.example", "SENDER_NAME": "Klarna Streitfälle", "PROVIDER_NAME": "Klarna Bank", "MAIL_IMPRINT": `Klarna Bank AB\nSveavägen 46` + "\nStockholm",
		"DESK_EMAIL": "desk@klarna.example", "ARBITER": "rules", "LOG_LEVEL": "debug", "WEBHOOK_PRIVATE_NETWORKS": "10.20.0.0/16, fd12::/32",
		"EVENTS_URL": "https://backend.example/events", "EVENTS_SECRET": eventsSecret,
	}))
	require.NoError(t, err)
	require.Equal(t, assembly.Config{
		LedgerURL: "sqlite:ledger.db", SMTPURL: "smtps://user:geheim@mail.example", MailFrom: "Klarna <disputes@klarna.example>",
		MailHELO: "worker.klarna.example", SenderName: "Klarna Streitfälle", ProviderName: "Klarna Bank", MailImprint: "Klarna Bank AB\nSveavägen 46\nStockholm",
		DeskEmail: "desk@klarna.example", Arbiter: assembly.ArbiterRules, Log: assembly.Log{Level: slog.LevelDebug, Format: assembly.LogJSON},
		Events:          dispute.Webhook{URL: "https://backend.example/events", Secret: eventsSecret},
		WebhookNetworks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd12::/32")},
	}, config)
}

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	const (
		noLedger   = "LEDGER_URL is required, such as sqlite:ledger.db"
		noMail     = "SMTP_URL (such as smtp://mail.example.com:587) or MAIL_DIR (a folder, nobody is reached) is required"
		bothMails  = "SMTP_URL and MAIL_DIR are both set; only one is allowed"
		mailServer = "SMTP_URL: the mail server's URL must be smtp://[user:password@]host[:port]"
		sender     = `MAIL_FROM: the sender "x" is no e-mail address in ASCII; write it like Streitfall <disputes@example.com>`
		desk       = "DESK_EMAIL must be an e-mail address without a name, such as desk@example.com"
		arbiter    = `ARBITER is "dice"; allowed are desk and rules`
		helo       = `MAIL_HELO: "localhost" is no name for the greeting of a mail server; write it like worker.example.com or [192.0.2.1]`
		senderName = "SENDER_NAME must be one line of at most 100 characters"
		provider   = "PROVIDER_NAME must be one line of at most 100 characters"
		imprint    = "MAIL_IMPRINT must be text of at most 2000 characters"
		network    = `WEBHOOK_PRIVATE_NETWORKS has "yes"; allowed are networks such as 10.20.0.0/16, with commas between them`
		site       = "PORTAL_URL must be the portal's address such as https://disputes.example.com, without path"
		siteAlone  = "PORTAL_KEYS is required with PORTAL_URL: the links in mails are signed"
		keysAlone  = "PORTAL_URL is required with PORTAL_KEYS, such as https://disputes.example.com"
		noKeys     = "PORTAL_KEYS: key 1 must be an id, a colon and 32 bytes in base64"
		receiver   = "EVENTS_URL must be a URL of at most 500 characters such as https://"
		noReceiver = "EVENTS_URL is required with EVENTS_SECRET"
		signer     = "EVENTS_SECRET must be whsec_ and the base64 of 24 to 64 bytes"
		unsigned   = "EVENTS_SECRET is required with EVENTS_URL"
		level      = `LOG_LEVEL is "loud"; allowed are debug, info, warn and error`
	)
	for name, c := range map[string]struct {
		changes map[string]string
		want    []string
	}{
		"no ledger":         {map[string]string{"LEDGER_URL": ""}, []string{noLedger}},
		"unknown ledger":    {map[string]string{"LEDGER_URL": "mysql://user:geheim@db"}, []string{"LEDGER_URL: the ledger's URL has "}},
		"bare ledger":       {map[string]string{"LEDGER_URL": "geheim"}, []string{"LEDGER_URL: the ledger's URL has no scheme"}},
		"ledger of no file": {map[string]string{"LEDGER_URL": "sqlite:"}, []string{"LEDGER_URL: the ledger's URL names no file"}},
		"no mail":           {map[string]string{"MAIL_DIR": ""}, []string{noMail}},
		"both mails":        {map[string]string{"SMTP_URL": "smtp://user:geheim@mail.example"}, []string{bothMails}},
		"other mail scheme": {map[string]string{"MAIL_DIR": "", "SMTP_URL": "imap://user:geheim@mail.example"}, []string{mailServer}},
		"bad mail password": {map[string]string{"MAIL_DIR": "", "SMTP_URL": "smtp://user:geheim%@mail.example"}, []string{mailServer}},
		"bare mail":         {map[string]string{"MAIL_DIR": "", "SMTP_URL": "geheim"}, []string{mailServer}},
		"sender":            {map[string]string{"MAIL_FROM": "x"}, []string{sender}},
		"desk":              {map[string]string{"DESK_EMAIL": "desk"}, []string{desk}},
		"desk with a name":  {map[string]string{"DESK_EMAIL": "Desk <desk@example.com>"}, []string{desk}},
		"local greeting":    {map[string]string{"MAIL_HELO": "localhost"}, []string{helo}},
		"name in two lines": {map[string]string{"SENDER_NAME": "Nord\npay"}, []string{senderName}},
		"blank name":        {map[string]string{"SENDER_NAME": " "}, []string{senderName}},
		"long provider":     {map[string]string{"PROVIDER_NAME": strings.Repeat("ä", 101)}, []string{provider}},
		"binary provider":   {map[string]string{"PROVIDER_NAME": "\xff"}, []string{provider}},
		"long imprint":      {map[string]string{"MAIL_IMPRINT": strings.Repeat("ä\n", 2001)}, []string{imprint}},
		"binary imprint":    {map[string]string{"MAIL_IMPRINT": "a\x00b"}, []string{imprint}},
		"unknown arbiter":   {map[string]string{"ARBITER": "dice"}, []string{arbiter}},
		"no network":        {map[string]string{"WEBHOOK_PRIVATE_NETWORKS": "10.20.0.0/16,yes"}, []string{network}},
		"portal unsigned":   {map[string]string{"PORTAL_URL": "https://disputes.example.com"}, []string{siteAlone}},
		"keys of no portal": {map[string]string{"PORTAL_KEYS": payloadKeys}, []string{keysAlone}},
		"portal in clear":   {map[string]string{"PORTAL_URL": "http://disputes.example.com", "PORTAL_KEYS": payloadKeys}, []string{site}},
		"portal on a path":  {map[string]string{"PORTAL_URL": "https://example.com/disputes", "PORTAL_KEYS": payloadKeys}, []string{site}},
		"both portal wrong": {map[string]string{"PORTAL_URL": "geheim", "PORTAL_KEYS": "geheim"}, []string{site, noKeys}},
		"events unsigned":   {map[string]string{"EVENTS_URL": "https://backend.example/events"}, []string{unsigned}},
		"events to nobody":  {map[string]string{"EVENTS_SECRET": eventsSecret}, []string{noReceiver}},
		"events by mail":    {map[string]string{"EVENTS_URL": "mailto:geheim", "EVENTS_SECRET": eventsSecret}, []string{receiver}},
		"events with login": {map[string]string{"EVENTS_URL": "https://user:geheim@backend.example", "EVENTS_SECRET": "geheim"}, []string{receiver, signer}},
		"short secret":      {map[string]string{"EVENTS_URL": "https://backend.example/events", "EVENTS_SECRET": "whsec_Z2VoZWlt"}, []string{signer}},
		"unknown level":     {map[string]string{"LOG_LEVEL": "loud"}, []string{level}},
		"nothing is set":    {map[string]string{"LEDGER_URL": "", "MAIL_DIR": ""}, []string{noLedger, noMail}},
		"everything at once": {
			map[string]string{"LEDGER_URL": "geheim", "SMTP_URL": "geheim", "MAIL_FROM": "x", "DESK_EMAIL": "y", "ARBITER": "dice", "LOG_LEVEL": "loud", "WEBHOOK_PRIVATE_NETWORKS": "yes", "SENDER_NAME": "\n"},
			[]string{"LEDGER_URL: ", bothMails, mailServer, sender, desk, senderName, network, arbiter, level},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := assembly.ConfigFromEnv(environment(c.changes))
			require.Error(t, err)
			faults := strings.Split(err.Error(), "\n")
			require.Len(t, faults, len(c.want), "%v", err)
			for i, want := range c.want {
				require.True(t, strings.HasPrefix(faults[i], want), faults[i])
			}
			require.NotContains(t, err.Error(), "geheim")
		})
	}
}

func TestConfigOfThePortal(t *testing.T) {
	t.Parallel()
	getenv := environment(map[string]string{"PORTAL_URL": "https://disputes.example.com/", "PORTAL_KEYS": payloadKeys, "MAIL_DIR": t.TempDir()})
	config, err := assembly.ConfigFromEnv(getenv)
	require.NoError(t, err)
	require.Equal(t, "https://disputes.example.com", config.Portal.Site.String())
	require.True(t, config.Portal.Keys.Any())
	reach, err := assembly.ReachFromEnv(getenv)
	require.NoError(t, err)
	require.Equal(t, config.Portal, reach.Portal)
	require.NoError(t, reach.Mails.SendSignIn(t.Context(), dispute.Merchant{ID: "m-1", Email: "m@example.com"}))
	require.NotNil(t, reach.Webhooks)

	_, err = assembly.ReachFromEnv(environment(map[string]string{"MAIL_DIR": "", "PORTAL_KEYS": "geheim"}))
	require.ErrorContains(t, err, "SMTP_URL (such as")
	require.ErrorContains(t, err, "PORTAL_KEYS: key 1")
	require.NotContains(t, err.Error(), "geheim")
}

// TestConfigOpensNothing: reading a configuration creates no files and connects to nothing.
func TestConfigOpensNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{"ledger.db", "not/there/ledger.db"} {
		_, err := assembly.ConfigFromEnv(environment(map[string]string{
			"LEDGER_URL": "sqlite:" + filepath.Join(dir, path), "MAIL_DIR": filepath.Join(dir, "mails"),
		}))
		require.NoError(t, err)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

const payloadKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestConfigOperations(t *testing.T) {
	t.Parallel()
	c, err := assembly.ConfigFromEnv(environment(map[string]string{
		"PAYLOAD_KEYS": payloadKeys, "LOG_FORMAT": "text", "METRICS_ADDR": ":9090",
		"TEMPORAL_DEPLOYMENT_NAME": "streitfall", "TEMPORAL_WORKER_BUILD_ID": "2026-11-25.1",
	}))
	require.NoError(t, err)
	require.True(t, c.PayloadKeys.Any())
	require.Equal(t, []string{assembly.LogText, ":9090", "streitfall", "2026-11-25.1"}, []string{c.Log.Format, c.MetricsAddr, c.Deployment, c.BuildID})
}

func TestConfigOperationsFaults(t *testing.T) {
	t.Parallel()
	const half = "TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together; set both or none"
	for want, changes := range map[string]map[string]string{
		"PAYLOAD_KEYS: key 1 must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)": {"PAYLOAD_KEYS": "geheim"},
		`LOG_FORMAT is "xml"; allowed are json and text`:                                              {"LOG_FORMAT": "xml"},
		`LOG_LEVEL is "loud"; allowed are debug, info, warn and error`:                                {"LOG_LEVEL": "loud"},
		`METRICS_ADDR is "9090"; write it like :9090 or 127.0.0.1:9090`:                               {"METRICS_ADDR": "9090"},
		half:       {"TEMPORAL_DEPLOYMENT_NAME": "streitfall"},
		half + " ": {"TEMPORAL_WORKER_BUILD_ID": "1"},
		`TEMPORAL_DEPLOYMENT_NAME is "a.b"; it must not contain a dot or a colon`: {"TEMPORAL_DEPLOYMENT_NAME": "a.b", "TEMPORAL_WORKER_BUILD_ID": "1"},
	} {
		_, err := assembly.ConfigFromEnv(environment(changes))
		require.EqualError(t, err, strings.TrimSpace(want))
	}
}
