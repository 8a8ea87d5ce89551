package encryption_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/workflows/encryption"
)

// TestSeal: what is sealed is opened with its key in its context, and with nothing else.
func TestSeal(t *testing.T) {
	t.Parallel()
	const first, second = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k2:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	parse := func(text string) encryption.Keys {
		keys, err := encryption.ParseKeys(text)
		require.NoError(t, err)
		return keys
	}
	keys := parse(first)
	require.Equal(t, "k1", keys.FirstID())
	id, sealed := keys.Seal([]byte("Jonas Weber"), "d-1")
	require.Equal(t, "k1", id)
	require.NotContains(t, string(sealed), "Jonas")

	rotated := parse(second + "," + first)
	opened, err := rotated.Open(id, sealed, "d-1")
	require.NoError(t, err)
	require.Equal(t, "Jonas Weber", string(opened))
	_, err = rotated.Open(id, sealed, "d-2")
	require.ErrorContains(t, err, `it cannot be decrypted: it was changed, or the key "k1" given is not the one that encrypted it (PAYLOAD_KEYS)`)
	_, err = rotated.Open("k2", sealed, "d-1")
	require.ErrorContains(t, err, "cannot be decrypted")
	_, err = parse(second).Open(id, sealed, "d-1")
	require.ErrorContains(t, err, `it is encrypted with the key "k1", which is not among the 1 keys given (PAYLOAD_KEYS)`)

	none := encryption.Keys{}
	id, plain := none.Seal([]byte("Jonas Weber"), "d-1")
	require.Empty(t, id)
	require.Empty(t, none.FirstID())
	opened, err = keys.Open(id, plain, "d-1")
	require.NoError(t, err)
	require.Equal(t, "Jonas Weber", string(opened))
}
