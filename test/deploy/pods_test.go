package deploy

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// files are what the volumes of a pod hold at its start.
func (c *cluster) files(t *testing.T, name string) map[string]map[string][]byte {
	t.Helper()
	volumes := make(map[string]map[string][]byte)
	for _, v := range c.pods()[name].Spec.Volumes {
		held := make(map[string][]byte)
		switch {
		case v.ConfigMap != nil:
			config := c.configs[v.ConfigMap.Name]
			if config == nil {
				t.Fatalf("%s: there is no ConfigMap %s", name, v.ConfigMap.Name)
			}
			for file, text := range config.Data {
				held[file] = []byte(text)
			}
		case v.Secret != nil:
			secret := c.secrets[v.Secret.SecretName]
			if secret == nil || v.Secret.DefaultMode == nil || *v.Secret.DefaultMode != 0o400 {
				t.Fatalf("%s: there is no Secret %s, or others can read it", name, v.Secret.SecretName)
			}
			held = secret.Data
		}
		volumes[v.Name] = held
	}
	return volumes
}

// variables are those of the containers of a pod.
func (c *cluster) variables(t *testing.T, name, pod string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	spec := c.pods()[name].Spec
	for _, container := range append(spec.InitContainers, spec.Containers...) {
		for _, v := range container.Env {
			value := v.Value
			switch {
			case v.ValueFrom == nil:
			case v.ValueFrom.FieldRef != nil && v.ValueFrom.FieldRef.FieldPath == "metadata.name":
				value = pod
			case v.ValueFrom.ConfigMapKeyRef != nil && c.configs[v.ValueFrom.ConfigMapKeyRef.Name] != nil:
				value = c.configs[v.ValueFrom.ConfigMapKeyRef.Name].Data[v.ValueFrom.ConfigMapKeyRef.Key]
			}
			if value == "" && v.Name != "LOCKSTEP_GATEWAY_LISTEN" {
				t.Errorf("%s: variable %s is empty", name, v.Name)
			}
			all[v.Name] = regexp.MustCompile(`\$\((\w+)\)`).ReplaceAllStringFunc(value, func(ref string) string { return all[ref[2:len(ref)-1]] })
		}
	}
	return all
}

// pod is a pod as a process of this machine.
type pod struct {
	name, root string
	probes     string // where /healthz, /readyz and /metrics are
	cmd        *exec.Cmd
	output     bytes.Buffer
}

// volumeRoot is where pods have their homes.
const volumeRoot = "/var/lib/lockstep"

// prepare runs a pod's init container on an empty volume.
func (c *cluster) prepare(t *testing.T, set, name string, vars map[string]string) (*pod, error) {
	t.Helper()
	p := &pod{name: name, root: t.TempDir()}
	home := filepath.Join(p.root, "main")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	volumes, spec := c.files(t, set), c.pods()[set].Spec
	for _, container := range spec.InitContainers {
		keys := t.TempDir()
		for file, text := range volumes["keys"] {
			if err := os.WriteFile(filepath.Join(keys, file), text, 0o400); err != nil {
				t.Fatal(err)
			}
		}
		script := strings.NewReplacer(volumeRoot, p.root, "/run/keys", keys).Replace(container.Args[0])
		cmd := exec.Command(container.Command[0], append(container.Command[1:], script)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		for key, value := range vars {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	for _, m := range spec.Containers[0].VolumeMounts {
		if m.SubPath != "" {
			if err := os.WriteFile(strings.Replace(m.MountPath, volumeRoot, p.root, 1), volumes[m.Name][m.SubPath], 0o400); err != nil {
				t.Fatal(err) // the folder is not there: the runtime would make it as root
			}
		}
	}
	return p, nil
}

// places gives every host:port of the settings an address on this machine.
type places map[string]string

func (at places) move(t *testing.T, text string) string {
	t.Helper()
	return regexp.MustCompile(`((?:validator|follower)-\d[a-z.]*):(\d+)`).ReplaceAllStringFunc(text, func(host string) string { return at.of(t, host) })
}

func (at places) of(t *testing.T, host string) string {
	t.Helper()
	if at[host] == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at[host] = l.Addr().String()
		t.Cleanup(func() { _ = l.Close() })
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return at[host]
}

// start runs a pod's container, with its listeners moved to this machine.
func (c *cluster) start(t *testing.T, set, name string, at places) *pod {
	t.Helper()
	vars := c.variables(t, set, name)
	p, err := c.prepare(t, set, name, vars)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	file := filepath.Join(p.root, "main", "node.toml")
	settings, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(at.move(t, string(settings))), 0o400); err != nil {
		t.Fatal(err)
	}
	if set == "follower" || set == "gateway" {
		p.probes = at.of(t, map[string]string{"follower": name + ".follower:8545", "gateway": name + ":8545"}[set])
		vars["LOCKSTEP_GATEWAY_LISTEN"] = p.probes
	} else {
		p.probes = at.of(t, name+":6060")
		vars["LOCKSTEP_ADMIN_LISTEN"] = p.probes
	}
	if set != "gateway" {
		vars["LOCKSTEP_ORDERING_LISTEN"] = at.of(t, name+":26656")
	}
	args := c.pods()[set].Spec.Containers[0].Args
	p.cmd = exec.Command(lockstep, strings.Fields(strings.ReplaceAll(strings.Join(args, " "), volumeRoot, p.root))...)
	for key, value := range vars {
		p.cmd.Env = append(p.cmd.Env, key+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		if err := p.cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("%s: %v\n%.3000s", name, err, p.output.String())
		}
	})
	return p
}

// await asks the readiness probe until it says yes.
func (p *pod) await(t *testing.T, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for every := time.NewTicker(100 * time.Millisecond); ; <-every.C {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.probes+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if ctx.Err() != nil {
			t.Fatalf("%s is not ready", p.name)
		}
	}
}

// The pods as processes: files where their volumes put them, the scripts of their init containers, their variables and arguments.
// Only addresses are others.
func TestKubernetes_PodsRunANetwork(t *testing.T) {
	c, at := kubernetes(t), make(places)
	var pods []*pod
	for _, name := range validators {
		pods = append(pods, c.start(t, name, name, at))
	}
	pods = append(pods, c.start(t, "follower", "follower-0", at), c.start(t, "gateway", "gateway-0", at))
	for _, p := range pods {
		p.await(t, "/healthz")
		p.await(t, "/readyz")
	}
	out, err := exec.Command(lockstep, "validators", "--rpc", "http://"+pods[5].probes).CombinedOutput()
	if err != nil || strings.Count(string(out), "0x") < 4 {
		t.Errorf("through the gateway: %v\n%s", err, out)
	}
	metrics := make(map[string]bool)
	for _, p := range pods {
		maps.Copy(metrics, exported(t, "http://"+p.probes))
	}
	for _, u := range panels(t, "network.json") {
		if u.metric != "up" && !metrics[u.metric] && !slices.Contains(afterEvent, u.metric) {
			t.Errorf("%s: no pod exports %s", u.where, u.metric)
		}
	}
}

// A validator whose volume is lost must not forget what it signed.
func TestKubernetes_EmptyVolumeIsRefused(t *testing.T) {
	c := kubernetes(t)
	vars := c.variables(t, "validator-0", "validator-0")
	vars["EMPTY_VOLUME"] = "refuse"
	if _, err := c.prepare(t, "validator-0", "validator-0-0", vars); err == nil || !strings.Contains(err.Error(), "no record of what this validator has signed") {
		t.Errorf("the init container says %v", err)
	}
}
