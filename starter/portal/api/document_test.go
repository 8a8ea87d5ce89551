package api_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	clients := serve(t, []string{"shop read"})
	a := clients["shop"].do(http.MethodGet, "/openapi.json", nil, "Authorization", "")
	require.Equal(t, 200, a.status)
	require.NoError(t, os.WriteFile("/tmp/w/api_openapi.json", a.body, 0o600))
}
