package mail_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
)

// TestProbe: the dialogue goes up to a recipient, and no mail is handed over.
func TestProbe(t *testing.T) {
	t.Parallel()
	recipient := make(chan string, 1)
	server := (&mailServer{onRcpt: func(to string) error { recipient <- to; return nil }}).serve(t, nil, false)
	found, err := dial(t, "smtp://"+server.address).Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, mail.Probed{}, found)
	require.Equal(t, "disputes@example.com", <-recipient)
	require.Empty(t, server.received())
}

// TestProbeOfSecureServers: the probe says how mails go there.
func TestProbeOfSecureServers(t *testing.T) {
	t.Parallel()
	offered, trusted := certificate(t)
	for scheme, implicit := range map[string]bool{"smtp://": false, "smtps://": true} {
		server := (&mailServer{password: "secret"}).serve(t, offered, implicit)
		channel := dial(t, scheme+"user:secret@"+server.address)
		channel.Trust(trusted)
		found, err := channel.Probe(t.Context())
		require.NoError(t, err)
		require.Equal(t, mail.Probed{Encrypted: true, LoggedIn: true}, found, scheme)
	}
}

// TestProbeStages: a refusal is about the stage in which it came. No error has an address or a password.
func TestProbeStages(t *testing.T) {
	t.Parallel()
	untrusted, _ := certificate(t)
	for name, c := range map[string]struct {
		server *mailServer
		tls    bool
		url    string
		want   mail.Stage
	}{
		"Sender": {&mailServer{onMail: no(550, "you may not send as disputes@example.com")}, false, "smtp://", mail.StageSender},
		"Relay": {&mailServer{onRcpt: func(string) error {
			return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relay denied"}
		}}, false, "smtp://", mail.StageSender},
		"Recipient": {&mailServer{onRcpt: no(550, "user disputes@example.com unknown")}, false, "smtp://", mail.StageRecipient},
		"Login":     {&mailServer{password: "other"}, false, "smtp://user:secret@", mail.StageLogin},
		"TLS":       {&mailServer{}, true, "smtp://", mail.StageTLS},
		"PlainTLS":  {&mailServer{}, false, "smtps://", mail.StageTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offered := untrusted
			if !c.tls {
				offered = nil
			}
			server := c.server.serve(t, offered, false)
			found, err := dial(t, c.url+server.address).Probe(t.Context())
			require.Error(t, err)
			require.Equal(t, c.want, found.Failed, "%v", err)
			require.NotContains(t, err.Error(), "@")
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// TestTestMail: the test mail has the sender of all mails.
func TestTestMail(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	answer, err := channel.SendTest(t.Context(), "operator@example.net")
	require.NoError(t, err)
	require.Equal(t, "250 2.0.0 OK: queued", answer)
	got := parse(t, server.received()[0])
	require.Equal(t, "Test mail", got.header.Get("Subject"))
	require.Equal(t, "operator@example.net", got.to[0].Address)
	_, err = channel.SendTest(t.Context(), "nobody")
	require.ErrorContains(t, err, `"nobody" is no e-mail address`)
}

// TestProbeFolder creates nothing, also where the folder will be created.
func TestProbeFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, mail.ProbeFolder(filepath.Join(dir, "new", "mails")))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, mail.ProbeFolder(file), "is a file")
	require.Error(t, mail.ProbeFolder(filepath.Join(file, "mails")))
}
