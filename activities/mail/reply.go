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

// ourFault are the refusals by which a server asks us to authenticate (RFC 4954, section 6). They say
// nothing about the message, so the message is sent again when an operator has mended our settings.
var ourFault = []int{530, 534, 535, 538}

// trouble is an error that passes: what the server says concerns us and not the message.
func trouble(doing string, err error, to string) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("%s: %d %s", doing, reply.Code, withhold(reply.Msg, to))
	}
	if nonsense, ok := errors.AsType[textproto.ProtocolError](err); ok { // it quotes the words that are no reply
		fault, words, _ := strings.Cut(nonsense.Error(), ": ")
		if unquoted, err := strconv.Unquote(words); err == nil {
			words = unquoted
		}
		return fmt.Errorf("%s: %s: %s", doing, fault, withhold(words, to))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// refused is the server's no to a message or to its recipient: final when the reply is (5xx), else
// trouble.
func refused(what string, err error, to string) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 || slices.Contains(ourFault, reply.Code) {
		return trouble("hand over the "+what, err, to)
	}
	return dispute.Refuse(dispute.CodeMessageRefused, "the mail server refuses the %s: %d %s", what, reply.Code, withhold(reply.Msg, to))
}

var addresses = regexp.MustCompile(`[^\s<>()\[\]"',;:]+@[^\s<>()\[\]"',;:]+`)

// withhold takes the recipient's and all other e-mail addresses out of a server's words: they go into
// failure messages and timelines, which have nothing personal.
func withhold(words, to string) string {
	const longest = 300
	words = addresses.ReplaceAllString(oneLine(words), "[address]")
	local := to[:max(strings.LastIndex(to, "@"), 0)]
	if local != "" && strings.Contains(strings.ToLower(words), strings.ToLower(local)) {
		if alone, err := regexp.Compile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(local) + `($|[^\pL\pN])`); err == nil {
			for range 2 { // two neighbours share what is between them
				words = alone.ReplaceAllString(words, "${1}[address]${2}")
			}
		}
	}
	if runes := []rune(words); len(runes) > longest {
		words = string(runes[:longest]) + "…"
	}
	return words
}
