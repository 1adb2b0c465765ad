package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"go.yaml.in/yaml/v3"
)

// service is what compose.yaml says of one; a key that is not here is refused.
type service struct {
	Image       string
	Build       struct{ Context, Dockerfile string }
	Restart     string
	Entrypoint  []string
	Command     []string
	Environment map[string]string
	Ports       []string
	Volumes     []string
	Networks    map[string]struct {
		IPv4 string `yaml:"ipv4_address"`
	}
	ExtraHosts      map[string]string `yaml:"extra_hosts"`
	StopGracePeriod string            `yaml:"stop_grace_period"`
	DependsOn       yaml.Node         `yaml:"depends_on"`
	Healthcheck     map[string]any
	Profiles        []string
	NetworkMode     string   `yaml:"network_mode"`
	CapAdd          []string `yaml:"cap_add"`
	CapDrop         []string `yaml:"cap_drop"`
}

type composeFile struct {
	Name     string
	XHosts   map[string]string `yaml:"x-hosts"`
	XNode    service           `yaml:"x-node"`
	XWan     service           `yaml:"x-wan"`
	Services map[string]service
	Networks map[string]any
	Volumes  map[string]any
}

func compose(t *testing.T) composeFile {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(read(t, "deploy/docker/compose.yaml")))
	decoder.KnownFields(true)
	var c composeFile
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompose_FitsTogether(t *testing.T) {
	c := compose(t)
	for name, s := range c.Services {
		if s.Image == "" {
			t.Errorf("%s has no image", name)
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, named := c.Volumes[source]; !named {
				if _, err := os.Stat(filepath.Join(root, "deploy/docker", source)); err != nil {
					t.Errorf("%s: volume %s is neither named nor a folder: %v", name, v, err)
				}
			}
		}
		for network, at := range s.Networks {
			if _, ok := c.Networks[network]; !ok || at.IPv4 != c.XHosts[name] {
				t.Errorf("%s: network %s, address %q; x-hosts says %q", name, network, at.IPv4, c.XHosts[name])
			}
		}
		if s.Build.Dockerfile != "" {
			read(t, filepath.Join("deploy/docker", s.Build.Context, s.Build.Dockerfile))
		}
		if s.Image == "lockstep" && s.Entrypoint == nil {
			wantTaken(t, s.Command)
		}
	}
	if len(c.XHosts) != 7 || len(c.Services) != 14 {
		t.Errorf("%d hosts and %d services, want 4 validators and their delays, 2 followers, a gateway, init, Prometheus and Grafana", len(c.XHosts), len(c.Services))
	}
}

// shaping is a command line of tc that delays what an interface sends, first and most by so many ms.
var shaping = regexp.MustCompile(`^tc qdisc replace dev eth0 root netem delay (\d+)ms \dms loss 0\.\d% limit \d+ && exec sleep infinity$`)

// The profile wan delays each validator once, so that round trips are those between regions.
func TestCompose_WanDelaysEachValidator(t *testing.T) {
	delays := make(map[string]int)
	for name, s := range compose(t).Services {
		if !strings.HasPrefix(name, "wan-") {
			if s.Profiles != nil || s.CapAdd != nil {
				t.Errorf("%s: profiles %q, capabilities %q", name, s.Profiles, s.CapAdd)
			}
			continue
		}
		m := shaping.FindStringSubmatch(strings.Join(s.Command, " "))
		if m == nil || !slices.Equal(s.Profiles, []string{"wan"}) || !slices.Equal(s.CapAdd, []string{"NET_ADMIN"}) || !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s runs %q in %q with %q", name, s.Command, s.Profiles, s.CapAdd)
			continue
		}
		delays[strings.TrimPrefix(s.NetworkMode, "service:")], _ = strconv.Atoi(m[1])
	}
	for _, one := range validators {
		for _, other := range validators {
			if trip := delays[one] + delays[other]; one != other && (trip < 40 || trip > 150) {
				t.Errorf("%s and %s are %d ms from each other, want 40 to 150", one, other, trip)
			}
		}
	}
}

