package encryption

import (
	"crypto/aes"
	"crypto/cipher"

	"github.com/streitfall/streitfall/dispute/keyring"
)

// Keys encrypts with its first key and decrypts with all of them. The zero value has no keys: it encrypts nothing and
// cannot decrypt.
type Keys struct {
	keys []key
}

type key struct {
	id   string
	aead cipher.AEAD
}

// ParseKeys reads keys as keyring.Parse does. The first encrypts, all decrypt; an empty text is no keys.
func ParseKeys(text string) (Keys, error) {
	given, err := keyring.Parse(text)
	if err != nil {
		return Keys{}, err
	}
	var parsed Keys
	for _, one := range given {
		block, err := aes.NewCipher(one.Secret)
		if err != nil {
			return Keys{}, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return Keys{}, err
		}
		parsed.keys = append(parsed.keys, key{id: one.ID, aead: aead})
	}
	return parsed, nil
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
