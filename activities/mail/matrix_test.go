package mail_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// verdict is what a reply means for a mail. All but recipient are transient errors: the mail is sent again.
type verdict byte

const (
	later     verdict = 't' // transient: it passes by itself
	aboutUs   verdict = 'o' // it concerns us: an operator mends it
	recipient verdict = 'r' // the recipient's refusal, or that of the message: final
)

// commands are those that a server can refuse, in their order; "." is the end of the data.
var commands = []string{"connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "."}

// replies is the matrix of replies and commands: one verdict for each of the commands. Where no recipient has been named,
// every permanent reply concerns us (RFC 5321, section 3.3).
var replies = []struct {
	reply, verdicts, why string
}{
	// Codes alone (RFC 5321, section 4.2.3, and those of extensions).
	{"421 closing", "tttttttt", "RFC 5321, 3.8: the service is not available now"},
	{"432 password transition", "tttttttt", "RFC 4954, 4.4.1: only in the answer to AUTH"},
	{"450 mailbox busy", "tttttttt", "RFC 5321, 4.2.1: 4yz"},
	{"451 local error", "tttttttt", "RFC 5321, 4.2.1: 4yz"},
	{"452 no storage", "tttttttt", "RFC 5321, 4.5.3.1.10"},
	{"454 TLS not available", "tttttttt", "RFC 3207, 4; RFC 4954, 6"},
	{"455 parameters", "tttttttt", "RFC 5321, 4.1.1.11: not able now"},
	{"458 unknown", "tttttttt", "RFC 5321, 4.3.2: by the first digit"},
	{"500 unrecognized", "oooooooo", "RFC 5321, 4.2.4: our syntax"},
	{"501 syntax", "oooooroo", "RFC 5321, 4.2.3: at RCPT the syntax of the address, else ours"},
	{"502 not implemented", "oooooooo", "RFC 5321, 4.2.4"},
	{"503 bad sequence", "oooooooo", "RFC 5321, 4.1.4"},
	{"504 parameter", "oooooooo", "RFC 5321, 4.2.4; Postfix: the greeting"},
	{"521 takes no mail", "oooooooo", "RFC 7504, 3: this host, whatever the recipient"},
	{"530 log in first", "oooooooo", "RFC 4954, 6"},
	{"534 mechanism too weak", "oooooooo", "RFC 4954, 6"},
	{"535 credentials invalid", "oooooooo", "RFC 4954, 6"},
	{"538 encryption required", "oooooooo", "RFC 4954, 6"},
	{"550 no such user", "ooooorrr", "RFC 5321, 4.2.3: mailbox unavailable"},
	{"551 user not local", "ooooorrr", "RFC 5321, 3.4"},
	{"552 mailbox full", "ooooorrr", "RFC 5321, 4.2.3: storage of the mailbox"},
	{"552 message size exceeds fixed maximum message size", "oooooooo", "RFC 1870, 6.3: the limit of the system"},
	{"553 mailbox name not allowed", "ooooorrr", "RFC 5321, 4.2.3"},
	{"554 transaction failed", "ooooorrr", "RFC 5321, 4.2.3; at the connection: no service for us (3.1)"},
	{"554 listed in dnsbl.example", "oooooooo", "RFC 5782: our address"},
	{"555 parameters", "oooooooo", "RFC 5321, 4.1.1.11: those of our command"},
	{"556 domain accepts no mail", "ooooorrr", "RFC 7504, 4"},
	{"550 relay not permitted", "oooooooo", "RFC 5321, 7.9: we may not relay"},
	{"550 Sender verify failed", "oooooooo", "RFC 5321, 3.3: our sender"},

	// Enhanced codes (RFC 3463, and the registry of RFC 5248).
	{"550 5.0.0 refused", "ooooorrr", "RFC 3463, 3.1: says nothing, so the command counts"},
	{"550 5.0.0 HELO name is invalid", "oooooooo", "as above, but the words are about us"},
	{"550 5.1.0 address rejected", "ooooorrr", "RFC 3463, 3.2"},
	{"550 5.1.0 Sender address rejected", "oooooooo", "Postfix: an unknown sender"},
	{"550 5.1.1 user unknown", "ooooorrr", "RFC 3463, 3.2"},
	{"550 5.1.2 no such domain", "ooooorrr", "RFC 3463, 3.2"},
	{"501 5.1.3 bad syntax of the address", "oooooroo", "RFC 3463, 3.2; to DATA it makes no sense"},
	{"550 5.1.4 ambiguous", "ooooorrr", "RFC 3463, 3.2"},
	{"550 5.1.6 has moved", "ooooorrr", "RFC 3463, 3.2"},
	{"501 5.1.7 bad syntax of the sender", "oooooooo", "RFC 3463, 3.2"},
	{"550 5.1.8 bad domain of the sender", "oooooooo", "RFC 3463, 3.2"},
	{"550 5.1.9 relayed to a non-compliant mailer", "ooooorrr", "RFC 5248: the recipient's system"},
	{"556 5.1.10 null MX", "ooooorrr", "RFC 7505, 5"},
	{"550 5.2.0 mailbox", "ooooorrr", "RFC 3463, 3.3"},
	{"550 5.2.1 mailbox disabled", "ooooorrr", "RFC 3463, 3.3"},
	{"552 5.2.2 mailbox full", "ooooorrr", "RFC 3463, 3.3"},
	{"552 5.2.3 too long for the mailbox", "ooooorrr", "RFC 3463, 3.3: the recipient's own limit"},
	{"550 5.2.4 mailing list", "ooooorrr", "RFC 3463, 3.3"},
	{"550 5.3.0 system", "oooooooo", "RFC 3463, 3.4: the mail system"},
	{"552 5.3.1 system full", "oooooooo", "RFC 3463, 3.4"},
	{"550 5.3.2 not accepting", "oooooooo", "RFC 3463, 3.4"},
	{"550 5.3.3 not capable", "oooooooo", "RFC 3463, 3.4"},
	{"552 5.3.4 message too big", "oooooooo", "RFC 3463, 3.4: the system's limit; see aboutUs"},
	{"550 5.3.5 incorrectly configured", "oooooooo", "RFC 3463, 3.4"},
	{"550 5.3.6 priority changed", "oooooooo", "RFC 6710, 9"},
	{"550 5.4.0 routing", "ooooorrr", "RFC 3463, 3.5: the way to the recipient"},
	{"550 5.4.1 access denied", "ooooorrr", "RFC 3463, 3.5; Exchange Online: no such recipient"},
	{"550 5.4.2 bad connection", "ooooorrr", "RFC 3463, 3.5"},
	{"550 5.4.3 directory", "ooooorrr", "RFC 3463, 3.5"},
	{"550 5.4.4 unable to route", "ooooorrr", "RFC 3463, 3.5"},
	{"550 5.4.5 congestion", "ooooorrr", "RFC 3463, 3.5"},
	{"554 5.4.6 loop", "ooooorrr", "RFC 3463, 3.5"},
	{"550 5.4.7 expired", "ooooorrr", "RFC 3463, 3.5"},
	{"550 5.5.0 protocol", "oooooooo", "RFC 3463, 3.6: the dialogue"},
	{"503 5.5.1 bad sequence", "oooooooo", "RFC 3463, 3.6"},
	{"504 5.5.2 Helo command rejected", "oooooooo", "RFC 3463, 3.6; Postfix"},
	{"452 4.5.3 too many recipients", "tttttttt", "RFC 5321, 4.5.3.1.10"},
	{"550 5.5.4 arguments", "oooooooo", "RFC 3463, 3.6"},
	{"550 5.5.5 version", "oooooooo", "RFC 3463, 3.6"},
	{"500 5.5.6 exchange line too long", "oooooooo", "RFC 4954, 6"},
	{"554 5.6.0 content", "ooooorrr", "RFC 3463, 3.7: the message"},
	{"554 5.6.1 media not supported", "ooooorrr", "RFC 3463, 3.7"},
	{"554 5.6.2 conversion prohibited", "ooooorrr", "RFC 3463, 3.7"},
	{"554 5.6.3 conversion not supported", "ooooorrr", "RFC 3463, 3.7"},
	{"554 5.6.5 conversion failed", "ooooorrr", "RFC 3463, 3.7"},
	{"554 5.6.6 content not available", "ooooorrr", "RFC 4468, 3"},
	{"553 5.6.7 address outside ASCII", "ooooorrr", "RFC 6531, 3.5: the recipient's address"},
	{"553 5.6.8 reply in UTF-8 needed", "ooooorrr", "RFC 6531, 3.5"},
	{"554 5.6.9 header in UTF-8", "ooooorrr", "RFC 6531, 3.5"},
	{"550 5.7.0 security", "oooooooo", "RFC 3463, 3.8"},
	{"554 5.7.1 Relay access denied", "oooooooo", "RFC 3463, 3.8: our delivery is not authorized"},
	{"554 5.7.1 message rejected as spam", "oooooooo", "RFC 3463, 3.8: a policy about what we send; see aboutUs"},
	{"550 5.7.2 expansion prohibited", "oooooooo", "RFC 3463, 3.8: our sender"},
	{"550 5.7.3 conversion", "oooooooo", "RFC 3463, 3.8"},
	{"504 5.7.4 mechanism not supported", "oooooooo", "RFC 4954, 6"},
	{"554 5.7.5 cryptographic failure", "oooooooo", "RFC 3463, 3.8"},
	{"554 5.7.6 algorithm not supported", "oooooooo", "RFC 3463, 3.8"},
	{"554 5.7.7 integrity", "oooooooo", "RFC 3463, 3.8"},
	{"535 5.7.8 credentials invalid", "oooooooo", "RFC 4954, 6"},
	{"534 5.7.9 mechanism too weak", "oooooooo", "RFC 4954, 6"},
	{"523 5.7.10 encryption needed", "oooooooo", "RFC 5248, 2.4"},
	{"538 5.7.11 encryption required", "oooooooo", "RFC 4954, 6"},
	{"550 5.7.12 password transition", "oooooooo", "RFC 4954, 6"},
	{"525 5.7.13 account disabled", "oooooooo", "RFC 5248, 2.4: our login"},
	{"550 5.7.14 trust relationship", "oooooooo", "RFC 5248, 2.4"},
	{"550 5.7.15 priority too low", "oooooooo", "RFC 6710, 9"},
	{"552 5.7.16 too big for its priority", "oooooooo", "RFC 6710, 9"},
	{"550 5.7.17 owner of the mailbox changed", "ooooorrr", "RFC 7293, 10"},
	{"550 5.7.18 owner of the domain changed", "ooooorrr", "RFC 7293, 10"},
	{"550 5.7.19 RRVS", "oooooooo", "RFC 7293, 10: the test itself failed"},
	{"550 5.7.20 no passing DKIM signature", "oooooooo", "RFC 7372, 3.1"},
	{"550 5.7.21 no acceptable DKIM signature", "oooooooo", "RFC 7372, 3.1"},
	{"550 5.7.22 no author-matched DKIM signature", "oooooooo", "RFC 7372, 3.1"},
	{"550 5.7.23 SPF validation failed", "oooooooo", "RFC 7372, 3.2"},
	{"451 4.7.24 SPF validation error", "tttttttt", "RFC 7372, 3.2"},
	{"550 5.7.25 reverse DNS", "oooooooo", "RFC 7372, 3.3"},
	{"550 5.7.26 multiple authentication checks", "oooooooo", "RFC 7372, 3.4"},
	{"550 5.7.27 sender has a null MX", "oooooooo", "RFC 7505, 5"},
	{"550 5.7.28 mail flood", "oooooooo", "the registry: what we send"},
	{"550 5.7.29 ARC", "oooooooo", "RFC 8617, 8"},
	{"550 5.7.30 REQUIRETLS", "oooooooo", "RFC 8689, 5"},
	{"450 4.1.1 greylisted", "tttttttt", "RFC 6647, 2"},
	{"452 4.2.2 mailbox full", "tttttttt", "RFC 3463, 3.3"},
	{"452 4.3.1 system full", "tttttttt", "RFC 3463, 3.4"},
	{"421 4.3.2 shutting down", "tttttttt", "RFC 3463, 3.4"},
	{"421 4.4.2 timeout exceeded", "tttttttt", "RFC 3463, 3.5"},
	{"421 4.7.0 too many errors", "tttttttt", "RFC 3463, 3.8"},
	{"550-5.7.1 several lines\r\n550 5.7.1 about us", "oooooooo", "RFC 5321, 4.2.1"},
	{"550-5.1.1 several lines\r\n550 5.1.1 about the recipient", "ooooorrr", "RFC 5321, 4.2.1"},

	// Codes at the end, and words alone.
	{"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "oooooooo", "qmail: relaying"},
	{"553 sorry, that domain isn't in my list of allowed rcpthosts", "oooooooo", "as above, without a code"},
	{"550 sorry, your envelope is not accepted here (#5.5.4).", "oooooooo", "qmail: the code at the end"},
	{"554 poor reputation of 192.0.2.1", "oooooooo", "our address"},
	{"550 rejected due to policy restrictions", "oooooooo", "a policy about what we send"},
	{"550 mailbox unavailable: rejected by our policies", "oooooooo", "as above: the mailbox may exist"},
	{"554 see https://www.spamhaus.org/query/ip/192.0.2.1", "oooooooo", "our address"},
	{"554 Client host rejected: Access denied", "oooooooo", "Postfix, without enhanced codes"},
	{"550 cannot find your reverse hostname", "oooooooo", "Postfix: our address has no name"},
	{"550 no reverse DNS", "oooooooo", "as above"},
	{"554 no PTR record", "oooooooo", "as above"},
	{"554 this looks like spam.", "oooooooo", "as with 5.7.1"},
	{"554 rejected by anti-spam filter", "oooooooo", "as above"},
	{"550 Must issue a STARTTLS command first", "oooooooo", "RFC 3207, 4, with another code"},
	{"550 SMTP AUTH is required", "oooooooo", "RFC 4954, 6, with another code"},
	{"550 Administrative prohibition", "oooooooo", "Exim: a rule without words of its own"},
	{"550 administratively prohibited", "oooooooo", "as above"},
	{"554 Access denied", "oooooooo", "Postfix: REJECT in a table, which has 5.7.1 with enhanced codes"},
	{"550 You are not authorized to send from this host", "oooooooo", "we may not send"},
	{"550 Unauthorised client", "oooooooo", "as above"},
	{"554 Too many connections from your host", "oooooooo", "RFC 5321, 4.3.2: a limit, with the wrong first digit"},
	{"550 Sending rate limit exceeded", "oooooooo", "as above"},
	{"550 your IP 192.0.2.1 is blocked", "oooooooo", "our address"},
	{"550 sorry, no mailbox here by that name. (#5.1.1)", "ooooorrr", "qmail: the code at the end"},
	{"552 mailbox full (#5.2.2)", "ooooorrr", "as above"},
	{"550 user unknown", "ooooorrr", "the recipient"},
	{"550 account disabled", "ooooorrr", "the recipient"},
	{"550 account disabled due to a policy violation", "ooooorrr", "the recipient's account, whatever the reason"},
	{"550 no such user; our spam policy: https://example.com/policy", "ooooorrr", "the recipient, whatever else is said"},
	{"552 mailbox is full: see the storage policy", "ooooorrr", "the recipient, whatever else is said"},
	{"550 Access denied: no such user here", "ooooorrr", "the recipient, whatever else is said"},
	{"550 spam.example has no mailbox of this name", "ooooorrr", "a name may contain any word"},
	{"550 refused by policy.example", "ooooorrr", "as above"},
}

// TestReplies tries every pair of a command and a reply.
func TestReplies(t *testing.T) {
	t.Parallel()
	for _, row := range replies {
		require.Len(t, row.verdicts, len(commands), row.reply)
		require.NotEmpty(t, row.why, row.reply)
		t.Run(strings.ReplaceAll(row.reply, "\r\n", " "), func(t *testing.T) {
			t.Parallel()
			for i, command := range commands {
				require.Equal(t, row.verdicts[i:i+1], string(judge(t, command, row.reply)), "%s: %s", command, row.why)
			}
		})
	}
}

// judge sends a mail to a server that gives one command this reply.
func judge(t *testing.T, command, reply string) verdict {
	t.Helper()
	query, login := "?tls=none", ""
	switch command {
	case "STARTTLS":
		query = "?tls=required"
	case "AUTH":
		login = "user:password@"
	}
	address := scripted(t, command, reply)
	_, err := dial(t, "smtp://"+login+address+query).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorContains(t, err, reply[:3], command)
	switch {
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		return recipient
	case strings.Contains(err.Error(), "the server refuses us, not the recipient"):
		return aboutUs
	default:
		return later
	}
}

// scripted starts a server that gives one command a reply of its own, and returns its address.
func scripted(t *testing.T, command, reply string) string {
	t.Helper()
	replies := map[string]string{
		"connect": "220 here", "EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go on", "AUTH": "235 welcome",
		"MAIL": "250 sender", "RCPT": "250 recipient", "DATA": "354 go on", ".": "250 queued", "QUIT": "221 bye",
	}
	replies[command] = reply
	if command == "EHLO" {
		replies["HELO"] = reply // the client's second try
	}
	return serve(t, func(say func(string), hear func() string) {
		say(replies["connect"])
		for line := hear(); line != ""; line = hear() {
			verb, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			say(replies[verb])
			for verb == "DATA" && strings.HasPrefix(replies[verb], "354") {
				if line = hear(); line == ".\r\n" {
					say(replies["."])
				}
				if line == "" || line == ".\r\n" {
					break
				}
			}
		}
	})
}

// TestMatrixIsComplete: each code of RFC 5321 and its extensions, and each enhanced code of the registry that a server
// sends when it refuses, has a row.
func TestMatrixIsComplete(t *testing.T) {
	t.Parallel()
	for _, code := range []int{421, 432, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 523, 525, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556} {
		requireRow(t, fmt.Sprint(code, " "))
	}
	details := map[int][]int{0: {0}, 1: {0, 1, 2, 3, 4, 6, 7, 8, 9, 10}, 2: {0, 1, 2, 3, 4}, 3: {0, 1, 2, 3, 4, 5, 6}, 4: {0, 1, 2, 3, 4, 5, 6, 7}}
	details[5], details[6] = []int{0, 1, 2, 3, 4, 5, 6}, []int{0, 1, 2, 3, 5, 6, 7, 8, 9}
	for detail := range 31 {
		details[7] = append(details[7], detail)
	}
	for subject, all := range details {
		for _, detail := range all {
			requireRow(t, fmt.Sprintf(".%d.%d ", subject, detail))
		}
	}
}

func requireRow(t *testing.T, code string) {
	t.Helper()
	for _, row := range replies {
		if strings.Contains(row.reply, code) {
			return
		}
	}
	require.Fail(t, "no row", code)
}
