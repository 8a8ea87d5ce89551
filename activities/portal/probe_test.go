package portal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
)

// TestTestMessage: a test message is signed like any other, and says that it is none about a dispute.
func TestTestMessage(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	answer, phase, err := webhooks(r).Test(t.Context(), dispute.Webhook{URL: r.URL, Secret: secret})
	require.NoError(t, err)
	require.Empty(t, phase)
	require.Contains(t, answer, "200 OK from ")
	got := r.received(t)
	require.Len(t, got, 1)
	require.Equal(t, portal.TestType, got[0].kind)
}

// TestPhases: a failed test says in which part of the request it failed.
func TestPhases(t *testing.T) {
	t.Parallel()
	gone := receive(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	for url, want := range map[string]portal.Phase{
		"https://10.0.0.1/":              portal.PhaseAddress,
		"http://192.0.2.1/":              portal.PhaseAddress,
		"https://shop.invalid/":          portal.PhaseName,
		"http://127.0.0.1:1/":            portal.PhaseConnect,
		gone.URL:                         portal.PhaseTLS, // its certificate is not trusted
		"http" + gone.URL[len("https"):]: portal.PhaseAnswer,
	} {
		_, phase, err := portal.New(nil, loopback, link.Site{}).Test(t.Context(), dispute.Webhook{URL: url, Secret: secret})
		require.Error(t, err, url)
		require.Equal(t, want, phase, "%s: %v", url, err)
	}
}
