package encryption_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/workflows/encryption"
)

// secret returns a key as it is configured.
func secret(b byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32))
}

func parse(t *testing.T, text string) encryption.Keys {
	t.Helper()
	keys, err := encryption.ParseKeys(text)
	require.NoError(t, err)
	return keys
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	for text, anyKey := range map[string]bool{
		"": false, "  \n": false,
		"2026-11:" + secret(1):                             true,
		"b:" + secret(2) + ", a.b_c-D:" + secret(1) + "\n": true,
	} {
		require.Equal(t, anyKey, parse(t, text).Any(), text)
	}
}

func TestParseKeysFault(t *testing.T) {
	t.Parallel()
	keys, err := encryption.ParseKeys("k1:" + secret(1) + ",k1:" + secret(2))
	require.EqualError(t, err, "key 2 has the id of an earlier one")
	require.False(t, keys.Any())
}
