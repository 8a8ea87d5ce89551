package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/dispute"
)

// ourCodes are the permanent replies that concern us, whatever their words: the syntax and the parameters of our commands
// (RFC 5321, sections 4.2.4 and 4.1.1.11), a server that takes no mail (RFC 7504, section 3) and authentication (RFC 4954,
// section 6).
var ourCodes = []int{500, 502, 503, 504, 521, 530, 534, 535, 538, 555}

var (
	// enhancedCode matches the enhanced status code (RFC 3463, section 2) at the start of a permanent reply, or at its end, as
	// qmail writes it: (#5.7.1).
	enhancedCode = regexp.MustCompile(`^5\.(\d{1,3})\.(\d{1,3})\b|\(#5\.(\d{1,3})\.(\d{1,3})\)\W*$`)
	// ourWords match replies whose enhanced status code is missing or says nothing, and that concern us: relaying,
	// blocklists, our greeting, our sender, a limit of the system.
	ourWords = regexp.MustCompile(`(?i)(?:^|[^\w.-])relay(?:ing)?(?:\.?$|[^\w.-])|block ?list|black ?list|\bdnsbl\b|\brbl\b|\blisted (?:in|at|by|on)\b|\bblocked using\b|` +
		`\b(?:helo|ehlo)\b|\bauthenticat|\b(?:spf|dkim|dmarc)\b|\bsender\b|\bmessage (?:file )?(?:size|(?:is )?too (?:big|large))`)
	// policyWords match such replies too: relaying in qmail's words, our address and its name, encryption, authentication, what
	// we may not do or do too often, and policies, unless the policy is applied to a mailbox.
	policyWords = regexp.MustCompile(`(?i)\brcpthosts\b|\breputation\b|\bspamhaus\b|\bclient host rejected\b|\breverse[ -]?(?:host ?name|dns|lookup)\b|` +
		`\bstarttls\b|\bauth\b.{0,20}\brequired\b|\byour ip\b.{0,60}\bblocked\b|\bblocked\b.{0,60}\byour ip\b|` +
		`\badministrative(?:ly)? prohibit|\baccess denied\b|\b(?:not |un)authori[sz]ed\b|\btoo many (?:connections|errors)\b|\b(?:rate|sending) limit\b|` +
		`(?:^|[^\w./])(?:polic(?:y|ies)|spam|ptr)(?:$|[^\w./-]|[./]?\s|\.$)`) // not as part of a name: spam.example
	// recipientWords match a refusal of the recipient that may mention a policy.
	recipientWords = regexp.MustCompile(`(?i)\b(?:no such|unknown) (?:user|recipient|mailbox|account|address)\b|\b(?:user|recipient|mailbox|account|address) ` +
		`(?:(?:is|has been) )?(?:unknown|disabled|closed|inactive|full|not found|over quota)\b|\b(?:does not|doesn't) exist\b`)
)

// The stages of a mail to which a permanent reply can refer. Before the recipient is named it can only concern us.
const (
	atRecipient = "recipient"
	atMessage   = "message"
)

// aboutUs reports whether a permanent reply to RCPT or DATA concerns us and not the recipient or the message: our sender
// (X.1.7, X.1.8), the mail system (X.3), the protocol (X.5) or security and policy (X.7). Of X.7, a changed owner of
// mailbox or domain (X.7.17, X.7.18 of RFC 7293) concerns the recipient.
//
// A message that is too big for the system (X.3.4) or looks like spam (X.7.1) concerns us too, although the same one will
// not pass without a change: our messages are far below the limits that servers have, and no recipient has refused
// anything. An operator changes the limit, the reputation or the wording, and all messages go out by themselves; as refusals
// they would each wait for a person, and call a party unreachable that is not.
func aboutUs(reply *textproto.Error, stage, to string) bool {
	subject, detail := enhanced(reply.Msg)
	switch {
	case slices.Contains(ourCodes, reply.Code):
		return true
	case reply.Code == 501 && stage == atMessage: // the syntax of DATA; after RCPT it is that of the address
		return true
	case subject == "", subject == "0", subject+detail == "10":
		words := withhold(reply.Msg, to) // an address may contain any word
		return ourWords.MatchString(words) || policyWords.MatchString(words) && !recipientWords.MatchString(words)
	}
	switch subject {
	case "1":
		return detail == "7" || detail == "8"
	case "3", "5":
		return true
	case "7":
		return detail != "17" && detail != "18"
	default:
		return false
	}
}

// enhanced returns subject and detail of the enhanced status code of a permanent reply, or nothing if it has none.
func enhanced(words string) (subject, detail string) {
	found := enhancedCode.FindStringSubmatch(words)
	if found == nil {
		return "", ""
	}
	return found[1] + found[3], found[2] + found[4]
}

// transient makes a transient error: what the server replies concerns us and not the message.
func transient(doing string, err error, to string) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		said := fmt.Sprintf("%d %s", reply.Code, withhold(reply.Msg, to))
		if reply.Code >= 500 {
			return fmt.Errorf("%s: the server refuses us, not the recipient: %s", doing, said)
		}
		return fmt.Errorf("%s: %s", doing, said)
	}
	if malformed, ok := errors.AsType[textproto.ProtocolError](err); ok { // it quotes the malformed reply
		fault, words, _ := strings.Cut(malformed.Error(), ": ")
		if unquoted, err := strconv.Unquote(words); err == nil {
			words = unquoted
		}
		return fmt.Errorf("%s: %s: %s", doing, fault, withhold(words, to))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// refused makes the error of a refused message or recipient: a refusal if the reply is permanent (5xx) and not about us,
// else a transient error.
func refused(what string, err error, to string) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 || aboutUs(reply, what, to) {
		return transient("hand over the "+what, err, to)
	}
	return dispute.Refuse(dispute.CodeMessageRefused, "the mail server refuses the %s: %d %s", what, reply.Code, withhold(reply.Msg, to))
}

var addresses = regexp.MustCompile(`[^\s<>()\[\]"',;:]+@[^\s<>()\[\]"',;:]+`)

// withhold replaces all e-mail addresses, and the recipient's local part, in a server's reply: it goes into failure
// messages and timelines, which hold no personal data.
func withhold(words, to string) string {
	const longest = 300
	words = addresses.ReplaceAllString(oneLine(words), "[address]")
	local := to[:max(strings.LastIndex(to, "@"), 0)]
	if local != "" && strings.Contains(strings.ToLower(words), strings.ToLower(local)) {
		if alone, err := regexp.Compile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(local) + `($|[^\pL\pN])`); err == nil {
			for range 2 { // adjacent matches share the character between them
				words = alone.ReplaceAllString(words, "${1}[address]${2}")
			}
		}
	}
	if runes := []rune(words); len(runes) > longest {
		words = string(runes[:longest]) + "…"
	}
	return words
}
