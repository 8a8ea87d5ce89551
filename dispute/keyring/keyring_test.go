package keyring_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/keyring"
)

// secret returns a key as it is configured.
func secret(b byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, keyring.Size))
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, ids := range map[string][]string{
		"": nil, "  \n": nil,
		"2026-11:" + secret(1):                             {"2026-11"},
		"b:" + secret(2) + ", a.b_c-D:" + secret(1) + "\n": {"b", "a.b_c-D"},
	} {
		keys, err := keyring.Parse(text)
		require.NoError(t, err, text)
		require.Len(t, keys, len(ids))
		for i, key := range keys {
			require.Equal(t, ids[i], key.ID)
			require.Len(t, key.Secret, keyring.Size)
		}
	}
}

// TestParseFaults: the error has every fault and repeats no key, and nothing that could be one.
func TestParseFaults(t *testing.T) {
	t.Parallel()
	const (
		noID     = "must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)"
		badID    = "must begin with an id of 1 to 32 characters of A-Z a-z 0-9 . _ -"
		noBase64 = "is not base64 after its id (openssl rand -base64 32)"
	)
	short := base64.StdEncoding.EncodeToString([]byte("secret-of-19-bytes!"))
	for name, c := range map[string]struct{ text, want string }{
		"key alone":         {secret(1), "key 1 " + noID},
		"swapped":           {secret(1) + ":k1", "key 1 " + badID},
		"key of hex digits": {strings.Repeat("5e", 32) + ":k1", "key 1 " + badID},
		"no id":             {":" + secret(1), "key 1 " + badID},
		"no base64":         {"k1:secret", "key 1 " + noBase64},
		"no padding":        {"k1:" + strings.TrimRight(secret(1), "="), "key 1 " + noBase64},
		"empty entry":       {"k1:" + secret(1) + ",", "key 2 " + noID},
		"too short":         {"k1:" + short, "key 1 has 19 bytes after its id; it needs 32 (openssl rand -base64 32)"},
		"same id":           {"k1:" + secret(1) + ",k1:" + secret(2), "key 2 has the id of an earlier one"},
		"everything at once": {
			"k1:" + secret(1) + ",k1:" + secret(2) + ",secret,k3:" + short,
			"key 2 has the id of an earlier one; key 3 " + noID + "; key 4 has 19 bytes after its id; it needs 32 (openssl rand -base64 32)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := keyring.Parse(c.text)
			require.EqualError(t, err, c.want)
			require.Empty(t, keys)
			for _, leak := range []string{secret(1), strings.TrimRight(secret(1), "="), secret(2), short, "secret", "5e5e"} {
				require.NotContains(t, err.Error(), leak)
			}
		})
	}
}
