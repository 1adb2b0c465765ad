package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	security "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// cluster is what kubectl apply -k deploy/kubernetes/network would send.
type cluster struct {
	sets     map[string]*apps.StatefulSet
	gateways *apps.Deployment
	services map[string]*core.Service
	configs  map[string]*core.ConfigMap
	secrets  map[string]*core.Secret
	budgets  []*policy.PodDisruptionBudget
	policies map[string]*networking.NetworkPolicy
	scalers  map[string]*autoscaling.HorizontalPodAutoscaler
	ingress  *networking.Ingress
	monitor  *monitoring.PodMonitor
	rules    *monitoring.PrometheusRule
}

// built is the cluster, made once: by the lines of network/README.md, and by kustomize itself.
var built = sync.OnceValues(func() (*cluster, error) {
	dir, err := os.MkdirTemp("", "lockstep-kubernetes")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "deploy/kubernetes"))); err != nil {
		return nil, err
	}
	network := filepath.Join(dir, "network")
	readme, err := os.ReadFile(filepath.Join(network, "README.md"))
	if err != nil {
		return nil, err
	}
	_, script, found := strings.Cut(string(readme), "```sh run\n")
	script, _, closed := strings.Cut(script, "```")
	if !found || !closed {
		return nil, fmt.Errorf("network/README.md has no lines to run:\n%s", readme)
	}
	for _, left := range []string{"net", "password", "validator-0/home", "validator-1/home", "validator-2/home", "validator-3/home"} {
		if err := os.RemoveAll(filepath.Join(network, left)); err != nil { // of somebody who has followed the page in this tree
			return nil, err
		}
	}
	cmd := exec.Command("sh", "-eu")
	cmd.Dir, cmd.Stdin = network, strings.NewReader(script)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(lockstep)+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", script, err, out)
	}
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), network)
	if err != nil {
		return nil, err
	}
	c := &cluster{
		sets: make(map[string]*apps.StatefulSet), services: make(map[string]*core.Service), configs: make(map[string]*core.ConfigMap),
		secrets: make(map[string]*core.Secret), policies: make(map[string]*networking.NetworkPolicy), scalers: make(map[string]*autoscaling.HorizontalPodAutoscaler),
	}
	for _, object := range objects.Resources() {
		text, err := object.AsYAML()
		if err == nil {
			err = c.take(object.GetApiVersion()+" "+object.GetKind(), text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return c, nil
})

// kubernetes is the cluster, or the end of the test.
func kubernetes(t *testing.T) *cluster {
	t.Helper()
	c, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// decode reads an object; a field that its type does not have is refused.
func decode[T any](text []byte) (*T, error) {
	object := new(T)
	return object, yaml.UnmarshalStrict(text, object)
}

// named reads an object into a table.
func named[T any, P interface {
	*T
	meta.Object
}](table map[string]*T, text []byte) error {
	object, err := decode[T](text)
	if err == nil {
		table[P(object).GetName()] = object
	}
	return err
}

// take puts an object where it belongs.
func (c *cluster) take(kind string, text []byte) (err error) {
	switch kind {
	case "v1 Namespace":
		_, err = decode[core.Namespace](text)
	case "v1 Service":
		err = named(c.services, text)
	case "v1 ConfigMap":
		err = named(c.configs, text)
	case "v1 Secret":
		err = named(c.secrets, text)
	case "apps/v1 StatefulSet":
		err = named(c.sets, text)
	case "apps/v1 Deployment":
		c.gateways, err = decode[apps.Deployment](text)
	case "policy/v1 PodDisruptionBudget":
		var b *policy.PodDisruptionBudget
		b, err = decode[policy.PodDisruptionBudget](text)
		c.budgets = append(c.budgets, b)
	case "networking.k8s.io/v1 NetworkPolicy":
		err = named(c.policies, text)
	case "networking.k8s.io/v1 Ingress":
		c.ingress, err = decode[networking.Ingress](text)
	case "autoscaling/v2 HorizontalPodAutoscaler":
		err = named(c.scalers, text)
	case "monitoring.coreos.com/v1 PodMonitor":
		c.monitor, err = decode[monitoring.PodMonitor](text)
	case "monitoring.coreos.com/v1 PrometheusRule":
		c.rules, err = decode[monitoring.PrometheusRule](text)
	default:
		err = fmt.Errorf("no test knows %s", kind)
	}
	return err
}

// pods are the templates of all pods, by what they are named after.
func (c *cluster) pods() map[string]core.PodTemplateSpec {
	all := map[string]core.PodTemplateSpec{"gateway": c.gateways.Spec.Template}
	for name, set := range c.sets {
		all[name] = set.Spec.Template
	}
	return all
}

func TestKubernetes_PodsAreConfined(t *testing.T) {
	c := kubernetes(t)
	evaluator, err := security.NewEvaluator(security.DefaultChecks())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.pods()) != 6 {
		t.Fatalf("%d sets of pods, want 4 validators, followers and gateways", len(c.pods()))
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for name, pod := range c.pods() {
		for _, result := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
			if !result.Allowed {
				t.Errorf("%s: %s: %s", name, result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
		if links := pod.Spec.EnableServiceLinks; links == nil || *links {
			t.Errorf("%s: the cluster's variables for services may be taken for settings", name)
		}
		if token := pod.Spec.AutomountServiceAccountToken; token == nil || *token {
			t.Errorf("%s has a token for the cluster, which it does not need", name)
		}
		for _, container := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
			if s := container.SecurityContext; s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
				t.Errorf("%s: %s can write to its image", name, container.Name)
			}
			if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() || !container.Resources.Limits.Cpu().IsZero() {
				t.Errorf("%s: %s: want a limit of memory, a request of the processor and no limit of it", name, container.Name)
			}
			if !strings.HasPrefix(container.Image, "registry.example.com/lockstep:") {
				t.Errorf("%s: image %s is not the one that kustomization.yaml names", name, container.Image)
			}
			for _, v := range container.Env {
				if v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
					t.Errorf("%s: secret in variable %s", name, v.Name)
				}
			}
			if len(container.EnvFrom) != 0 {
				t.Errorf("%s: %s takes variables as they come", name, container.Name)
			}
		}
	}
}

// Prometheus' rules are those of deploy/prometheus; -rewrite writes them.
func TestKubernetes_AlertsAreThoseOfPrometheus(t *testing.T) {
	const path = "deploy/kubernetes/monitoring/rules.yaml"
	var groups struct {
		Groups json.RawMessage `json:"groups"`
	}
	if err := yaml.Unmarshal(read(t, "deploy/prometheus/alerts.yml"), &groups); err != nil {
		t.Fatal(err)
	}
	want, err := yaml.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": map[string]string{"name": "lockstep"}, "spec": groups,
	})
	if err != nil {
		t.Fatal(err)
	}
	want = append([]byte("# Written from deploy/prometheus/alerts.yml by `cd test/deploy && go test -run AlertsAreThose -rewrite`.\n"), want...)
	if *rewrite {
		if err := os.WriteFile(filepath.Join(root, path), want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if string(read(t, path)) != string(want) {
		t.Errorf("%s is not what deploy/prometheus/alerts.yml says; its first line says how to write it", path)
	}
	if c := kubernetes(t); len(c.rules.Spec.Groups) == 0 || len(c.rules.Spec.Groups[0].Rules) != len(rules(t)) {
		t.Errorf("the cluster gets %d groups of rules", len(c.rules.Spec.Groups))
	}
}
