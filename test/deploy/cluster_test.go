package deploy

import (
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// selects is whether a selector takes a pod.
func selects(t *testing.T, selector *meta.LabelSelector, pod core.PodTemplateSpec) bool {
	t.Helper()
	s, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(pod.Labels))
}

// selected are the names of the pods that a selector takes.
func (c *cluster) selected(t *testing.T, selector *meta.LabelSelector) (names []string) {
	t.Helper()
	for name, pod := range c.pods() {
		if selects(t, selector, pod) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var (
	validators = []string{"validator-0", "validator-1", "validator-2", "validator-3"}
	everybody  = append([]string{"follower", "gateway"}, validators...)
)

func TestKubernetes_SelectorsTakeWhatTheyMean(t *testing.T) {
	c := kubernetes(t)
	want := func(what string, selector *meta.LabelSelector, names ...string) {
		t.Helper()
		if got := c.selected(t, selector); !slices.Equal(got, names) {
			t.Errorf("%s takes %q, want %q", what, got, names)
		}
	}
	for name, set := range c.sets {
		want("set "+name, set.Spec.Selector, name)
		if name != "follower" && (*set.Spec.Replicas != 1 || set.Spec.UpdateStrategy.Type != "OnDelete") {
			t.Errorf("%s: %d pods, restarted %s; two processes with one key sign twice, and all sets at once are an outage", name, *set.Spec.Replicas, set.Spec.UpdateStrategy.Type)
		}
		if s := c.services[set.Spec.ServiceName]; s == nil {
			t.Errorf("%s: there is no service %s", name, set.Spec.ServiceName)
		}
	}
	for name, service := range c.services {
		want("service "+name, &meta.LabelSelector{MatchLabels: service.Spec.Selector}, name)
		pod := c.pods()[name]
		for _, port := range service.Spec.Ports {
			if number, ok := portOf(pod, port.TargetPort.StrVal); !ok || number != port.Port {
				t.Errorf("service %s: port %d leads to %s, which is %d", name, port.Port, port.TargetPort.StrVal, number)
			}
		}
	}
	for _, budget := range c.budgets {
		who := []string{budget.Name}
		if budget.Name == "validator" {
			who = validators
		}
		want("budget "+budget.Name, budget.Spec.Selector, who...)
		if budget.Spec.MaxUnavailable == nil || *budget.Spec.MaxUnavailable != intstr.FromInt32(1) {
			t.Errorf("budget %s allows %v", budget.Name, budget.Spec.MaxUnavailable)
		}
	}
	for _, name := range validators {
		affinity := c.sets[name].Spec.Template.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		if len(affinity) != 1 || affinity[0].TopologyKey != "kubernetes.io/hostname" {
			t.Fatalf("%s: affinity %+v", name, affinity)
		}
		want("affinity of "+name, affinity[0].LabelSelector, validators...)
		want("spread of "+name, c.sets[name].Spec.Template.Spec.TopologySpreadConstraints[0].LabelSelector, validators...)
	}
	want("the monitor", &c.monitor.Spec.Selector, everybody...)
	if s := c.services["gateway"].Spec; s.SessionAffinity != core.ServiceAffinityNone || c.ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service.Name != "gateway" {
		t.Errorf("clients reach %+v with affinity %s", c.ingress.Spec.Rules, s.SessionAffinity)
	}
}

func portOf(pod core.PodTemplateSpec, name string) (int32, bool) {
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == name {
				return port.ContainerPort, true
			}
		}
	}
	return 0, false
}

func TestKubernetes_PodsFindTheirFilesAndAreProbed(t *testing.T) {
	c := kubernetes(t)
	for name, pod := range c.pods() {
		files := c.files(t, name)
		for _, container := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
			for _, m := range container.VolumeMounts {
				if m.SubPath == "" {
					continue
				}
				if _, ok := files[m.Name][m.SubPath]; !ok || !m.ReadOnly {
					t.Errorf("%s: %s is mounted from %s, which does not have it, or can be written", name, m.SubPath, m.Name)
				}
			}
		}
		main := pod.Spec.Containers[0]
		wantTaken(t, main.Args)
		want := "rpc"
		if strings.HasPrefix(name, "validator") {
			want = "admin"
		}
		for what, probe := range map[string]*core.Probe{"/healthz start": main.StartupProbe, "/healthz": main.LivenessProbe, "/readyz": main.ReadinessProbe} {
			path, _, _ := strings.Cut(what, " ")
			if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.StrVal != want {
				t.Errorf("%s: probe %s is %+v, want port %s", name, what, probe, want)
			}
		}
		if name != "gateway" {
			continue
		}
		for _, container := range []core.Container{main, c.sets["follower"].Spec.Template.Spec.Containers[0]} {
			if container.Lifecycle == nil || container.Lifecycle.PreStop.Sleep.Seconds+10 > *pod.Spec.TerminationGracePeriodSeconds {
				t.Errorf("what serves clients goes away at once, or is killed: %+v", container.Lifecycle)
			}
		}
	}
}

