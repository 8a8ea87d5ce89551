package mail_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestRefusedReplies has the replies with which a server refuses a mail. Those about the recipient or the message are
// refusals, those about us are transient errors: an operator can correct our side, and the mail goes out again.
func TestRefusedReplies(t *testing.T) {
	t.Parallel()
	const recipient, us = true, false
	none := smtp.NoEnhancedCode
	for _, c := range []struct {
		command  string
		code     int
		enhanced smtp.EnhancedCode
		words    string
		refused  bool
		source   string
	}{
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 1}, "user unknown", recipient, "RFC 3463, 3.2"},
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 2}, "no such domain", recipient, "RFC 3463, 3.2"},
		{"RCPT", 501, smtp.EnhancedCode{5, 1, 3}, "bad address syntax", recipient, "RFC 3463, 3.2"},
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 6}, "mailbox has moved", recipient, "RFC 3463, 3.2"},
		{"RCPT", 556, smtp.EnhancedCode{5, 1, 10}, "domain accepts no mail", recipient, "RFC 7504, 4"},
		{"RCPT", 552, smtp.EnhancedCode{5, 2, 2}, "mailbox full", recipient, "RFC 3463, 3.3"},
		{"RCPT", 550, smtp.EnhancedCode{5, 4, 1}, "recipient address rejected: access denied", recipient, "RFC 3463, 3.5"},
		{"RCPT", 550, smtp.EnhancedCode{5, 7, 17}, "mailbox owner has changed", recipient, "RFC 7293"},
		{"RCPT", 550, smtp.EnhancedCode{5, 7, 18}, "domain owner has changed", recipient, "RFC 7293"},
		{"RCPT", 550, none, "no such user here", recipient, "RFC 5321, 4.2.3"},
		{"RCPT", 550, none, "<sender.relay@example.net>: no such user at mx-relay.example.net", recipient, "RFC 5321, 4.2.3"},
		{"RCPT", 551, none, "user not local", recipient, "RFC 5321, 3.4"},
		{"RCPT", 553, none, "mailbox name not allowed", recipient, "RFC 5321, 4.2.3"},
		{"RCPT", 501, none, "bad address syntax", recipient, "RFC 5321, 4.2.3"},
		{"DATA", 554, smtp.EnhancedCode{5, 6, 0}, "message content rejected", recipient, "RFC 3463, 3.7"},
		{"DATA", 554, none, "transaction failed", recipient, "RFC 5321, 4.2.3"},

		{"MAIL", 553, smtp.EnhancedCode{5, 1, 8}, "sender address rejected: domain not found", us, "RFC 3463, 3.2"},
		{"MAIL", 550, none, "you may not send", us, "RFC 5321, 3.3"},
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 7}, "sender address rejected", us, "RFC 3463, 3.2"},
		{"RCPT", 504, smtp.EnhancedCode{5, 5, 2}, "<localhost>: Helo command rejected: need fully-qualified hostname", us, "RFC 5321, 4.1.1.1"},
		{"RCPT", 501, smtp.EnhancedCode{5, 5, 2}, "<a_b>: Helo command rejected: Invalid name", us, "RFC 3463, 3.6"},
		{"RCPT", 504, smtp.EnhancedCode{5, 5, 2}, "<disputes>: Sender address rejected: need fully-qualified address", us, "RFC 3463, 3.6"},
		{"RCPT", 500, none, "command unrecognized", us, "RFC 5321, 4.2.4"},
		{"RCPT", 502, none, "command not implemented", us, "RFC 5321, 4.2.4"},
		{"RCPT", 503, smtp.EnhancedCode{5, 5, 1}, "bad sequence of commands", us, "RFC 5321, 4.1.4"},
		{"RCPT", 521, none, "host accepts no mail", us, "RFC 7504, 3"},
		{"RCPT", 530, smtp.EnhancedCode{5, 7, 0}, "authentication required", us, "RFC 4954, 6"},
		{"RCPT", 535, smtp.EnhancedCode{5, 7, 8}, "authentication credentials invalid", us, "RFC 4954, 6"},
		{"RCPT", 538, none, "encryption required", us, "RFC 4954, 6"},
		{"RCPT", 554, smtp.EnhancedCode{5, 7, 1}, "relay access denied", us, "RFC 3463, 3.8"},
		{"RCPT", 554, smtp.EnhancedCode{5, 7, 1}, "Service unavailable; Client host [192.0.2.1] blocked using dnsbl.example", us, "RFC 3463, 3.8"},
		{"RCPT", 550, none, "relay not permitted", us, "RFC 5321, 7.9"},
		{"RCPT", 550, none, "you may not relay.", us, "RFC 5321, 7.9"},
		{"RCPT", 550, none, "Relaying denied", us, "RFC 5321, 7.9"},
		{"RCPT", 554, none, "192.0.2.1 is listed in dnsbl.example", us, "RFC 5782, 2.1"},
		{"RCPT", 550, smtp.EnhancedCode{5, 0, 0}, "Sender verify failed", us, "RFC 5321, 3.3"},
		{"RCPT", 550, smtp.EnhancedCode{5, 0, 0}, "HELO name is invalid", us, "RFC 5321, 4.1.1.1"},
		{"DATA", 550, smtp.EnhancedCode{5, 7, 20}, "no passing DKIM signature", us, "RFC 7372, 3.1"},
		{"DATA", 550, smtp.EnhancedCode{5, 7, 23}, "SPF validation failed", us, "RFC 7372, 3.2"},
		{"DATA", 554, smtp.EnhancedCode{5, 7, 1}, "message rejected as spam", us, "RFC 3463, 3.8"},
		{"DATA", 552, smtp.EnhancedCode{5, 3, 4}, "message size exceeds fixed limit", us, "RFC 3463, 3.4"},
		{"RCPT", 450, smtp.EnhancedCode{4, 1, 1}, "greylisted", us, "RFC 5321, 4.2.1"},
	} {
		t.Run(fmt.Sprintf("%s %d %v %s", c.command, c.code, c.enhanced, c.words), func(t *testing.T) {
			t.Parallel()
			answer := func(command string) error {
				if command != c.command {
					return nil
				}
				return &smtp.SMTPError{Code: c.code, EnhancedCode: c.enhanced, Message: c.words}
			}
			server := (&mailServer{
				onMail: func(string) error { return answer("MAIL") }, onRcpt: func(string) error { return answer("RCPT") },
				onData: func(*smtp.Conn) error { return answer("DATA") },
			}).serve(t, nil, false)
			_, err := dial(t, "smtp://"+server.address).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
			require.ErrorContains(t, err, fmt.Sprint(c.code))
			require.Equal(t, c.refused, dispute.CodeOf(err) == dispute.CodeMessageRefused, "%s: %v", c.source, err)
		})
	}
}

// TestMalformedReplies: an address in one is withheld.
func TestMalformedReplies(t *testing.T) {
	t.Parallel()
	for _, malformed := range []string{"ERR <post@example.net> is unknown", "ERR\tpost is unknown", "ERR \xfcpost\xfc post is unknown", "no"} {
		err := sendTo(t, "220 here", "250 here", "250 sender", malformed)
		require.ErrorContains(t, err, "hand over the recipient: ")
		require.NotContains(t, err.Error(), "@")
		require.NotContains(t, err.Error(), "post is")
		require.Empty(t, dispute.CodeOf(err))
	}
}

// sendTo sends a mail to a server that gives these answers, one after the other.
func sendTo(t *testing.T, answers ...string) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		wire, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = wire.Close() }()
		in := bufio.NewReader(wire)
		for _, answer := range answers {
			_, _ = io.WriteString(wire, answer+"\r\n")
			_, _ = in.ReadString('\n')
		}
	}()
	_, err = dial(t, "smtp://"+listener.Addr().String()).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	return err
}
