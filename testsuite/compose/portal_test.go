package compose_test

import (
	"errors"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// filesFolder is where a container has the files of disputes.
const filesFolder = "/var/lib/streitfall/files"

// ofS3 are the variables that the client of S3 reads.
var ofS3 = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"}

// portalSettings reads all that the portal is configured by: its own settings, those by which it reaches merchants, and the
// keys of the archive.
func portalSettings(getenv func(string) string) (portal.Config, error) {
	config, err := portal.ConfigFromEnv(getenv)
	_, errReach := assembly.ReachFromEnv(getenv)
	_, errKeys := encryption.ParseKeys(getenv("PAYLOAD_KEYS"))
	return config, errors.Join(err, errReach, errKeys)
}

// TestPortal: the portal accepts its settings, answers its health check, and has time to stop.
func TestPortal(t *testing.T) {
	t.Parallel()
	p := project(t)
	service := p.Services["portal"]
	config, err := portalSettings(environment(service))
	require.NoError(t, err)
	require.Equal(t, "http://localhost:8090", config.Site.String())
	require.Equal(t, "file:"+filesFolder, config.FilesURL)
	require.Equal(t, "shop", config.Tokens[0].Name)
	require.Equal(t, types.HealthCheckTest{"CMD", "worker", "health"}, service.HealthCheck.Test)
	require.Equal(t, ":9090", config.MetricsAddr, "worker health asks it")
	require.Equal(t, 20*time.Second, time.Duration(*service.StopGracePeriod))
	require.Equal(t, types.ShellCommand{"starter", "portal"}, service.Command)
	require.Equal(t, types.ServiceConditionHealthy, service.DependsOn["worker"].Condition, "its first start makes the ledger")
	var published []string
	for _, port := range service.Ports {
		published = append(published, port.Published)
	}
	require.ElementsMatch(t, []string{"8090", ""}, published)
}

// TestPortalSettings: every setting of the portal can be set in .env, also those of S3.
func TestPortalSettings(t *testing.T) {
	t.Parallel()
	service := project(t).Services["portal"]
	requirePassedOn(t, service, portalSettings)
	for _, name := range ofS3 {
		require.Contains(t, service.Environment, name)
	}
}

// TestLinks: the worker makes the links that the portal accepts.
func TestLinks(t *testing.T) {
	t.Parallel()
	p := project(t)
	worker, served := environment(p.Services["worker"]), environment(p.Services["portal"])
	for _, name := range []string{"PORTAL_URL", "PORTAL_KEYS", "LEDGER_URL", "TEMPORAL_NAMESPACE", "PAYLOAD_KEYS"} {
		require.NotEmpty(t, served(name))
		require.Equal(t, served(name), worker(name), name)
	}
}

// TestFilesFolder: a new volume belongs to the user of the image, because the image has the folder.
func TestFilesFolder(t *testing.T) {
	t.Parallel()
	image := project(t).Services["worker"].Build.DockerfileInline
	require.Contains(t, image, " && mkdir /out/files\n")
	require.Contains(t, image, "--chown=65532:65532 /out/files "+filesFolder+"\n")
}
