package compose_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/worker/codec"
	"github.com/streitfall/streitfall/workflows"
)

const file = "../../docker-compose.yml"

const tokenHash = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

// secrets are the variables that .env has to set, and those that it may set for other systems.
var secrets = map[string]string{
	"POSTGRES_PASSWORD": "secret0", "TEMPORAL_DB_PASSWORD": "secret1", "LEDGER_DB_PASSWORD": "secret2",
	"PAYLOAD_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "CODEC_TOKEN": "correct-horse-battery",
	"PORTAL_KEYS": "k2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	"EVENTS_URL":  "https://backend.example/events", "EVENTS_SECRET": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	"API_TOKENS": "shop:" + tokenHash + ":read",
}

// load reads the file as "docker compose" does, in an environment with the secrets except the named ones.
func load(t *testing.T, without ...string) (*types.Project, error) {
	t.Helper()
	environment := []string{}
	for name, value := range secrets {
		environment = append(environment, name+"="+value)
	}
	for _, name := range without {
		environment = append(environment, name+"=")
	}
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(environment), cli.WithProfiles([]string{"*"}))
	require.NoError(t, err)
	return options.LoadProject(t.Context())
}

func project(t *testing.T) *types.Project {
	t.Helper()
	loaded, err := load(t)
	require.NoError(t, err)
	return loaded
}

// environment returns a getenv function for the environment of a service.
func environment(service types.ServiceConfig) func(string) string {
	return func(name string) string {
		if value := service.Environment[name]; value != nil {
			return *value
		}
		return ""
	}
}

// TestSecrets: the file contains no secret, and a missing one is named in the error.
func TestSecrets(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, line := range regexp.MustCompile(`(?m)^ +[A-Z_]*(PASSWORD|PWD|KEYS?|KEY_ID|SECRET|TOKEN|URL): .+$`).FindAllString(string(text), -1) {
		require.Regexp(t, `: (\$\{[A-Z_]+:(\?[^}]*|-|-(smtp|http|file):[^}@]*)\}|http://localhost:\d+|postgres://ledger:\$\{LEDGER_DB_PASSWORD:\?.+)$`, line)
	}
	for _, name := range []string{"POSTGRES_PASSWORD", "TEMPORAL_DB_PASSWORD", "LEDGER_DB_PASSWORD", "PORTAL_KEYS"} {
		_, err := load(t, name)
		require.ErrorContains(t, err, name)
	}
	_, err = load(t, "EVENTS_URL", "EVENTS_SECRET", "API_TOKENS")
	require.NoError(t, err, "no other system need be told")
}

// TestOnlyLoopback: all ports are published on the loopback interface only, because Temporal requires no login.
func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	for name, service := range project(t).Services {
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, "%s %s", name, port.Published)
		}
	}
}

// TestServices: servers have a health check and restart, jobs are waited for, and all images are pinned.
func TestServices(t *testing.T) {
	t.Parallel()
	p := project(t)
	jobs := map[string]bool{}
	for name, service := range p.Services {
		for on, dependency := range service.DependsOn {
			job := dependency.Condition == types.ServiceConditionCompletedSuccessfully
			require.True(t, job || dependency.Condition == types.ServiceConditionHealthy, "%s waits for %s", name, on)
			jobs[on] = jobs[on] || job
		}
	}
	for name, service := range p.Services {
		if service.Build == nil && service.Image != "streitfall" {
			require.Regexp(t, `:v?\d+\.\d+(\.\d+)?`, service.Image)
		}
		if jobs[name] {
			require.Equal(t, "on-failure:5", service.Restart, name)
			continue
		}
		require.Equal(t, types.RestartPolicyUnlessStopped, service.Restart, name)
		require.True(t, service.HealthCheck != nil || name == "codec", name)
	}
	require.Equal(t, map[string]bool{"postgresql": false, "temporal-schema": true, "temporal": false, "temporal-namespace": true, "mailpit": false, "worker": false}, jobs)
}

// TestWorker: the worker accepts its settings, has only the rights that it needs, and has time to stop.
func TestWorker(t *testing.T) {
	t.Parallel()
	p := project(t)
	worker := p.Services["worker"]
	config, err := assembly.ConfigFromEnv(environment(worker))
	require.NoError(t, err)
	require.Equal(t, "postgres://ledger:secret2@postgresql:5432/ledger?sslmode=disable", config.LedgerURL)
	require.True(t, config.PayloadKeys.Any())
	require.Equal(t, "https://backend.example/events", config.Events.URL)
	require.Equal(t, ":9090", config.MetricsAddr)
	require.Equal(t, types.HealthCheckTest{"CMD", "worker", "health"}, worker.HealthCheck.Test)
	require.Equal(t, 40*time.Second, time.Duration(*worker.StopGracePeriod))
	_, err = codec.ConfigFromEnv(environment(p.Services["codec"]))
	require.NoError(t, err)
	for _, name := range []string{"worker", "codec", "portal"} {
		service := p.Services[name]
		require.True(t, service.ReadOnly)
		require.Equal(t, []string{"ALL"}, service.CapDrop)
		require.Equal(t, []string{"no-new-privileges:true"}, service.SecurityOpt)
		require.True(t, name == "portal" || len(service.Volumes) == 0, name)
	}
	image := worker.Build.DockerfileInline
	require.Contains(t, image, "\nFROM scratch\n")
	require.True(t, strings.HasSuffix(strings.TrimSpace(image), "\nUSER 65532:65532"))
}

