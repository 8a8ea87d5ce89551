package assembly_test

import (
	"log/slog"
	"maps"
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
		Arbiter: assembly.ArbiterDesk, LogLevel: slog.LevelInfo,
	}, config)
}

func TestConfigInFull(t *testing.T) {
	t.Parallel()
	config, err := assembly.ConfigFromEnv(environment(map[string]string{
		"MAIL_DIR": "", "SMTP_URL": "smtps://user:geheim@mail.example", "MAIL_FROM": "Klarna <disputes@klarna.example>",
		"DESK_EMAIL": "desk@klarna.example", "ARBITER": "rules", "LOG_LEVEL": "debug",
	}))
	require.NoError(t, err)
	require.Equal(t, assembly.Config{
		LedgerURL: "sqlite:ledger.db", SMTPURL: "smtps://user:geheim@mail.example", MailFrom: "Klarna <disputes@klarna.example>",
		DeskEmail: "desk@klarna.example", Arbiter: assembly.ArbiterRules, LogLevel: slog.LevelDebug,
	}, config)
}

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	const mailServer = "SMTP_URL: the mail server's URL must be smtp://[user:password@]host[:port], optionally with ?tls=required or " +
		"?tls=none, or smtps://[user:password@]host[:port]; other than letters and digits in user and password are written as %XX"
	for name, c := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"no ledger":       {map[string]string{"LEDGER_URL": ""}, "LEDGER_URL is required, such as sqlite:ledger.db"},
		"unknown ledger":  {map[string]string{"LEDGER_URL": "mysql://user:geheim@db"}, "LEDGER_URL has an unknown scheme; allowed is sqlite:PATH, such as sqlite:ledger.db"},
		"bare ledger":     {map[string]string{"LEDGER_URL": "geheim"}, "LEDGER_URL has an unknown scheme; allowed is sqlite:PATH, such as sqlite:ledger.db"},
		"no mail":         {map[string]string{"MAIL_DIR": ""}, "SMTP_URL (such as smtp://mail.example.com:587) or MAIL_DIR (a folder, nobody is reached) is required"},
		"both mails":      {map[string]string{"SMTP_URL": "smtp://user:geheim@mail.example"}, "SMTP_URL and MAIL_DIR are both set; only one is allowed"},
		"mail scheme":     {map[string]string{"MAIL_DIR": "", "SMTP_URL": "imap://user:geheim@mail.example"}, mailServer},
		"mail password":   {map[string]string{"MAIL_DIR": "", "SMTP_URL": "smtp://user:geheim%@mail.example"}, mailServer},
		"bare mail":       {map[string]string{"MAIL_DIR": "", "SMTP_URL": "geheim"}, mailServer},
		"sender":          {map[string]string{"MAIL_FROM": "Klarna"}, `MAIL_FROM: the sender "Klarna" is no e-mail address in ASCII; write it like Streitfall <disputes@example.com>`},
		"desk":            {map[string]string{"DESK_EMAIL": "desk"}, "DESK_EMAIL must be an e-mail address without a name, such as desk@example.com"},
		"desk with name":  {map[string]string{"DESK_EMAIL": "Desk <desk@example.com>"}, "DESK_EMAIL must be an e-mail address without a name, such as desk@example.com"},
		"unknown arbiter": {map[string]string{"ARBITER": "dice"}, `ARBITER is "dice"; allowed are desk and rules`},
		"unknown level":   {map[string]string{"LOG_LEVEL": "loud"}, `LOG_LEVEL is "loud"; allowed are debug, info, warn and error`},
		"all at once": {
			map[string]string{"LEDGER_URL": "", "MAIL_DIR": "", "SMTP_URL": "geheim", "MAIL_FROM": "x", "DESK_EMAIL": "y", "ARBITER": "z", "LOG_LEVEL": "q"},
			"LEDGER_URL is required, such as sqlite:ledger.db\n" + mailServer + "\n" +
				`MAIL_FROM: the sender "x" is no e-mail address in ASCII; write it like Streitfall <disputes@example.com>` + "\n" +
				"DESK_EMAIL must be an e-mail address without a name, such as desk@example.com\n" +
				`ARBITER is "z"; allowed are desk and rules` + "\n" + `LOG_LEVEL is "q"; allowed are debug, info, warn and error`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := assembly.ConfigFromEnv(environment(c.changes))
			require.EqualError(t, err, c.want)
			require.NotContains(t, err.Error(), "geheim")
		})
	}
}
