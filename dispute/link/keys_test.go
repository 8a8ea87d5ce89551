package link_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/link"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// keys returns the keys with these ids, each of which has one secret for ever.
func keys(tb testing.TB, ids ...string) link.Keys {
	tb.Helper()
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = id + ":" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte(id[len(id)-1:]), 32))
	}
	parsed, err := link.ParseKeys(strings.Join(entries, ","))
	require.NoError(tb, err)
	return parsed
}

func sign(tb testing.TB, k link.Keys, c link.Claim, sentTo string) string {
	tb.Helper()
	token, err := k.Sign(c, sentTo)
	require.NoError(tb, err)
	return token
}

// claims has one claim of each kind.
var claims = []link.Claim{
	{Role: link.RoleMerchant, Dispute: "d-2026-17"},
	{Role: link.RoleMerchant, Merchant: "m-1"},
	{Role: link.RoleCustomer, Dispute: "d-2026-17"},
	{Role: link.RoleDesk, Login: "erika.muster"},
	{Role: link.RoleOperator, Login: "Jörg"},
	{Role: link.RoleAddress, Merchant: "m-1"},
}

func TestLinksSayWhatWasSigned(t *testing.T) {
	t.Parallel()
	k, seen := keys(t, "2026-11"), map[string]bool{}
	for _, claim := range claims {
		claim.Expires = now.Add(time.Hour)
		token := sign(t, k, claim, "jonas@example.org")
		require.Equal(t, token, sign(t, k, claim, "jonas@example.org"))
		require.Regexp(t, `^2026-11\.[A-Za-z0-9_-]+$`, token)
		require.Less(t, len(token), 80)
		require.NotContains(t, token, "jonas")
		require.False(t, seen[token])
		seen[token] = true
		got, err := k.Verify(token, now)
		require.NoError(t, err)
		require.Equal(t, claim, got.Claim)
		require.True(t, got.SentTo("jonas@example.org"))
		require.False(t, got.SentTo("jonas@example.com"))
		require.False(t, got.SentTo(""))
	}
}

func TestRefusedLinks(t *testing.T) {
	t.Parallel()
	k := keys(t, "2026-11")
	claim := link.Claim{Role: link.RoleCustomer, Dispute: "d-1", Expires: now}
	good := sign(t, k, claim, "jonas@example.org")
	_, err := k.Verify(good, now.Add(-time.Second))
	require.NoError(t, err)
	other := sign(t, k, link.Claim{Role: link.RoleCustomer, Dispute: "d-2", Expires: now.Add(time.Hour)}, "jonas@example.org")
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"Expired":         {good, link.ErrExpired},
		"OtherKey":        {sign(t, keys(t, "2026-12"), claim, ""), link.ErrForeign},
		"SameIDOtherKey":  {strings.Replace(sign(t, keys(t, "2026-10"), claim, ""), "2026-10", "2026-11", 1), link.ErrForged},
		"OtherSignature":  {good[:len(good)-8] + other[len(other)-8:], link.ErrForged},
		"OtherKind":       {"2026-11.B" + strings.TrimPrefix(good, "2026-11.A"), link.ErrForged},
		"Longer":          {good + "A", link.ErrForged},
		"Dot":             {good + ".", link.ErrForeign},
		"LineBreak":       {good + "\n", link.ErrForged},
		"OtherCharacters": {"2026-11.????????", link.ErrForged},
		"Empty":           {"", link.ErrTruncated},
		"NoContent":       {"2026-11.", link.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := k.Verify(c.token, now)
			require.ErrorIs(t, err, c.want)
		})
	}
	for i := range good {
		_, err := k.Verify(good[:i], now.Add(-time.Second))
		require.ErrorIs(t, err, link.ErrTruncated, i)
	}
}

// TestRotation: the first key signs, all verify.
func TestRotation(t *testing.T) {
	t.Parallel()
	claim := link.Claim{Role: link.RoleMerchant, Merchant: "m-1", Expires: now.Add(time.Hour)}
	old := sign(t, keys(t, "k1"), claim, "a@example.com")
	both := keys(t, "k2", "k1")
	require.True(t, strings.HasPrefix(sign(t, both, claim, "a@example.com"), "k2."))
	got, err := both.Verify(old, now)
	require.NoError(t, err)
	require.True(t, got.SentTo("a@example.com"))
	_, err = keys(t, "k2").Verify(old, now)
	require.ErrorIs(t, err, link.ErrForeign)
}

func TestClaimsThatCannotBeSigned(t *testing.T) {
	t.Parallel()
	for name, claim := range map[string]link.Claim{
		"NoRole":         {Dispute: "d-1", Expires: now},
		"OtherRole":      {Role: "klarna", Dispute: "d-1", Expires: now},
		"Nothing":        {Role: link.RoleMerchant, Expires: now},
		"Both":           {Role: link.RoleMerchant, Dispute: "d-1", Merchant: "m-1", Expires: now},
		"CustomersLogin": {Role: link.RoleCustomer, Login: "jonas", Expires: now},
		"LongID":         {Role: link.RoleCustomer, Dispute: strings.Repeat("d", 256), Expires: now},
		"NoExpiry":       {Role: link.RoleCustomer, Dispute: "d-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token, err := keys(t, "k1").Sign(claim, "a@example.com")
			require.Error(t, err)
			require.Empty(t, token)
		})
	}
	_, err := link.Keys{}.Sign(link.Claim{Role: link.RoleCustomer, Dispute: "d-1", Expires: now}, "")
	require.ErrorContains(t, err, "PORTAL_KEYS")
}

// FuzzVerify: only what was signed verifies, and every other text is refused by name.
func FuzzVerify(f *testing.F) {
	k := keys(f, "k1")
	signed := map[string]bool{}
	for _, claim := range claims {
		claim.Expires = now.Add(time.Hour)
		token := sign(f, k, claim, "jonas@example.org")
		signed[token] = true
		f.Add(token)
		f.Add(token[:len(token)/2])
		f.Add(strings.ToUpper(token))
	}
	f.Add("k1.")
	f.Add("k1.AAAA\nAAAA")
	f.Add("k1.A\r\nA")
	f.Fuzz(func(t *testing.T, token string) {
		got, err := k.Verify(token, now)
		if err == nil {
			require.True(t, signed[token], token)
			require.Equal(t, token, sign(t, k, got.Claim, "jonas@example.org"))
			return
		}
		require.Contains(t, []error{link.ErrTruncated, link.ErrForeign, link.ErrForged, link.ErrExpired}, err)
		require.Zero(t, got.Claim)
	})
}