// What init writes are homes whose settings the binary takes, for the hosts that compose.yaml names.
func TestCompose_InitWritesTheHomes(t *testing.T) {
	c, dir := compose(t), t.TempDir()
	init := c.Services["init"]
	script := strings.ReplaceAll(init.Command[0], "/var/lib/lockstep", dir)
	for range 2 { // the second run leaves the network as it is
		cmd := exec.Command("sh", "-c", script)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(lockstep)+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
	}
	for name := range c.XHosts {
		home := filepath.Join(dir, "net", name)
		settings, err := exec.Command(lockstep, "config", "show", "--config", filepath.Join(home, "node.toml")).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, settings)
		}
		for other := range c.XHosts {
			want := other != name && strings.HasPrefix(other, "validator") && !strings.HasPrefix(name, "gateway")
			if got := bytes.Contains(settings, []byte("@"+other+":26656")); got != want {
				t.Errorf("%s has %s among its peers: %t", name, other, got)
			}
		}
		if args := c.Services[name].Command; !slices.Contains(args, "/var/lib/lockstep/net/"+name) {
			t.Errorf("%s runs %q", name, args)
		}
	}
}

func TestGrafana_IsProvisioned(t *testing.T) {
	for _, file := range []string{"datasources/prometheus.yaml", "dashboards/lockstep.yaml"} {
		var parsed struct {
			APIVersion  int `yaml:"apiVersion"`
			Datasources []struct{ Name, UID, Type, URL string }
			Providers   []struct {
				Name, Type string
				Options    struct{ Path string }
			}
		}
		if err := yaml.Unmarshal(read(t, "deploy/grafana/provisioning/"+file), &parsed); err != nil || parsed.APIVersion != 1 {
			t.Errorf("%s: version %d, %v", file, parsed.APIVersion, err)
		}
		if len(parsed.Datasources)+len(parsed.Providers) != 1 {
			t.Errorf("%s provides nothing", file)
		}
		for _, p := range parsed.Providers {
			for _, name := range dashboards {
				if !slices.Contains(compose(t).Services["grafana"].Volumes, "../grafana/"+name+":"+p.Options.Path+"/"+name+":ro") {
					t.Errorf("%s looks in %s, where compose.yaml puts no %s", file, p.Options.Path, name)
				}
			}
		}
	}
}

func TestDockerfile_BuildsARunningNode(t *testing.T) {
	parsed, err := parser.Parse(bytes.NewReader(read(t, "deploy/docker/Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	if len(parsed.Warnings) > 0 {
		t.Error(parsed.Warnings)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil || len(stages) != 2 {
		t.Fatalf("%d stages, %v", len(stages), err)
	}
	goVersion := strings.Fields(strings.SplitAfterN(string(read(t, "go.mod")), "\ngo ", 2)[1])[0]
	if want := "golang:" + strings.Join(strings.Split(goVersion, ".")[:2], "."); !strings.HasPrefix(stages[0].BaseName, want) {
		t.Errorf("built with %s, want %s: go.mod", stages[0].BaseName, want)
	}
	var user, health string
	var line []string
	for _, command := range stages[1].Commands {
		switch c := command.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			health = strings.Join(c.Health.Test, " ")
		case *instructions.EntrypointCommand:
			line = append(slices.Clone(c.CmdLine), line...)
		case *instructions.CmdCommand:
			line = append(line, c.CmdLine...)
		}
	}
	if user == "" || user == "root" || !strings.HasSuffix(health, "/readyz") {
		t.Errorf("runs as %q, health is %q", user, health)
	}
	if len(line) < 2 || line[0] != "lockstep" {
		t.Fatalf("runs %q", line)
	}
	wantTaken(t, line[1:])
}

func TestUnit_IsValidAndHardened(t *testing.T) {
	text := string(read(t, "deploy/systemd/lockstep@.service"))
	for _, want := range []string{"\nRestart=on-failure\n", "\nRestartPreventExitStatus=2\n", "\nUser=lockstep\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the unit has no line %q", strings.TrimSpace(want))
		}
	}
	_, command, ok := strings.Cut(text, "\nExecStart=/usr/local/bin/lockstep ")
	if !ok {
		t.Fatal("the unit does not run lockstep")
	}
	command, _, _ = strings.Cut(command, "\n")
	wantTaken(t, strings.Fields(command))
	// The binary is not installed here.
	unit := filepath.Join(t.TempDir(), "lockstep@.service")
	if err := os.WriteFile(unit, []byte(strings.Replace(text, "/usr/local/bin/lockstep", lockstep, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", unit).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	if out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=30", unit).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}
