package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAxeFindsBarriers: the instrument finds what it has to find, also under the portal's content security policy.
func TestAxeFindsBarriers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><input name="unlabelled"></main></html>`)
	}))
	t.Cleanup(server.Close)
	p := newTab(t, look{})
	p.open(server.URL)
	var found []string
	for _, v := range p.barriers() {
		found = append(found, v.ID)
	}
	require.Contains(t, found, "label")
}
