package testnet

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

// moveKey takes the consensus key out of a validator's home into a folder for a signer.
func moveKey(t *testing.T, home string) (signer string) {
	t.Helper()
	signer = filepath.Join(t.TempDir(), "signer")
	for _, name := range []string{"config/priv_validator_key.json", "data/priv_validator_state.json"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(signer, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(home, "ordering", name), filepath.Join(signer, name)); err != nil {
			t.Fatal(err)
		}
	}
	genesis, err := os.ReadFile(filepath.Join(home, "genesis.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(signer, "genesis.json"), genesis, 0o600); err != nil {
		t.Fatal(err)
	}
	return signer
}

// secrets are what no output may hold: the keys of a network's homes as their files have them.
func secrets(t *testing.T, consensus string, homes ...string) (found []string) {
	t.Helper()
	for _, path := range append([]string{filepath.Join(consensus, "config/priv_validator_key.json")}, nodeKeys(homes)...) {
		var file struct {
			Key struct{ Value string } `json:"priv_key"`
		}
		text, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(text, &file) != nil || len(file.Key.Value) < 40 {
			t.Fatalf("%s: %v", path, err)
		}
		found = append(found, file.Key.Value)
	}
	for _, home := range homes {
		text, err := os.ReadFile(filepath.Join(home, "ethereum.key"))
		if err != nil || len(text) < 64 {
			t.Fatal(err)
		}
		found = append(found, strings.TrimSpace(string(text)))
	}
	return found
}

func nodeKeys(homes []string) (paths []string) {
	for _, home := range homes {
		paths = append(paths, filepath.Join(home, "ordering/config/node_key.json"))
	}
	return paths
}

// A validator whose consensus key is in another process votes by it: with one more validator gone the network needs that
// vote. Nothing that any of the processes writes holds a key.
func TestSigner_VotesForAValidatorWithoutAKey(t *testing.T) {
	l := initNetwork(t, 0, 0)
	signer := moveKey(t, l.home(0))
	socket := filepath.Join(t.TempDir(), "signer.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket}) // as a node leaves it that was killed
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	_ = left.Close()
	address := "unix://" + socket
	sign := func() *process {
		return start(t, lockstep, "signer", "--home", signer, "--connect", address, "--log-level", "debug")
	}
	nodes := make([]*process, 4)
	nodes[0] = l.run(t, 0, "--ordering.signer="+address, "--log-level", "debug")
	for i := 1; i < 4; i++ {
		nodes[i] = l.run(t, i, "--log-level", "debug")
	}
	first := sign()
	head := reaches(t, l.url(1), 5)
	if code := nodes[3].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	head = reaches(t, l.url(1), head+20)

	if text, err := exec.Command(lockstep, "signer", "--home", signer, "--connect", address).CombinedOutput(); err == nil || !strings.Contains(string(text), "another signer") {
		t.Errorf("a second signer on the same key: %v\n%s", err, text)
	}
	if code := first.end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed signer", code)
	}
	stalls(t, l.url(1))
	second := sign()
	reaches(t, l.url(1), head+40)
	for i, p := range append(nodes[:3:3], second) {
		if code := p.end(t, syscall.SIGTERM); code != 0 {
			t.Errorf("process %d: exit code %d\n%s", i, code, p.output.String())
		}
	}
	for _, secret := range secrets(t, signer, l.home(0), l.home(1)) {
		for i, p := range append(nodes[:3:3], first, second) {
			if strings.Contains(p.output.String(), secret) {
				t.Errorf("process %d has written a key", i)
			}
		}
	}
}

// stalls waits until a network has ordered nothing for a second.
func stalls(t *testing.T, url string) {
	t.Helper()
	for before, deadline := uint64(0), time.Now().Add(patience); time.Now().Before(deadline); {
		head := reaches(t, url, 1)
		if head == before {
			return
		}
		before = head
		<-time.After(time.Second)
	}
	t.Fatal("the network goes on without the signer's vote")
}

// The keys of a validator that joins are made once, and its proofs hold.
func TestKeys_MakesAValidatorThatCanProveItsKeys(t *testing.T) {
	home, password := filepath.Join(t.TempDir(), "validator-4"), filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("some words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var shown, told [2]string
	for i := range shown {
		var words bytes.Buffer
		cmd := exec.Command(lockstep, "keys", "validator", "--home", home, "--password-file", password, "--power", "3")
		cmd.Stderr = &words
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, words.String())
		}
		shown[i], told[i] = string(text), words.String()
	}
	var v core.Validator
	if err := json.Unmarshal([]byte(shown[0]), &v); err != nil || v.Power != 3 || v.Validate() != nil || shown[0] != shown[1] {
		t.Errorf("%v, %v\n%s\n%s", err, v.Validate(), shown[0], shown[1])
	}
	if told[0] != told[1] || !strings.Contains(told[0], "node id ") {
		t.Errorf("it tells %q, then %q", told[0], told[1])
	}
	if strings.Contains(shown[0]+told[0], "some words") {
		t.Error("the password is printed")
	}
}
