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

	"github.com/streitfall/streitfall/worker/assembly"
)

// environment makes a getenv of a minimal sound environment and changes; an empty value unsets.
func environment(changes map[string]string) func(string) string {
	env := map[string]string{"LEDGER_URL": "sqlite:ledger.db", "MAIL_DIR": "mails"}
	maps.Copy(env, changes)
	return func(name string) string { return env[name] }
}

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
		"DESK_EMAIL": "desk@klarna.example", "ARBITER": "rules", "LOG_LEVEL": "debug", "WEBHOOK_PRIVATE_NETWORKS": "10.20.0.0/16, fd12::/32",
	}))
	require.NoError(t, err)
	require.Equal(t, assembly.Config{
		LedgerURL: "sqlite:ledger.db", SMTPURL: "smtps://user:geheim@mail.example", MailFrom: "Klarna <disputes@klarna.example>",
		DeskEmail: "desk@klarna.example", Arbiter: assembly.ArbiterRules, Log: assembly.Log{Level: slog.LevelDebug, Format: assembly.LogJSON},
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
		network    = `WEBHOOK_PRIVATE_NETWORKS has "yes"; allowed are networks such as 10.20.0.0/16, with commas between them`
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
		"unknown arbiter":   {map[string]string{"ARBITER": "dice"}, []string{arbiter}},
		"no network":        {map[string]string{"WEBHOOK_PRIVATE_NETWORKS": "10.20.0.0/16,yes"}, []string{network}},
		"unknown level":     {map[string]string{"LOG_LEVEL": "loud"}, []string{level}},
		"nothing is set":    {map[string]string{"LEDGER_URL": "", "MAIL_DIR": ""}, []string{noLedger, noMail}},
		"everything at once": {
			map[string]string{"LEDGER_URL": "geheim", "SMTP_URL": "geheim", "MAIL_FROM": "x", "DESK_EMAIL": "y", "ARBITER": "dice", "LOG_LEVEL": "loud", "WEBHOOK_PRIVATE_NETWORKS": "yes"},
			[]string{"LEDGER_URL: ", bothMails, mailServer, sender, desk, network, arbiter, level},
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

// TestConfigOpensNothing: reading a configuration leaves no trace, and asks nobody who is elsewhere.
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