// TestImage: the image is built from exactly those folders that the programs need.
func TestImage(t *testing.T) {
	t.Parallel()
	copied, needed := map[string]bool{}, map[string]bool{}
	image := project(t).Services["worker"].Build.DockerfileInline
	for _, folder := range regexp.MustCompile(`(?m)^COPY ([a-z]+) [a-z]+$`).FindAllStringSubmatch(image, -1) {
		copied[folder[1]] = true
	}
	const module = "github.com/streitfall/streitfall/"
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./worker", "./starter")
	list.Dir = "../.."
	packages, err := list.Output()
	require.NoError(t, err)
	for name := range strings.Lines(string(packages)) {
		if folder, ours := strings.CutPrefix(strings.TrimSpace(name), module); ours {
			top, _, _ := strings.Cut(folder, "/")
			needed[top] = true
		}
	}
	require.Equal(t, needed, copied)
}

// TestWorkerWithoutKeys: the worker starts without keys; encryption is recommended, not required.
func TestWorkerWithoutKeys(t *testing.T) {
	t.Parallel()
	p, err := load(t, "PAYLOAD_KEYS")
	require.NoError(t, err)
	config, err := assembly.ConfigFromEnv(environment(p.Services["worker"]))
	require.NoError(t, err)
	require.False(t, config.PayloadKeys.Any())
}

// TestNamespace: every search attribute is registered with its type, and closed disputes are retained for 90 days.
func TestNamespace(t *testing.T) {
	t.Parallel()
	script := project(t).Services["temporal-namespace"].Command[0]
	require.Contains(t, script, "namespace create --retention 90d")
	registered := map[string]string{}
	for _, attribute := range regexp.MustCompile(`--name (\w+) --type (\w+)`).FindAllStringSubmatch(script, -1) {
		registered[attribute[1]] = attribute[2]
	}
	require.Len(t, registered, len(workflows.SearchAttributes))
	for _, key := range workflows.SearchAttributes {
		require.Equal(t, key.GetValueType().String(), registered[key.GetName()], key.GetName())
	}
}

// TestTemporal: the server and the tools have the same release, and the server has its dynamic configuration file.
func TestTemporal(t *testing.T) {
	t.Parallel()
	p := project(t)
	_, release, _ := strings.Cut(p.Services["temporal"].Image, ":")
	for _, name := range []string{"temporal-schema", "temporal-namespace"} {
		require.Equal(t, "temporalio/admin-tools:"+release, p.Services[name].Image)
	}
	require.Len(t, p.Services["temporal"].Configs, 1)
	file := p.Services["temporal"].Configs[0]
	require.Equal(t, "/etc/temporal/config/dynamicconfig/docker.yaml", file.Target)
	require.NotEmpty(t, p.Configs[file.Source].Content)
}

// TestVolumes: the data of PostgreSQL and the files of disputes outlive their containers.
func TestVolumes(t *testing.T) {
	t.Parallel()
	p := project(t)
	for name, folder := range map[string]string{"postgresql": "/var/lib/postgresql/data", "portal": filesFolder} {
		require.Len(t, p.Services[name].Volumes, 1)
		data := p.Services[name].Volumes[0]
		require.Equal(t, "volume", data.Type)
		require.Equal(t, folder, data.Target)
		require.Contains(t, p.Volumes, data.Source)
	}
}

// TestDatabases: Temporal and the ledger have separate databases and users.
func TestDatabases(t *testing.T) {
	t.Parallel()
	p := project(t)
	script := p.Configs["databases"].Content
	for _, statement := range []string{
		"create role temporal login password :'temporal';", "create role ledger login password :'ledger';",
		"create database ledger owner ledger;", "create database temporal owner temporal;",
		`--set ledger="$LEDGER_DB_PASSWORD"`,
	} {
		require.Contains(t, script, statement)
	}
	require.NotContains(t, script, "secret")
	require.Equal(t, "/docker-entrypoint-initdb.d/databases.sh", p.Services["postgresql"].Configs[0].Target)
	for _, name := range []string{"temporal-schema", "temporal"} {
		require.NotContains(t, environment(p.Services[name])("SQL_USER")+environment(p.Services[name])("POSTGRES_USER"), "postgres")
	}
}

// TestWorkerSettings: every setting of the worker can be set in .env.
func TestWorkerSettings(t *testing.T) {
	t.Parallel()
	requirePassedOn(t, project(t).Services["worker"], assembly.ConfigFromEnv)
}

// requirePassedOn asserts that a service is given every variable that its program reads, but for a folder of mails, which is
// for demonstrations.
func requirePassedOn[Config any](t *testing.T, service types.ServiceConfig, read func(func(string) string) (Config, error)) {
	t.Helper()
	asked := map[string]bool{}
	_, err := read(func(name string) string {
		asked[name] = true
		return environment(service)(name)
	})
	require.NoError(t, err)
	delete(asked, "MAIL_DIR")
	for name := range service.Environment {
		delete(asked, name)
	}
	require.Empty(t, asked, "settings that docker-compose.yml does not pass on")
}
