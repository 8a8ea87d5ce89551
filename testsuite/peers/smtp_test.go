package peers_test

import (
	"cmp"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// The sender and the name in the greeting that Postfix takes, and a login.
const (
	sender   = "Streitfall <disputes@klarna.example>"
	helo     = "worker.klarna.example"
	user     = "streitfall"
	password = "correct-horse"
)

// notice is the message that opens a dispute.
func notice(to string) dispute.Notice {
	d := dispute.Dispute{
		ID: "kd-1", OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "o-1", InvoiceID: "i-1",
		DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"}, MerchantID: "m-1",
		Complainant: dispute.Complainant{ID: "c-1", Name: "Jonas Weber", Email: "jonas@kunde.example", Locale: "de-DE"},
	}
	return dispute.Notice{
		Key:     dispute.NoticeKey{DisputeID: d.ID, Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant},
		Dispute: d, To: dispute.Recipient{Name: "Nordlicht", Email: to, Locale: "de-DE"}, Deadline: time.Now().AddDate(0, 0, 30),
	}
}

// outcome is what we make of a reply.
type outcome string

const (
	accepted  outcome = "accepted"
	recipient outcome = "the recipient's refusal"
	aboutUs   outcome = "about us: a transient error"
	transient outcome = "a transient error"
)

// postfixCase is a configuration of Postfix, and what becomes of a mail to it.
type postfixCase struct {
	service
	query, user, from, to string // "" is what Postfix takes
	want                  outcome
	says                  string
}

// loginCases returns the ways to log in; socket is Dovecot's.
func loginCases(socket string) []postfixCase {
	login := func(mechanisms string) map[string]string {
		return map[string]string{
			"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": socket, "smtpd_sasl_security_options": "noanonymous",
			"smtpd_sasl_mechanism_filter": mechanisms, "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
		}
	}
	return []postfixCase{
		{service: service{"login-missing", login("static:all")}, want: aboutUs, says: "554 5.7.1"},
		{service: service{"login-plain", login("plain")}, user: password, want: accepted, says: "queued as"},
		{service: service{"login-login", login("login")}, user: password, want: accepted, says: "queued as"},
		{service: service{"login-cram-md5", login("cram-md5")}, user: password, want: accepted, says: "queued as"},
		{service: service{"login-scram-sha-1", login("scram-sha-1")}, user: password, want: accepted, says: "queued as"},
		{service: service{"login-scram-sha-256", login("scram-sha-256")}, user: password, want: accepted, says: "queued as"},
		{service: service{"login-wrong", login("plain")}, user: "wrong", want: aboutUs, says: "535 5.7.8 Error: authentication failed"},
		{service: service{"login-not-offered", map[string]string{}}, user: password, want: transient, says: "AUTH"},
	}
}

// postfixCases returns the ways in which mail servers are configured but for logins.
func postfixCases(t *testing.T) []postfixCase {
	t.Helper()
	_, certificate, key := trusted.issue(t, "mx.klarna.example")
	_, unknownCertificate, unknownKey := unknown.issue(t, "mx.klarna.example")
	none := map[string]string{}
	return []postfixCase{
		{service: service{"plain", none}, want: accepted, says: "250 2.0.0 Ok: queued as "},
		{service: service{"relay", none}, to: "a@elsewhere.example", want: aboutUs, says: "554 5.7.1 <[address]>: Relay access denied"},
		{
			service: service{"unknown-recipient", map[string]string{"smtpd_reject_unlisted_recipient": "yes", "relay_recipient_maps": "inline:{known@merchant.example=x}"}},
			want:    recipient, says: "550 5.1.1 <[address]>: Recipient address rejected: User unknown in relay recipient table",
		},
		{
			service: service{"helo-unknown", map[string]string{"smtpd_helo_restrictions": "reject_unknown_helo_hostname"}},
			want:    transient, says: "450 4.7.1 <worker.klarna.example>: Helo command rejected: Host not found",
		},
		{
			service: service{"helo-refused", map[string]string{"smtpd_helo_restrictions": "check_helo_access inline:{worker.klarna.example=REJECT}"}},
			want:    aboutUs, says: "554 5.7.1 <worker.klarna.example>: Helo command rejected: Access denied",
		},
		{
			service: service{"sender-not-qualified", map[string]string{"smtpd_sender_restrictions": "reject_non_fqdn_sender"}}, from: "streitfall@localhost",
			want: aboutUs, says: "504 5.5.2 <[address]>: Sender address rejected: need fully-qualified address",
		},
		{
			service: service{"sender-refused", map[string]string{"smtpd_sender_restrictions": "check_sender_access inline:{klarna.example=REJECT}"}},
			want:    aboutUs, says: "554 5.7.1 <[address]>: Sender address rejected: Access denied",
		},
		{
			service: service{"sender-at-once", map[string]string{"smtpd_delay_reject": "no", "smtpd_sender_restrictions": "check_sender_access inline:{klarna.example=REJECT}"}},
			want:    aboutUs, says: "hand over the sender: the server refuses us, not the recipient: 554 5.7.1 <[address]>: Sender address rejected: Access denied",
		},
		{
			service: service{"client-refused", map[string]string{"smtpd_delay_reject": "no", "smtpd_client_restrictions": "check_client_access inline:{ {127.0.0.1=REJECT blocked using dnsbl.example} }"}},
			want:    aboutUs, says: "554 5.7.1",
		},
		{
			service: service{"blocklist", map[string]string{"smtpd_client_restrictions": "check_client_access inline:{ {127.0.0.1=521 5.7.1 blocked using dnsbl.example} }"}},
			want:    aboutUs, says: "521 5.7.1 <localhost[127.0.0.1]>: Client host rejected: blocked using dnsbl.example",
		},
		{
			service: service{"recipient-refused", map[string]string{"smtpd_recipient_restrictions": "check_recipient_access inline:{ {merchant.example=550 5.2.1 mailbox disabled} }"}},
			want:    recipient, says: "550 5.2.1 <[address]>: Recipient address rejected: mailbox disabled",
		},
		{
			service: service{"busy", map[string]string{"smtpd_recipient_restrictions": "check_recipient_access inline:{ {merchant.example=450 4.2.2 mailbox full} }"}},
			want:    transient, says: "450 4.2.2 <[address]>: Recipient address rejected: mailbox full",
		},
		{
			service: service{"going-down", map[string]string{"smtpd_recipient_restrictions": "check_recipient_access inline:{ {merchant.example=421 4.3.2 shutting down} }"}},
			want:    transient, says: "421 4.3.2 <[address]>: Recipient address rejected: shutting down",
		},
		{
			service: service{"at-data", map[string]string{"smtpd_data_restrictions": "check_sender_access inline:{ {klarna.example=554 5.7.1 spam} }"}},
			want:    aboutUs, says: "554 5.7.1",
		},
		{service: service{"size", map[string]string{"message_size_limit": "2000"}}, want: aboutUs, says: "552 5.3.4"},
		{service: service{"smtputf8-off", map[string]string{"smtputf8_enable": "no"}}, to: "jürgen@merchant.example", want: recipient, says: "does not support addresses with characters outside ASCII"},
		{service: service{"smtputf8-on", map[string]string{"smtputf8_enable": "yes"}}, to: "jürgen@merchant.example", want: accepted, says: "queued as"},
		{
			service: service{"private-ca", map[string]string{"smtpd_tls_security_level": "encrypt", "smtpd_tls_cert_file": certificate, "smtpd_tls_key_file": key}},
			query:   "?tls=required", want: accepted, says: "queued as",
		},
		{
			service: service{"unknown-ca", map[string]string{"smtpd_tls_security_level": "may", "smtpd_tls_cert_file": unknownCertificate, "smtpd_tls_key_file": unknownKey}},
			want:    transient, says: "certificate signed by unknown authority",
		},
		{service: service{"no-tls", none}, query: "?tls=required", want: transient, says: "STARTTLS"},
		{
			service: service{"tls-demanded", map[string]string{"smtpd_tls_security_level": "encrypt", "smtpd_tls_cert_file": certificate, "smtpd_tls_key_file": key}},
			query:   "?tls=none", want: aboutUs, says: "530 5.7.0 Must issue a STARTTLS command first",
		},
	}
}

// TestPostfix: what a real mail server says when it is configured in the ways in which they are, and what we make of it.
func TestPostfix(t *testing.T) {
	t.Parallel()
	socket := startDovecot(t, user, password)
	grey := newGreylister(t)
	cases := append(postfixCases(t), loginCases(socket)...)
	services := []service{
		{"timeout", map[string]string{"smtpd_timeout": "1s"}},
		{"greylisting", map[string]string{"smtpd_recipient_restrictions": "check_policy_service inet:" + grey.Addr().String()}},
	}
	for _, c := range cases {
		services = append(services, c.service)
	}
	server := startPostfix(t, services)
	t.Run("replies", func(t *testing.T) {
		t.Parallel()
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				address := url.URL{Scheme: "smtp", Host: server.addresses[c.name]}
				if c.user != "" {
					address.User = url.UserPassword(user, c.user)
				}
				got, answer := send(t, channelTo(t, address.String()+c.query, cmp.Or(c.from, sender)), cmp.Or(c.to, "shop@merchant.example"))
				require.Equal(t, c.want, got, answer)
				require.Contains(t, answer, c.says)
			})
		}
		t.Run("greylisted", func(t *testing.T) {
			t.Parallel()
			server.takesTheSecond(t, grey)
		})
		t.Run("timeout", func(t *testing.T) {
			t.Parallel()
			server.closesIdle(t)
		})
	})
}

