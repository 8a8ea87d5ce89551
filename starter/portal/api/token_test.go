package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/api"
)

// sumOf is the hash of a secret.
func sumOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// TestNewToken: a token has 32 random bytes, its entry has their hash and its scopes, and nothing of the secret.
func TestNewToken(t *testing.T) {
	t.Parallel()
	secret, entry, err := api.NewToken("shop-1", []string{"read", "as:merchant:Käthe & Söhne: 50 % + mehr, GmbH"})
	require.NoError(t, err)
	random, ours := strings.CutPrefix(secret, "streitfall_")
	require.True(t, ours)
	decoded, err := base64.RawURLEncoding.DecodeString(random)
	require.NoError(t, err)
	require.Len(t, decoded, 32)
	require.NotContains(t, entry, random)
	require.True(t, strings.HasPrefix(entry, "shop-1:"+sumOf(secret)+":read+as:merchant:"), entry)
	tokens, err := api.ParseTokens(" " + entry + " , other:" + sumOf("x") + ":accounts")
	require.NoError(t, err)
	require.Equal(t, "Käthe & Söhne: 50 % + mehr, GmbH", tokens[0].Merchant)
	again, _, err := api.NewToken("shop-1", []string{"read"})
	require.NoError(t, err)
	require.NotEqual(t, secret, again)
	for _, scopes := range [][]string{nil, {"read", "write"}, {"as:merchant:"}} {
		_, _, err := api.NewToken("shop", scopes)
		require.Error(t, err, scopes)
	}
	_, _, err = api.NewToken("sh:op", []string{"read"})
	require.Error(t, err)
}

// TestTokensAreRefused: what is wrong with API_TOKENS is said of each entry, and no value is repeated.
func TestTokensAreRefused(t *testing.T) {
	t.Parallel()
	sum := sumOf("secret")
	for entry, want := range map[string]string{
		"shop":                         "entry 1 must be NAME:HASH:SCOPE+SCOPE…",
		"shop:" + sum:                  "entry 1 must be NAME:HASH:SCOPE+SCOPE…",
		":" + sum + ":read":            "entry 1 has a name that is not",
		"shop:geheim:read":             "entry 1 has a hash that is not a SHA-256",
		"shop:" + sum + "00:read":      "entry 1 has a hash that is not a SHA-256",
		"shop:" + sum + ":":            "entry 1 has a scope that is unknown; allowed are accounts, disputes:open, read,",
		"shop:" + sum + ":read+geheim": "entry 1 has a scope that is unknown",
		"shop:" + sum + ":as:merchant:m-1+as:merchant:m-2":                         "entry 1 speaks for two merchants",
		"shop:" + sum + ":accounts+as:merchant:m-1":                                "entry 1 speaks for one merchant, so it can have no other scope than read",
		"shop:" + sum + ":as:merchant:m-1+as:operator":                             "entry 1 speaks for one merchant",
		"shop:" + sum + ":as:merchant:":                                            "entry 1 has as:merchant: without the id",
		"shop:" + sum + ":as:merchant:%zz":                                         "entry 1 has as:merchant: without the id",
		"shop:" + sum + ":read,shop:" + sumOf("2") + ":read":                       "entry 2 has the name of an earlier one",
		"shop:" + sum + ":read,other:" + sum + ":read":                             "entry 2 has the secret of an earlier one",
		"shop:" + sum + ":read,":                                                   "entry 2 must be",
		"a:geheim:read,shop:" + sum + ":read,b:" + sumOf("2") + ":geheim,c:geheim": "entry 3 has a scope that is unknown",
	} {
		_, err := api.ParseTokens(entry)
		require.ErrorContains(t, err, want, entry)
		require.NotContains(t, err.Error(), "geheim")
		require.NotContains(t, err.Error(), sum)
		require.Contains(t, err.Error(), "starter portal token")
	}
	none, err := api.ParseTokens(" ")
	require.NoError(t, err)
	require.Empty(t, none)
}
