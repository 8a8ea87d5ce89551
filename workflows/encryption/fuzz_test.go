package encryption_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/streitfall/streitfall/workflows/encryption"
)

// FuzzCodec: a payload that is not encrypted passes, one that claims to be without the key is an error of one line and
// is not encrypted again, and decoding reverses encoding.
func FuzzCodec(f *testing.F) {
	f.Add("json/plain", "", []byte(`{"id":"d-1"}`))
	f.Add("binary/encrypted", "k1", []byte("no nonce"))
	f.Add("binary/encrypted", "k2\n", bytes.Repeat([]byte{0}, 100))
	f.Add("binary/encrypted", strings.Repeat("\xff", 1000), []byte{})
	f.Add("", "k1", []byte("\x0a\xff\xff\xff\xff\x0f"))
	keys, aead := keysOf(f)
	codec := keys.Codec()
	f.Fuzz(func(t *testing.T, encoding, id string, data []byte) {
		payload := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding), "encryption-key-id": []byte(id)}, Data: data}
		decoded, err := codec.Decode([]*commonpb.Payload{payload})
		if encoding == "binary/encrypted" {
			require.ErrorContains(t, err, "PAYLOAD_KEYS")
			requireReadable(t, err)
		} else {
			require.NoError(t, err)
			require.Same(t, payload, decoded[0])
		}
		encoded, err := codec.Encode([]*commonpb.Payload{payload})
		require.NoError(t, err)
		if encoding == "binary/encrypted" {
			require.Same(t, payload, encoded[0])
		} else {
			decoded, err = codec.Decode(encoded)
			require.NoError(t, err)
			require.True(t, proto.Equal(payload, decoded[0]))
		}
		// Data that was encrypted with the key may still be no payload.
		payload.Metadata["encoding"], payload.Metadata["encryption-key-id"] = []byte("binary/encrypted"), []byte("k1")
		payload.Data = aead.Seal(nil, nil, data, nil)
		if _, err = codec.Decode([]*commonpb.Payload{payload}); err != nil {
			requireReadable(t, err)
		}
	})
}

// keysOf returns the key k1 and its cipher.
func keysOf(tb testing.TB) (encryption.Keys, cipher.AEAD) {
	tb.Helper()
	keys, err := encryption.ParseKeys("k1:" + secret(1))
	require.NoError(tb, err)
	block, err := aes.NewCipher(bytes.Repeat([]byte{1}, 32))
	require.NoError(tb, err)
	aead, err := cipher.NewGCMWithRandomNonce(block)
	require.NoError(tb, err)
	return keys, aead
}

// FuzzParseKeys: every value is valid keys or an error of one line that repeats no key.
func FuzzParseKeys(f *testing.F) {
	f.Add("k1", ":", "", ",")
	f.Add("k1:"+secret(1), ",k2:", "", "")
	f.Add("", "", "=", "\n")
	f.Add("k1:"+secret(2)+",k1", ":", "", "")
	f.Fuzz(func(t *testing.T, before, colon, padding, after string) {
		key := secret(0xa7)
		keys, err := encryption.ParseKeys(before + colon + key + padding + after)
		if err == nil {
			require.True(t, keys.Any())
			return
		}
		require.NotContains(t, err.Error(), strings.TrimRight(key, "="))
		require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
	})
}

// requireReadable asserts that an error is one short line without a key.
func requireReadable(t *testing.T, err error) {
	t.Helper()
	require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
	require.Less(t, len(err.Error()), 1000)
	require.NotContains(t, err.Error(), secret(1))
}
