package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/devserver"
)

// TestTemporalEnvironment: workers reach a given server as we do, and the embedded one whatever is configured.
func TestTemporalEnvironment(t *testing.T) {
	t.Parallel()
	ours := []string{
		"TEMPORAL_ADDRESS=far.example:7233", "TEMPORAL_API_KEY=k=ey", "TEMPORAL_TLS=true", "XDG_CONFIG_HOME=/etc/c", "LEDGER_URL=sqlite:x",
		"TEMPORAL_DEPLOYMENT_NAME=streitfall", "TEMPORAL_WORKER_BUILD_ID=1",
	}
	given := &stage{temporal: client.Options{HostPort: "far.example:7233"}}
	require.Equal(t, map[string]string{
		"TEMPORAL_ADDRESS": "far.example:7233", "TEMPORAL_API_KEY": "k=ey", "TEMPORAL_TLS": "true", "XDG_CONFIG_HOME": "/etc/c",
	}, given.temporalEnvironment(ours))
	embedded := &stage{temporal: client.Options{HostPort: "127.0.0.1:1"}, embedded: &devserver.Server{}, dir: "/none"}
	require.Equal(t, map[string]string{"TEMPORAL_ADDRESS": "127.0.0.1:1", "TEMPORAL_CONFIG_FILE": "/none/none.toml"}, embedded.temporalEnvironment(ours))
}
