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

// ourFault has the replies by which a server asks us to authenticate (RFC 4954, section 6). They say nothing about the
// message, so the message is sent again after an operator has corrected our settings.
var ourFault = []int{530, 534, 535, 538}

// transient makes a transient error: what the server replies concerns us and not the message.
func transient(doing string, err error, to string) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("%s: %d %s", doing, reply.Code, withhold(reply.Msg, to))
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

// refused makes the error of a refused message or recipient: a refusal if the reply is permanent (5xx), else a transient
// error.
func refused(what string, err error, to string) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 || slices.Contains(ourFault, reply.Code) {
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
