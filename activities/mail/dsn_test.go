package mail_test

import (
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestSMTPAsksForReports: a server that offers delivery status notifications is asked for those of failure and delay. They
// name the message, the address, and nothing of the mail but its headers.
func TestSMTPAsksForReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server    *mailServer
		to        string
		disputeID string
		mail      smtp.MailOptions
		rcpt      smtp.RcptOptions
	}{
		"offered": {
			&mailServer{dsn: true}, "jonas+shop=1@example.org", "d-1",
			smtp.MailOptions{Return: smtp.DSNReturnHeaders, EnvelopeID: "d-1-received-1-customer_4090c15ad434cfc9"},
			smtp.RcptOptions{
				Notify:                []smtp.DSNNotify{smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed},
				OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: "jonas+shop=1@example.org",
			},
		},
		"offered, a long name": {
			&mailServer{dsn: true}, "jonas@example.org", strings.Repeat("d", 120),
			smtp.MailOptions{Return: smtp.DSNReturnHeaders, EnvelopeID: strings.Repeat("d", 64) + "-received-1-customer_"},
			smtp.RcptOptions{
				Notify:                []smtp.DSNNotify{smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed},
				OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: "jonas@example.org",
			},
		},
		"offered, an international address": {
			&mailServer{dsn: true, utf8: true}, "käthe@example.org", "d-1",
			smtp.MailOptions{Return: smtp.DSNReturnHeaders, EnvelopeID: "d-1-received-1-customer_4090c15ad434cfc9", UTF8: true},
			smtp.RcptOptions{Notify: []smtp.DSNNotify{smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed}},
		},
		"not offered": {&mailServer{}, "jonas@example.org", "d-1", smtp.MailOptions{}, smtp.RcptOptions{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server.serve(t, nil, false)
			notice := sample(t, dispute.OccasionReceived, dispute.PartyCustomer, german)
			notice.To.Email, notice.Key.DisputeID = test.to, test.disputeID
			_, err := dial(t, "smtp://"+server.address).Send(t.Context(), notice)
			require.NoError(t, err)
			server.mutex.Lock()
			defer server.mutex.Unlock()
			require.LessOrEqual(t, len(server.mailOptions.EnvelopeID), 100)
			if len(test.disputeID) > 100 { // the hash follows
				require.Len(t, server.mailOptions.EnvelopeID, 100)
				require.Contains(t, server.mailOptions.EnvelopeID, "-received-1-customer_")
				server.mailOptions.EnvelopeID = test.mail.EnvelopeID
			}
			server.mailOptions.Body = ""
			require.Equal(t, test.mail, server.mailOptions)
			require.Equal(t, test.rcpt, server.rcptOptions)
		})
	}
}
