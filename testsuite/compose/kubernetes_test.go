package compose_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/worker/codec"
)

const (
	manifests  = "../../worker/kubernetes"
	monitoring = "../../worker/monitoring"
)

// cluster is what the manifests create, by name.
type cluster struct {
	settings    map[string]corev1.ConfigMap
	secrets     map[string]corev1.Secret
	deployments map[string]appsv1.Deployment
	services    map[string]corev1.Service
	budgets     map[string]policyv1.PodDisruptionBudget
}

// readCluster decodes all manifests into the types of Kubernetes, and refuses what these do not know.
func readCluster(t *testing.T) cluster {
	t.Helper()
	c := cluster{
		map[string]corev1.ConfigMap{},
		map[string]corev1.Secret{},
		map[string]appsv1.Deployment{},
		map[string]corev1.Service{},
		map[string]policyv1.PodDisruptionBudget{},
	}
	files, err := filepath.Glob(manifests + "/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, document := range strings.Split(string(text), "\n---\n") {
			c.add(t, file, []byte(document))
		}
	}
	return c
}

func (c cluster) add(t *testing.T, file string, document []byte) {
	t.Helper()
	var kind struct{ APIVersion, Kind string }
	require.NoError(t, yaml.Unmarshal(document, &kind), file)
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 ConfigMap":
		decode(t, file, document, c.settings, func(o corev1.ConfigMap) string { return o.Name })
	case "v1 Secret":
		decode(t, file, document, c.secrets, func(o corev1.Secret) string { return o.Name })
	case "v1 Service":
		decode(t, file, document, c.services, func(o corev1.Service) string { return o.Name })
	case "apps/v1 Deployment":
		decode(t, file, document, c.deployments, func(o appsv1.Deployment) string { return o.Name })
	case "policy/v1 PodDisruptionBudget":
		decode(t, file, document, c.budgets, func(o policyv1.PodDisruptionBudget) string { return o.Name })
	default:
		require.FailNow(t, "unknown kind", "%s: %v", file, kind)
	}
}

func decode[Object any](t *testing.T, file string, document []byte, into map[string]Object, name func(Object) string) {
	t.Helper()
	var object Object
	require.NoError(t, yaml.UnmarshalStrict(document, &object), file)
	require.Regexp(t, `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`, name(object), file)
	require.NotContains(t, into, name(object))
	into[name(object)] = object
}

// environmentOf returns the environment of a container.
func (c cluster) environmentOf(t *testing.T, container corev1.Container) map[string]string {
	t.Helper()
	variables := map[string]string{}
	for _, source := range container.EnvFrom {
		if source.ConfigMapRef != nil {
			require.Contains(t, c.settings, source.ConfigMapRef.Name)
			for name, value := range c.settings[source.ConfigMapRef.Name].Data {
				variables[name] = value
			}
			continue
		}
		require.Contains(t, c.secrets, source.SecretRef.Name)
		for name, value := range c.secrets[source.SecretRef.Name].StringData {
			variables[name] = value
		}
	}
	for _, variable := range container.Env {
		variables[variable.Name] = variable.Value
	}
	return variables
}

// TestKubernetes: the manifests are valid and fit each other, and all programs accept their settings.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	require.Len(t, c.deployments, 3)
	for name, deployment := range c.deployments {
		pod := deployment.Spec.Template
		require.True(t, matches(deployment.Spec.Selector.MatchLabels, pod.Labels), name)
		require.GreaterOrEqual(t, *deployment.Spec.Replicas, int32(2))
		component := pod.Labels["app.kubernetes.io/component"]
		budget, known := c.budgets["streitfall-"+component]
		require.True(t, known && matches(budget.Spec.Selector.MatchLabels, pod.Labels), name)
		container := pod.Spec.Containers[0]
		requireHardened(t, pod.Spec)
		require.NotNil(t, container.LivenessProbe)
		require.NotNil(t, container.ReadinessProbe)
		if component != "worker" {
			require.True(t, matches(c.services[name].Spec.Selector, pod.Labels))
		}
		if version := pod.Labels["app.kubernetes.io/version"]; version != "" {
			require.Equal(t, "streitfall-"+component+"-"+regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(version, "-"), name)
		}
		checks := map[string]func(*testing.T, corev1.PodTemplateSpec, map[string]string){
			"worker": requireWorker, "portal": requirePortal, "codec": requireCodec,
		}
		checks[component](t, pod, c.environmentOf(t, container))
	}
	kustomization, err := os.ReadFile(filepath.Join(manifests, "kustomization.yaml"))
	require.NoError(t, err)
	for _, file := range []string{"settings.yaml", "worker.yaml", "portal.yaml", "codec.yaml"} {
		require.Contains(t, string(kustomization), "\n  - "+file+"\n")
	}
}

