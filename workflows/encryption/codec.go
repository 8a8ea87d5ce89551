package encryption

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// The metadata of an encrypted payload. Its data is the nonce, followed by the whole payload, sealed. This is the format of
// Temporal's own samples, for which codecs exist in other languages.
const (
	encodingEncrypted = "binary/encrypted"
	metadataKeyID     = "encryption-key-id"
)

// Codec returns the codec that encrypts and decrypts payloads. It passes payloads that are not encrypted: disputes may be
// older than the encryption, and clients without keys send plain JSON.
func (k Keys) Codec() converter.PayloadCodec {
	return codec{keys: k}
}

type codec struct {
	keys Keys
}

// Encode encrypts with the first key what is not encrypted yet, such as a payload taken from a history.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	if !c.keys.Any() {
		return payloads, nil
	}
	first := c.keys.keys[0]
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		if encrypted(payload) {
			encoded[i] = payload
			continue
		}
		plain, err := payload.Marshal()
		if err != nil {
			return nil, fmt.Errorf("encrypt a payload: %w", err)
		}
		encoded[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encodingEncrypted), metadataKeyID: []byte(first.id)},
			Data:     first.aead.Seal(nil, nil, plain, nil), //nolint:gosec // this cipher generates a random nonce itself
		}
	}
	return encoded, nil
}

// Decode decrypts each payload with the key whose id is in its metadata.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		plain, err := c.open(payload)
		if err != nil {
			return nil, err
		}
		decoded[i] = plain
	}
	return decoded, nil
}

func (c codec) open(payload *commonpb.Payload) (*commonpb.Payload, error) {
	if !encrypted(payload) {
		return payload, nil
	}
	id := string(payload.GetMetadata()[metadataKeyID])
	key := c.keys.find(id)
	if key == nil {
		return nil, fmt.Errorf("a payload is encrypted with the key %.40q, which is not among the %d keys given (PAYLOAD_KEYS)", id, len(c.keys.keys))
	}
	data, err := key.aead.Open(nil, nil, payload.GetData(), nil)
	if err != nil {
		return nil, fmt.Errorf("a payload cannot be decrypted: it was changed, or the key %q given is not the one that encrypted it (PAYLOAD_KEYS)", id)
	}
	plain := &commonpb.Payload{}
	if err := plain.Unmarshal(data); err != nil {
		return nil, fmt.Errorf("the payload decrypted with key %q is not a valid Temporal payload: %w", id, err)
	}
	return plain, nil
}

func encrypted(payload *commonpb.Payload) bool {
	return string(payload.GetMetadata()[converter.MetadataEncoding]) == encodingEncrypted
}
