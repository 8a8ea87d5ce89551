package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute/keyring"
)

// The faults of a link. Errors of Verify are one of these.
var (
	// ErrTruncated means that the end of the link is missing, as when a mail program broke it into two lines.
	ErrTruncated = errors.New("the link is not complete")
	// ErrForeign means that the link names a key that is not among those given: one that was taken away, or another portal's.
	ErrForeign = errors.New("the link is signed with a key that is not among those given (PORTAL_KEYS)")
	// ErrForged means that the link was changed, or was never one of ours.
	ErrForged = errors.New("the link is not one that this portal made")
	// ErrExpired means that the link was good until its expiry.
	ErrExpired = errors.New("the link has expired")
)

// Keys signs links with its first key and verifies them with all. The zero value has no keys: it signs nothing and
// knows no link.
type Keys struct {
	keys []keyring.Key
}

// ParseKeys reads keys as keyring.Parse does.
func ParseKeys(text string) (Keys, error) {
	keys, err := keyring.Parse(text)
	return Keys{keys: keys}, err
}

// Any reports whether there are keys.
func (k Keys) Any() bool {
	return len(k.keys) > 0
}

// A token is the id of the key, a dot and, in base64, its content: kind, length of the subject, expiry, address hash,
// subject and signature.
const (
	head      = 2 // kind and length of the subject
	expiry    = 4 // seconds since 1970, until 2106
	hash      = 12
	signature = 16
	// longest is the longest subject, in bytes.
	longest = 255
)

var encoding = base64.RawURLEncoding.Strict()

// Sign returns the text of a link that was, or will be, sent to an address; "" for a link that is sent to none. It is made of
// characters that a URL's path takes as they are.
func (k Keys) Sign(c Claim, sentTo string) (string, error) {
	if !k.Any() {
		return "", errors.New("links cannot be signed without a key (PORTAL_KEYS)")
	}
	kind, subject, err := c.encode()
	if err != nil {
		return "", err
	}
	seconds := c.Expires.Unix()
	if len(subject) > longest || seconds < 0 || seconds > 1<<32-1 {
		return "", fmt.Errorf("a link has at most %d bytes of id or login and expires between 1970 and 2106", longest)
	}
	key := k.keys[0]
	content := make([]byte, 0, size(len(subject)))
	content = append(content, byte(kind), byte(len(subject))) //nolint:gosec // at most longest
	content = binary.BigEndian.AppendUint32(content, uint32(seconds))
	content = append(content, hashAddress(key, sentTo)...)
	content = append(content, subject...)
	content = append(content, sign(key, content)...)
	return key.ID + "." + encoding.EncodeToString(content), nil
}

// Link is a verified link.
type Link struct {
	Claim
	key    keyring.Key
	sentTo []byte
}

// Verify reads a link. The error is one of ErrTruncated, ErrForeign, ErrForged and ErrExpired.
func (k Keys) Verify(token string, now time.Time) (Link, error) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return Link{}, ErrTruncated
	}
	known := slices.IndexFunc(k.keys, func(key keyring.Key) bool { return key.ID == token[:dot] })
	if known < 0 {
		return Link{}, ErrForeign
	}
	content, err := decode(token[dot+1:])
	if err != nil {
		return Link{}, err
	}
	signed := len(content) - signature
	if !hmac.Equal(content[signed:], sign(k.keys[known], content[:signed])) {
		return Link{}, ErrForged
	}
	link := Link{key: k.keys[known], sentTo: content[head+expiry : head+expiry+hash]}
	subject, ok := kind(content[0]).parse(&link.Claim)
	if !ok { // signed by a later version
		return Link{}, ErrForged
	}
	*subject = string(content[head+expiry+hash : signed])
	link.Expires = time.Unix(int64(binary.BigEndian.Uint32(content[head:])), 0).UTC()
	if !now.Before(link.Expires) {
		return Link{}, ErrExpired
	}
	return link, nil
}

// SentTo reports whether the link was sent to this address, written the same way.
func (l Link) SentTo(address string) bool {
	return hmac.Equal(l.sentTo, hashAddress(l.key, address))
}

// decode returns the content of a token, of the size that it names.
func decode(encoded string) ([]byte, error) {
	const header = 4 // characters that hold the head
	if len(encoded) < header {
		return nil, ErrTruncated
	}
	start, err := encoding.DecodeString(encoded[:header])
	if err != nil || strings.ContainsAny(encoded, "\r\n") { // which the decoder skips
		return nil, ErrForged
	}
	whole := size(int(start[1]))
	if len(encoded) < encoding.EncodedLen(whole) {
		return nil, ErrTruncated
	}
	content, err := encoding.DecodeString(encoded)
	if err != nil || len(content) != whole {
		return nil, ErrForged
	}
	return content, nil
}

// size is the size of the content with a subject of that many bytes.
func size(subject int) int {
	return head + expiry + hash + subject + signature
}

func sign(key keyring.Key, content []byte) []byte {
	return mac(key, "streitfall link\x00", content)[:signature]
}

func hashAddress(key keyring.Key, address string) []byte {
	return mac(key, "streitfall address\x00", []byte(address))[:hash]
}

// mac computes an HMAC. The purpose keeps a hash of one kind from passing for one of another.
func mac(key keyring.Key, purpose string, content []byte) []byte {
	m := hmac.New(sha256.New, key.Secret)
	m.Write([]byte(purpose))
	m.Write(content)
	return m.Sum(nil)
}
