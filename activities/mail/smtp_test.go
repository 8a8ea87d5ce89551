package mail_test

import (
	"context"
	"maps"
	"net"
	netmail "net/mail"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

var _ activities.Channel = (*mail.SMTP)(nil)

func TestSMTPSend(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	for range 2 {
		answer, err := channel.Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
		require.NoError(t, err)
		require.Equal(t, "250 2.0.0 OK: queued", answer)
	}
	require.Len(t, server.received(), 2)
	first, again := parse(t, server.received()[0]), parse(t, server.received()[1])
	require.Equal(t, first.header.Get("Message-Id"), again.header.Get("Message-Id"))
	require.Contains(t, first.body, "bis einschließlich Montag, 21. Dezember 2026")
}

// TestSMTPInternationalNames and addresses, where the server supports them. No name becomes a header.
func TestSMTPInternationalNames(t *testing.T) {
	t.Parallel()
	server := (&mailServer{utf8: true}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	for address, name := range map[string]string{"post@example.net": "Jürgen Groß 🎁\r\nBcc: evil@example.org", "käthe@xn--fen-rna.example": "Käthe"} {
		notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
		notice.To.Email, notice.To.Name = strings.Replace(address, "xn--fen-rna", "öfen", 1), name
		_, err := channel.Send(t.Context(), notice)
		require.NoError(t, err)
		mails := server.received()
		got := parseAny(t, mails[len(mails)-1])
		require.Equal(t, []*netmail.Address{{Name: strings.ReplaceAll(name, "\r\n", " "), Address: address}}, got.to)
		require.ElementsMatch(t, headers, slices.Collect(maps.Keys(got.header)))
		require.Equal(t, "auto-generated", got.header.Get("Auto-Submitted"))
	}
}

func TestSMTPRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server *mailServer
		code   dispute.Code
		want   string
	}{
		"UnknownRecipient": {
			&mailServer{onRcpt: no(550, "<post@example.net>: user unknown, Post@Example.NET is not known here")},
			dispute.CodeMessageRefused, "the mail server refuses the recipient: 550 5.0.0 <[address]>: user unknown, [address] is not known here",
		},
		"RecipientLater":        {&mailServer{onRcpt: no(451, "greylisted, try post@example.net later")}, "", "451 4.0.0 greylisted, try [address] later"},
		"RecipientNeedsAuth":    {&mailServer{onRcpt: no(530, "authentication required")}, "", "530"},
		"SenderRefused":         {&mailServer{onMail: no(550, "you may not send as disputes@example.com")}, "", "550 5.0.0 you may not send as [address]"},
		"MessageRefused":        {&mailServer{onData: noData(554, "no such mails please")}, dispute.CodeMessageRefused, "the mail server refuses the message: 554 5.0.0 no such mails please"},
		"MessageLater":          {&mailServer{onData: noData(452, "disk full")}, "", "452"},
		"ConnectionEndsInData":  {&mailServer{onData: func(c *smtp.Conn) error { return c.Conn().Close() }}, "", "hand over the message"},
		"AuthenticationRefused": {&mailServer{password: "other"}, "", "535"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := c.server.serve(t, nil, false)
			url := "smtp://" + server.address
			if server.password != "" {
				url = "smtp://user:secret@" + server.address
			}
			answer, err := dial(t, url).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.code, dispute.CodeOf(err), err)
			require.Empty(t, answer)
			require.NotContains(t, err.Error(), "@")
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestSMTPWithoutAServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = dial(t, "smtp://"+listener.Addr().String()).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorContains(t, err, "mail server "+listener.Addr().String()+": connect: ")
	require.Empty(t, dispute.CodeOf(err))
}

func TestSMTPStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := (&mailServer{onData: func(*smtp.Conn) error {
		cancel()
		<-t.Context().Done() // a server that never answers
		return nil
	}}).serve(t, nil, false)
	_, err := dial(t, "smtp://"+server.address).Send(ctx, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, dispute.CodeOf(err))

	_, err = dial(t, "smtp://"+server.address).Send(ctx, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSMTPStopsWithItsContextWhileGreeting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		if conn, err := listener.Accept(); err == nil {
			defer func() { _ = conn.Close() }()
			cancel() // and never a greeting
			<-t.Context().Done()
		}
	}()
	_, err = dial(t, "smtp://"+listener.Addr().String()).Send(ctx, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSMTPTLS(t *testing.T) {
	t.Parallel()
	pair, leaf := certificate(t)
	for name, c := range map[string]struct {
		scheme, query    string
		offers, implicit bool
		trusted, arrives bool
	}{
		"ImplicitTLS":        {scheme: "smtps", offers: true, implicit: true, trusted: true, arrives: true},
		"ImplicitDistrusted": {scheme: "smtps", offers: true, implicit: true},
		"Opportunistic":      {scheme: "smtp", offers: true, trusted: true, arrives: true},
		"OfferedDistrusted":  {scheme: "smtp", offers: true},
		"NotOffered":         {scheme: "smtp", arrives: true},
		"Required":           {scheme: "smtp", query: "?tls=required", offers: true, trusted: true, arrives: true},
		"RequiredNotOffered": {scheme: "smtp", query: "?tls=required", trusted: true},
		"None":               {scheme: "smtp", query: "?tls=none", offers: true, arrives: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offered := pair
			if !c.offers {
				offered = nil
			}
			server := (&mailServer{password: "p@ss"}).serve(t, offered, c.implicit)
			channel := dial(t, c.scheme+"://user:p%40ss@"+server.address+c.query)
			if c.trusted {
				channel.Trust(leaf)
			}
			_, err := channel.Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
			require.Empty(t, dispute.CodeOf(err))
			if c.arrives {
				require.NoError(t, err)
				require.Len(t, server.received(), 1)
				return
			}
			require.Error(t, err)
			require.NotContains(t, err.Error(), "p@ss")
			require.Empty(t, server.received())
		})
	}
}

// TestSMTPDomainWithUmlauts: it goes out in ASCII, which needs no support by the server.
func TestSMTPDomainWithUmlauts(t *testing.T) {
	t.Parallel()
	envelope := make(chan string, 1)
	server := (&mailServer{onRcpt: func(to string) error { envelope <- to; return nil }}).serve(t, nil, false)
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	notice.To.Email = "post@Käthes-Öfen.example"
	_, err := dial(t, "smtp://"+server.address).Send(t.Context(), notice)
	require.NoError(t, err)
	require.Equal(t, "post@xn--kthes-fen-v2a7r.example", <-envelope)
	require.Equal(t, "post@xn--kthes-fen-v2a7r.example", parse(t, server.received()[0]).to[0].Address)
}

func TestSMTPUnsupportedAddress(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	notice.To.Email = "käthe@example.net"
	_, err := dial(t, "smtp://"+server.address).Send(t.Context(), notice)
	require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err))
	require.ErrorContains(t, err, "ASCII")
}

