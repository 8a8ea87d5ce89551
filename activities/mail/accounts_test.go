package mail_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

const pending = "neu@example.net"

func changing(locale string) dispute.Merchant {
	return dispute.Merchant{ID: "m-1", Name: "Käthes Öfen GmbH", Email: "post@example.net", PendingEmail: pending, Locale: locale}
}

// linked is the address of the only link of a mail.
func linked(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`https://disputes\.example\.com/\S+`).FindAllString(body, -1)
	require.Len(t, found, 1, body)
	return found[0]
}

func TestSignInMail(t *testing.T) {
	t.Parallel()
	for locale, words := range map[string][2]string{
		german: {"Ihr Link zur Anmeldung", "Er gilt eine Stunde."}, english: {"Your link to sign in", "It is valid for one hour."},
	} {
		server := (&mailServer{}).serve(t, nil, false)
		channel, err := mail.NewSMTP("smtp://"+server.address, "", mail.Sender{From: from, Portal: portal(t)})
		require.NoError(t, err)
		require.NoError(t, channel.Accounts().SendSignIn(t.Context(), changing(locale)))
		got := parse(t, server.received()[0])
		require.Equal(t, words[0], got.subject)
		require.Contains(t, got.body, words[1])
		require.Equal(t, "post@example.net", got.to[0].Address)
		signIn := verified(t, linked(t, got.body), time.Now())
		require.Equal(t, link.RoleMerchant, signIn.Role)
		require.Equal(t, "m-1", signIn.Merchant)
		require.True(t, signIn.SentTo("post@example.net"))
		require.WithinDuration(t, time.Now().Add(mail.SignInLife), signIn.Expires, time.Minute)
	}
}

// TestAddressChangeMails: the new address can confirm, and the present one is told, without a link that could.
func TestAddressChangeMails(t *testing.T) {
	t.Parallel()
	for locale, words := range map[string][2]string{
		german:  {"Bitte bestätigen Sie diese Adresse: Streitfälle von Käthes Öfen GmbH", "Ihre Adresse für Streitfälle soll geändert werden"},
		english: {"Please confirm this address: disputes of Käthes Öfen GmbH", "Your address for disputes is about to change"},
	} {
		server := (&mailServer{}).serve(t, nil, false)
		channel, err := mail.NewSMTP("smtp://"+server.address, "", mail.Sender{From: from, Portal: portal(t)})
		require.NoError(t, err)
		require.NoError(t, channel.Accounts().SendAddressChange(t.Context(), changing(locale)))
		received := server.received()
		require.Len(t, received, 2)
		asked, told := parse(t, received[0]), parse(t, received[1])
		require.Equal(t, words[0], asked.subject)
		require.Equal(t, words[1], told.subject)
		require.Equal(t, pending, asked.to[0].Address)
		require.Equal(t, "post@example.net", told.to[0].Address)
		confirmation := verified(t, linked(t, asked.body), time.Now())
		require.Equal(t, link.RoleAddress, confirmation.Role)
		require.Equal(t, "m-1", confirmation.Merchant)
		require.True(t, confirmation.SentTo(pending))
		require.WithinDuration(t, time.Now().Add(mail.ConfirmationLife), confirmation.Expires, time.Minute)
		require.Contains(t, told.body, pending)
		require.NotContains(t, told.body, "https://")
	}
}

func TestAccountMailsRefused(t *testing.T) {
	t.Parallel()
	server := (&mailServer{onRcpt: no(550, "no such user")}).serve(t, nil, false)
	channel, err := mail.NewSMTP("smtp://"+server.address, "", mail.Sender{From: from, Portal: portal(t)})
	require.NoError(t, err)
	err = channel.Accounts().SendAddressChange(t.Context(), changing(german))
	require.ErrorContains(t, err, "ask the new address: the mail server refuses the recipient")
	require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err))
	require.NotContains(t, err.Error(), pending)

	settled := changing(german)
	settled.PendingEmail = ""
	require.ErrorContains(t, channel.Accounts().SendAddressChange(t.Context(), settled), "changes no address")

	folder, err := mail.NewFolder(t.TempDir(), mail.Sender{From: from})
	require.NoError(t, err)
	require.ErrorContains(t, folder.Accounts().SendSignIn(t.Context(), changing(german)), "PORTAL_URL")
}
