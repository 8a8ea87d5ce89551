package assembly_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
)

// FuzzConfig: every environment is a valid configuration or a list of faults, each in a line that begins with the
// variable, and none contains a password, however the URL around it is mistyped.
func FuzzConfig(f *testing.F) {
	f.Add("postgres", "db.example:5432/ledger", "smtps", "mail.example:465?tls=required", "Klarna <disputes@klarna.example>", "desk@klarna.example", "rules",
		"debug", "text", "10.0.0.0/8", "k1:", ":9090", "streitfall", "1")
	f.Add("", "", "", "", "", "", "", "", "", "", "", "", "", "")
	f.Add("postgress", "[::1", "smtp ", "mail.example:port", "a\r\nBcc: b@example.com", "x", "dice\n", "\xff", "xml\n", "10.0.0.0/99", "k1", "9090", "a.b", "")
	f.Add("sqlite", "\x00", "smtp:/", "%zz?tls=%", strings.Repeat("x", 5000), strings.Repeat("é@", 500), strings.Repeat("y", 5000),
		"info+1", strings.Repeat("z", 5000), strings.Repeat("1", 5000), strings.Repeat("k", 5000)+":", strings.Repeat("m", 5000), strings.Repeat(".", 5000), "b")
	f.Fuzz(func(t *testing.T, ledgerScheme, ledgerRest, mailScheme, mailRest, from, desk, arbiter, level, format, networks, keyID, metrics, deployment, build string) {
		const password = "geheim-8d1f"
		env := map[string]string{
			"LEDGER_URL": ledgerScheme + "://user:" + password + "@" + ledgerRest, "SMTP_URL": mailScheme + "://user:" + password + "@" + mailRest,
			"MAIL_FROM": from, "DESK_EMAIL": desk, "ARBITER": arbiter, "LOG_LEVEL": level, "LOG_FORMAT": format,
			"WEBHOOK_PRIVATE_NETWORKS": networks, "PAYLOAD_KEYS": "", "METRICS_ADDR": metrics,
			"MAIL_HELO": mailRest, "SENDER_NAME": from, "PROVIDER_NAME": desk, "MAIL_IMPRINT": networks,
			"EVENTS_URL": mailScheme + "://user:" + password + "@" + mailRest, "EVENTS_SECRET": keyID + password,
			"TEMPORAL_DEPLOYMENT_NAME": deployment, "TEMPORAL_WORKER_BUILD_ID": build,
		}
		if keyID != "" {
			env["PAYLOAD_KEYS"] = keyID + password
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
