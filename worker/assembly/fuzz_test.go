package assembly_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
)

// FuzzConfig: whatever stands in the environment, the configuration is whole or its faults are named, each in a line, by
// the variable, and none tells a password, however the URL around it is mistyped.
func FuzzConfig(f *testing.F) {
	f.Add("postgres", "db.example:5432/ledger", "smtps", "mail.example:465?tls=required", "Klarna <disputes@klarna.example>", "desk@klarna.example", "rules", "debug")
	f.Add("", "", "", "", "", "", "", "")
	f.Add("postgress", "[::1", "smtp ", "mail.example:port", "a\r\nBcc: b@example.com", "x", "dice\n", "\xff")
	f.Add("sqlite", "\x00", "smtp:/", "%zz?tls=%", strings.Repeat("x", 5000), strings.Repeat("é@", 500), strings.Repeat("y", 5000), "info+1")
	f.Fuzz(func(t *testing.T, ledgerScheme, ledgerRest, mailScheme, mailRest, from, desk, arbiter, level string) {
		const password = "geheim-8d1f"
		env := map[string]string{
			"LEDGER_URL": ledgerScheme + "://user:" + password + "@" + ledgerRest, "SMTP_URL": mailScheme + "://user:" + password + "@" + mailRest,
			"MAIL_FROM": from, "DESK_EMAIL": desk, "ARBITER": arbiter, "LOG_LEVEL": level,
		}
		config, err := assembly.ConfigFromEnv(func(name string) string { return env[name] })
		if err == nil {
			require.Contains(t, []string{assembly.ArbiterDesk, assembly.ArbiterRules}, config.Arbiter)
			require.NotEmpty(t, config.MailFrom)
			return
		}
		require.NotContains(t, err.Error(), password)
		for _, fault := range strings.Split(err.Error(), "\n") {
			name, _, _ := strings.Cut(fault, " ")
			require.Contains(t, env, strings.TrimSuffix(name, ":"), "%q", fault)
			require.Less(t, len(fault), 1000)
		}
	})
}