func TestHELO(t *testing.T) {
	t.Parallel()
	machine, err := os.Hostname()
	require.NoError(t, err)
	for helo, want := range map[string]string{"": machine, "worker-1.example.com": "worker-1.example.com", "[192.0.2.1]": "[192.0.2.1]", "[IPv6:2001:db8::1]": "[IPv6:2001:db8::1]"} {
		server := (&mailServer{}).serve(t, nil, false)
		channel, err := mail.NewSMTP("smtp://"+server.address, helo, mail.Sender{From: from})
		require.NoError(t, err)
		_, err = channel.Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
		require.NoError(t, err)
		require.Equal(t, want, server.greeting())
	}
	for _, helo := range []string{"localhost", "worker_1.example.com", "192.0.2.1", "[192.0.2]", "[IPv6:x]", "example.com\r\nRSET", "-a.example.com", "a..example.com", " "} {
		_, err := mail.NewSMTP("smtp://mail.example.com", helo, mail.Sender{From: from})
		require.ErrorContains(t, err, "write it like worker.example.com or [192.0.2.1]", helo)
	}
}

func dial(t *testing.T, url string) *mail.SMTP {
	t.Helper()
	channel, err := mail.NewSMTP(url, "", mail.Sender{From: from})
	require.NoError(t, err)
	return channel
}

func no(code int, words string) func(string) error {
	return func(string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: words}
	}
}

func noData(code int, words string) func(*smtp.Conn) error {
	return func(*smtp.Conn) error { return no(code, words)("") }
}