// Names in the settings are names in the cluster, and as many as the autoscaler may start.
func TestKubernetes_SettingsNameWhatIsThere(t *testing.T) {
	c := kubernetes(t)
	most := int(c.scalers["follower"].Spec.MaxReplicas)
	if keys := c.files(t, "follower")["keys"]; len(keys) != most {
		t.Errorf("%d followers have keys, and the autoscaler starts %d", len(keys), most)
	}
	if c.scalers["gateway"].Spec.ScaleTargetRef.Name != c.gateways.Name || c.scalers["gateway"].Spec.ScaleTargetRef.Kind != "Deployment" {
		t.Errorf("the gateways' autoscaler is for %+v", c.scalers["gateway"].Spec.ScaleTargetRef)
	}
	for name := range c.pods() {
		text := string(c.files(t, name)["config"]["node.toml"])
		peers := regexp.MustCompile(`@([a-z0-9.-]+):26656`).FindAllStringSubmatch(text, -1)
		if want := map[bool]int{true: 3, false: 4}[strings.HasPrefix(name, "validator")]; name != "gateway" && len(peers) != want {
			t.Errorf("%s has %d peers, want %d\n%s", name, len(peers), want, text)
		}
		for _, peer := range peers {
			if s := c.services[peer[1]]; s == nil || s.Spec.ClusterIP == core.ClusterIPNone || !s.Spec.PublishNotReadyAddresses {
				t.Errorf("%s: peer %s has no address that is there before it", name, peer[1])
			}
		}
	}
	for i, text := range regexp.MustCompile(`http://[^"]+`).FindAllString(string(c.files(t, "gateway")["config"]["node.toml"]), -1) {
		if u, err := url.Parse(text); err != nil || u.Host != fmt.Sprintf("follower-%d.follower:8545", i) || i >= most {
			t.Errorf("upstream %d is %s: %v", i, text, err)
		}
	}
	if host := c.ingress.Spec.Rules[0].Host; !strings.Contains(c.variables(t, "gateway", "gateway-0")["LOCKSTEP_GATEWAY_VHOSTS"], host) {
		t.Errorf("gateways refuse the name %s", host)
	}
	for name := range c.pods() {
		cmd := exec.Command(lockstep, "config", "show")
		for key, value := range c.variables(t, name, name) {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestKubernetes_PoliciesLetPeersIn(t *testing.T) {
	c := kubernetes(t)
	for _, path := range []struct {
		from, to, port string
		want           bool
	}{
		{"validator-0", "validator-1", "p2p", true}, {"follower", "validator-3", "p2p", true}, {"gateway", "follower", "rpc", true},
		{"gateway", "validator-0", "p2p", false}, {"gateway", "validator-0", "admin", false}, {"follower", "validator-0", "admin", false}, {"validator-0", "follower", "rpc", false},
	} {
		if got := c.allowed(t, path.from, path.to, path.port); got != path.want {
			t.Errorf("%s reaches %s of %s: %t", path.from, path.port, path.to, got)
		}
	}
	for name, pod := range c.pods() {
		if !selects(t, &c.policies["lockstep"].Spec.PodSelector, pod) || len(c.policies["lockstep"].Spec.PolicyTypes) != 2 || c.policies["lockstep"].Spec.Ingress != nil {
			t.Errorf("%s is open unless something closes it", name)
		}
	}
}

// allowed is whether policies let one pod open a connection to another: one's way out and the other's way in.
func (c *cluster) allowed(t *testing.T, from, to, port string) bool {
	t.Helper()
	var out, in bool
	through := func(ports []networking.NetworkPolicyPort) bool {
		return len(ports) == 0 || slices.ContainsFunc(ports, func(p networking.NetworkPolicyPort) bool { return p.Port.StrVal == port })
	}
	peer := func(peers []networking.NetworkPolicyPeer, who string) bool {
		return len(peers) == 0 || slices.ContainsFunc(peers, func(p networking.NetworkPolicyPeer) bool {
			return p.PodSelector != nil && selects(t, p.PodSelector, c.pods()[who])
		})
	}
	for _, p := range c.policies {
		if selects(t, &p.Spec.PodSelector, c.pods()[from]) {
			for _, rule := range p.Spec.Egress {
				out = out || peer(rule.To, to) && through(rule.Ports)
			}
		}
		if selects(t, &p.Spec.PodSelector, c.pods()[to]) {
			for _, rule := range p.Spec.Ingress {
				in = in || peer(rule.From, from) && through(rule.Ports)
			}
		}
	}
	return in && out
}
