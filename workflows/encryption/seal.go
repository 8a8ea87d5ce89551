package encryption

import "fmt"

// Seal encrypts data that is kept outside of Temporal with the first key, and returns the id of that key, which Open needs.
// The context is authenticated and not part of the result. Without keys the id is empty and sealed is the data.
func (k Keys) Seal(data []byte, context string) (keyID string, sealed []byte) {
	if !k.Any() {
		return "", data
	}
	first := k.keys[0]
	return first.id, first.aead.Seal(nil, nil, data, []byte(context)) //nolint:gosec // this cipher generates a random nonce itself
}

// Open decrypts what Seal has encrypted in the same context.
func (k Keys) Open(keyID string, sealed []byte, context string) ([]byte, error) {
	if keyID == "" {
		return sealed, nil
	}
	key := k.find(keyID)
	if key == nil {
		return nil, fmt.Errorf("it is encrypted with the key %.40q, which is not among the %d keys given (PAYLOAD_KEYS)", keyID, len(k.keys))
	}
	data, err := key.aead.Open(nil, nil, sealed, []byte(context))
	if err != nil {
		return nil, fmt.Errorf("it cannot be decrypted: it was changed, or the key %q given is not the one that encrypted it (PAYLOAD_KEYS)", keyID)
	}
	return data, nil
}

// FirstID returns the id of the key that encrypts; empty without keys.
func (k Keys) FirstID() string {
	if !k.Any() {
		return ""
	}
	return k.keys[0].id
}
