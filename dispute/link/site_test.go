package link_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/link"
)

func TestParseSite(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                   "",
		"https://disputes.example.com":       "https://disputes.example.com",
		"https://Disputes.Example.com:8443/": "https://disputes.example.com:8443",
		"http://localhost:8090":              "http://localhost:8090",
		"http://127.0.0.1:8090/":             "http://127.0.0.1:8090",
	} {
		site, err := link.ParseSite(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, site.String())
		require.Equal(t, want != "", site.Any())
	}
	for _, raw := range []string{
		"disputes.example.com", "http://disputes.example.com", "http://127.0.0.1.example.com", "http://192.168.1.2", "https://", "ftp://example.com", "https://example.com/portal",
		"https://example.com?a=b", "https://example.com?", "https://example.com#a", "https://u:p@example.com", "https://exämple.com", "https://example.com\n", "://",
	} {
		_, err := link.ParseSite(raw)
		require.ErrorContains(t, err, "https://disputes.example.com", raw)
	}
}

func TestSiteURLs(t *testing.T) {
	t.Parallel()
	site, err := link.ParseSite("https://disputes.example.com/")
	require.NoError(t, err)
	require.Equal(t, "https://disputes.example.com/link/k1.AAAA", site.Entry("k1.AAAA"))
	require.Equal(t, "https://disputes.example.com/disputes/d-1:a", site.Case("d-1:a"))
}
