package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/api"
)

// TestPortalToken: the command prints a secret and the entry with which the portal knows it, and refuses what is no scope.
func TestPortalToken(t *testing.T) {
	t.Parallel()
	s := starter(t)
	printed := s.does("portal", "token", "nordlicht", "--scope", "read", "--scope", "as:merchant:nordlicht")
	found := regexp.MustCompile(`(?s)^secret: (streitfall_\S+)\nAPI_TOKENS: (nordlicht:\S+)\n$`).FindStringSubmatch(printed)
	require.Len(t, found, 3, printed)
	tokens, err := api.ParseTokens(found[2])
	require.NoError(t, err)
	require.Equal(t, "nordlicht", tokens[0].Merchant)
	s.fails([]string{"portal", "token", "nordlicht", "--scope", "all"}, "has a scope that is unknown; allowed are accounts, ")
	s.fails([]string{"portal", "token", "nordlicht", "--scope", "accounts", "--scope", "as:merchant:nordlicht"}, "can have no other scope than read")
	why := s.withPortal(map[string]string{"API_TOKENS": strings.Replace(found[2], "nordlicht:", "nordlicht:geheim", 1)}).
		fails([]string{"portal"}, "API_TOKENS is not valid: entry 1 has a hash that is not a SHA-256")
	require.NotContains(t, why, "geheim")
}
