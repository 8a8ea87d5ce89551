package encryption

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// keySize is the key size of AES-256 in bytes.
const keySize = 32

// Keys encrypts with its first key and decrypts with all of them. The zero value has no keys: it encrypts nothing and
// cannot decrypt.
type Keys struct {
	keys []key
}

type key struct {
	id   string
	aead cipher.AEAD
}

// idPattern is too short for a key: the id is written into every payload and into errors.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// ParseKeys reads keys as "ID:KEY,ID:KEY": an id has 1 to 32 characters of A-Z a-z 0-9 . _ -, a key is 32
// random bytes in base64 (openssl rand -base64 32). The first encrypts, all decrypt; an empty text is no keys.
// An id belongs to its key for ever. The error has all faults by position and repeats no key, and nothing that could be
// one.
func ParseKeys(text string) (Keys, error) {
	if strings.TrimSpace(text) == "" {
		return Keys{}, nil
	}
	var parsed Keys
	var faults []string
	for i, entry := range strings.Split(text, ",") {
		next, err := parseKey(strings.TrimSpace(entry))
		if err == nil && parsed.find(next.id) != nil {
			err = errors.New("has the id of an earlier one")
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("key %d %v", i+1, err))
			continue
		}
		parsed.keys = append(parsed.keys, next)
	}
	if len(faults) > 0 {
		return Keys{}, errors.New(strings.Join(faults, "; "))
	}
	return parsed, nil
}

func parseKey(entry string) (key, error) {
	id, encoded, found := strings.Cut(entry, ":")
	if !found {
		return key{}, errors.New("must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)")
	}
	if !idPattern.MatchString(id) {
		return key{}, errors.New("must begin with an id of 1 to 32 characters of A-Z a-z 0-9 . _ -")
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return key{}, errors.New("is not base64 after its id (openssl rand -base64 32)")
	}
	if len(secret) != keySize {
		return key{}, fmt.Errorf("has %d bytes after its id; AES-256 needs %d (openssl rand -base64 32)", len(secret), keySize)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return key{id: id, aead: aead}, err
}

// find returns the key with this id, or nil.
func (k Keys) find(id string) *key {
	for i := range k.keys {
		if k.keys[i].id == id {
			return &k.keys[i]
		}
	}
	return nil
}

// Any reports whether there are keys, and so whether payloads are encrypted.
func (k Keys) Any() bool {
	return len(k.keys) > 0
}