func channelTo(t *testing.T, address, from string) *mail.SMTP {
	t.Helper()
	channel, err := mail.NewSMTP(address, helo, mail.Sender{From: from})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, channel.Close()) })
	return channel
}

// send sends the message that opens a dispute.
func send(t *testing.T, channel *mail.SMTP, to string) (got outcome, answer string) {
	t.Helper()
	answer, err := channel.Send(t.Context(), notice(to))
	switch {
	case err == nil:
		return accepted, answer
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		return recipient, err.Error()
	case strings.Contains(err.Error(), "the server refuses us, not the recipient"):
		return aboutUs, err.Error()
	default:
		return transient, err.Error()
	}
}

// takesTheSecond: a greylisted mail goes out with the next attempt.
func (p *postfix) takesTheSecond(t *testing.T, grey *greylister) {
	t.Helper()
	channel := channelTo(t, "smtp://"+p.addresses["greylisting"], sender)
	got, answer := send(t, channel, "shop@merchant.example")
	require.Equal(t, transient, got)
	require.Contains(t, answer, "450 4.2.0 <[address]>: Recipient address rejected: Greylisted")
	got, answer = send(t, channel, "shop@merchant.example")
	require.Equal(t, accepted, got, answer)
	require.EqualValues(t, 2, grey.asked.Load())
}

// closesIdle: Postfix closes an idle connection with 421 between two mails. The second one goes over a new connection.
func (p *postfix) closesIdle(t *testing.T) {
	t.Helper()
	channel := channelTo(t, "smtp://"+p.addresses["timeout"], sender)
	got, answer := send(t, channel, "shop@merchant.example")
	require.Equal(t, accepted, got, answer)
	later, err := net.Dial("tcp", p.addresses["timeout"]) // idle since a later moment
	require.NoError(t, err)
	defer func() { _ = later.Close() }()
	said, err := io.ReadAll(later)
	require.NoError(t, err)
	require.Contains(t, string(said), "421 4.4.2 mx.klarna.example Error: timeout exceeded")
	got, answer = send(t, channel, "shop@merchant.example")
	require.Equal(t, accepted, got, answer)
}