// TestKubernetesIsScraped: Prometheus finds the pods that measure, and names their jobs as the alert rules do.
func TestKubernetesIsScraped(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(filepath.Join(monitoring, "kubernetes.yml"))
	require.NoError(t, err)
	rules, err := os.ReadFile(filepath.Join(monitoring, "alerts.yml"))
	require.NoError(t, err)
	kustomization, err := os.ReadFile(filepath.Join(manifests, "kustomization.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(kustomization), "\nnamespace: streitfall\n")
	for _, says := range []string{"names: [streitfall]", "regex: streitfall;metrics", "replacement: streitfall-$1"} {
		require.Contains(t, string(config), says)
	}
	c := readCluster(t)
	for name, deployment := range c.deployments {
		pod := deployment.Spec.Template
		require.NotContains(t, pod.Annotations, "prometheus.io/scrape", "it would have another job")
		require.Equal(t, "streitfall", pod.Labels["app.kubernetes.io/name"], name)
		measures := slices.ContainsFunc(pod.Spec.Containers[0].Ports, func(port corev1.ContainerPort) bool { return port.Name == "metrics" })
		job := `job="streitfall-` + pod.Labels["app.kubernetes.io/component"] + `"`
		require.Equal(t, measures, strings.Contains(string(rules), job), name)
		_, configured := c.environmentOf(t, pod.Spec.Containers[0])["METRICS_ADDR"]
		require.Equal(t, measures, configured, name)
	}
}

func requireWorker(t *testing.T, pod corev1.PodTemplateSpec, settings map[string]string) {
	t.Helper()
	config, unread := readSettings(t, settings, assembly.ConfigFromEnv)
	require.Empty(t, unread)
	require.Equal(t, ":9090", config.MetricsAddr)
	require.True(t, config.Portal.Site.Any())
	require.NotEmpty(t, config.Events.Secret)
	require.Equal(t, config.BuildID, pod.Labels["app.kubernetes.io/version"])
	require.Equal(t, int64(40), *pod.Spec.TerminationGracePeriodSeconds)
	requireReadiness(t, pod.Spec.Containers[0])
	startup := pod.Spec.Containers[0].StartupProbe
	require.GreaterOrEqual(t, startup.PeriodSeconds*startup.FailureThreshold, int32(300), "a migration may wait for another worker's")
}

func requirePortal(t *testing.T, pod corev1.PodTemplateSpec, settings map[string]string) {
	t.Helper()
	config, unread := readSettings(t, settings, portalSettings)
	require.Subset(t, ofS3, unread)
	require.True(t, strings.HasPrefix(config.FilesURL, "s3://"), "several replicas share no folder")
	require.Len(t, config.Tokens, 1)
	require.Equal(t, ":8090", config.Addr)
	require.Equal(t, ":9090", config.MetricsAddr)
	require.Equal(t, int64(20), *pod.Spec.TerminationGracePeriodSeconds)
	requireReadiness(t, pod.Spec.Containers[0])
	require.Equal(t, "/tmp", pod.Spec.Containers[0].VolumeMounts[0].MountPath, "uploads are written there before they are checked")
}

func requireCodec(t *testing.T, _ corev1.PodTemplateSpec, settings map[string]string) {
	t.Helper()
	_, unread := readSettings(t, settings, codec.ConfigFromEnv)
	require.Empty(t, unread)
}

func requireReadiness(t *testing.T, container corev1.Container) {
	t.Helper()
	require.Equal(t, "/readyz", container.ReadinessProbe.HTTPGet.Path)
	require.Greater(t, container.ReadinessProbe.TimeoutSeconds, int32(5), "/readyz answers after 5 s at most")
}

func matches(selector, labelled map[string]string) bool {
	return len(selector) > 0 && labels.SelectorFromSet(selector).Matches(labels.Set(labelled))
}

func requireHardened(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	require.False(t, *pod.AutomountServiceAccountToken)
	require.True(t, *pod.SecurityContext.RunAsNonRoot)
	for _, container := range pod.Containers {
		require.True(t, *container.SecurityContext.ReadOnlyRootFilesystem)
		require.False(t, *container.SecurityContext.AllowPrivilegeEscalation)
		require.Equal(t, []corev1.Capability{"ALL"}, container.SecurityContext.Capabilities.Drop)
		require.NotEmpty(t, container.Resources.Requests)
	}
}

// ofTemporal are the variables that Temporal's own library reads.
var ofTemporal = []string{"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"}

// readSettings reads a configuration from variables, and returns those that nobody has read.
func readSettings[Config any](t *testing.T, variables map[string]string, read func(func(string) string) (Config, error)) (config Config, unread []string) {
	t.Helper()
	asked := map[string]bool{}
	config, err := read(func(name string) string {
		asked[name] = true
		return variables[name]
	})
	require.NoError(t, err)
	_, err = assembly.LogFromEnv(func(name string) string {
		asked[name] = true
		return variables[name]
	})
	require.NoError(t, err)
	for _, name := range ofTemporal {
		asked[name] = true
	}
	for name := range variables {
		if !asked[name] {
			unread = append(unread, name)
		}
	}
	return config, unread
}
