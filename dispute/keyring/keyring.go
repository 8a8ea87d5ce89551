// Package keyring reads secret keys as they are configured, for encryption and for signatures.
package keyring

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Size is the size of a secret in bytes.
const Size = 32

// Key is a secret with the id under which it is known. Whatever it protects names the id, so that keys can be replaced.
type Key struct {
	ID     string
	Secret []byte
}

// idPattern is too short for a key: the id is written beside what the key protects, and into errors.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// Parse reads keys as "ID:KEY,ID:KEY": an id has 1 to 32 characters of A-Z a-z 0-9 . _ -, a key is 32 random bytes in base64
// (openssl rand -base64 32). The first is for new work, all are for old; an empty text is no keys. An id belongs to its key
// for ever. The error has all faults by position and repeats no key, and nothing that could be one.
func Parse(text string) ([]Key, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var keys []Key
	var faults []string
	for i, entry := range strings.Split(text, ",") {
		next, err := parse(strings.TrimSpace(entry))
		if err == nil && slices.ContainsFunc(keys, func(k Key) bool { return k.ID == next.ID }) {
			err = errors.New("has the id of an earlier one")
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("key %d %v", i+1, err))
			continue
		}
		keys = append(keys, next)
	}
	if len(faults) > 0 {
		return nil, errors.New(strings.Join(faults, "; "))
	}
	return keys, nil
}

func parse(entry string) (Key, error) {
	id, encoded, found := strings.Cut(entry, ":")
	if !found {
		return Key{}, errors.New("must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)")
	}
	if !idPattern.MatchString(id) {
		return Key{}, errors.New("must begin with an id of 1 to 32 characters of A-Z a-z 0-9 . _ -")
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return Key{}, errors.New("is not base64 after its id (openssl rand -base64 32)")
	}
	if len(secret) != Size {
		return Key{}, fmt.Errorf("has %d bytes after its id; it needs %d (openssl rand -base64 32)", len(secret), Size)
	}
	return Key{ID: id, Secret: secret}, nil
}
