package signer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

var network = common.Hash{1}

// newKey writes a key and gives its file.
func newKey(t *testing.T) string {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ethereum.key")
	if err := crypto.SaveECDSA(path, key); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFile(keyFile string, network core.NetworkID) (*Signer, error) {
	key, err := crypto.LoadECDSA(keyFile)
	if err != nil {
		return nil, err
	}
	return Open(key, keyFile, network)
}

func open(t *testing.T, keyFile string, network core.NetworkID) *Signer {
	t.Helper()
	s, err := openFile(keyFile, network)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func sign(t *testing.T, s *Signer, tick uint64, digest common.Hash) []byte {
	t.Helper()
	signature, err := s.Sign(tick, digest)
	if err != nil {
		t.Fatal(err)
	}
	if address, err := core.RecoverCheckpoint(digest, signature); err != nil || address != s.Address() {
		t.Fatalf("signature is of %s (%v), want %s", address, err, s.Address())
	}
	return signature
}

func refused(t *testing.T, s *Signer, tick uint64, digest common.Hash, want error) {
	t.Helper()
	if signature, err := s.Sign(tick, digest); !errors.Is(err, want) || signature != nil {
		t.Errorf("tick %d, digest %s: %x (%v), want %v", tick, digest, signature, err, want)
	}
}

func TestSigner_GivesOneSignaturePerTickAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	s := open(t, newKey(t), network)
	first := sign(t, s, 7, common.Hash{7})
	if again := sign(t, s, 7, common.Hash{7}); !bytes.Equal(again, first) {
		t.Error("the same request gives another signature")
	}
	refused(t, s, 7, common.Hash{8}, ErrOtherDigest)
	refused(t, s, 6, common.Hash{6}, ErrOlderTick)
	refused(t, s, 0, common.Hash{}, ErrOlderTick)
	sign(t, s, 8, common.Hash{8})
	refused(t, s, 7, common.Hash{7}, ErrOlderTick)
}

// The process is killed after the record was written and before the signature went out.
func TestSigner_CrashBetweenWriteAndRelease(t *testing.T) {
	t.Parallel()
	keyFile := newKey(t)
	s := open(t, keyFile, network)
	lost := sign(t, s, 7, common.Hash{7}) // what nobody has seen
	if err := s.Close(); err != nil {     // a killed process loses its lock as well
		t.Fatal(err)
	}
	s = open(t, keyFile, network)
	refused(t, s, 7, common.Hash{8}, ErrOtherDigest)
	if again := sign(t, s, 7, common.Hash{7}); !bytes.Equal(again, lost) {
		t.Error("the signature after the crash is another one")
	}
}

// The process is killed while the record is written: the old one holds, and what is left behind is no hindrance.
func TestSigner_CrashWithinAWrite(t *testing.T) {
	t.Parallel()
	keyFile := newKey(t)
	s := open(t, keyFile, network)
	sign(t, s, 7, common.Hash{7})
	if err := errors.Join(s.Close(), os.WriteFile(s.path+".tmp", []byte(`{"version":1,"tick":8,`), 0o600)); err != nil {
		t.Fatal(err)
	}
	s = open(t, keyFile, network)
	refused(t, s, 7, common.Hash{8}, ErrOtherDigest)
	sign(t, s, 8, common.Hash{9})
}

// A signature whose record cannot be written is not released, and nothing is remembered of it.
func TestSigner_ReleasesNothingWithoutARecord(t *testing.T) {
	t.Parallel()
	s := open(t, newKey(t), network)
	sign(t, s, 7, common.Hash{7})
	if err := os.Mkdir(s.path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if signature, err := s.Sign(8, common.Hash{8}); err == nil || signature != nil {
		t.Fatalf("released %x (%v)", signature, err)
	}
	if err := os.Remove(s.path + ".tmp"); err != nil {
		t.Fatal(err)
	}
	sign(t, s, 8, common.Hash{9}) // nobody has seen a signature over {8}
}

// A backup brings an older record back. What was signed since then is asked for with the same digest again, if at all,
// because a checkpoint is a function of what was decided; signatures are deterministic, so they are even the same bytes.
func TestSigner_RestoredBackup(t *testing.T) {
	t.Parallel()
	keyFile := newKey(t)
	s := open(t, keyFile, network)
	sign(t, s, 7, common.Hash{7})
	backup, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	signed := sign(t, s, 9, common.Hash{9})
	if err := errors.Join(s.Close(), os.WriteFile(s.path, backup, 0o600)); err != nil {
		t.Fatal(err)
	}
	s = open(t, keyFile, network)
	refused(t, s, 6, common.Hash{6}, ErrOlderTick)
	refused(t, s, 7, common.Hash{8}, ErrOtherDigest)
	if again := sign(t, s, 9, common.Hash{9}); !bytes.Equal(again, signed) {
		t.Error("the same digest gives another signature after the restore")
	}
}

// A new network begins at tick 1 again; the old network's record stays as it is.
func TestSigner_FreshNetworkHasItsOwnRecord(t *testing.T) {
	t.Parallel()
	keyFile := newKey(t)
	s := open(t, keyFile, network)
	sign(t, s, 1000, common.Hash{7})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	fresh := open(t, keyFile, common.Hash{2})
	sign(t, fresh, 1, common.Hash{8})
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, keyFile, network)
	refused(t, s, 1, common.Hash{8}, ErrOlderTick)
}

func TestSigner_RefusesARecordItCannotTrust(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(b []byte) []byte{
		"empty":            func([]byte) []byte { return nil },
		"half":             func(b []byte) []byte { return b[:len(b)/2] },
		"garbage":          func([]byte) []byte { return []byte("garbage") },
		"another version":  func(b []byte) []byte { return bytes.Replace(b, []byte(`"version": 1`), []byte(`"version": 2`), 1) },
		"unknown field":    func(b []byte) []byte { return bytes.Replace(b, []byte(`"version"`), []byte(`"more": 1, "version"`), 1) },
		"another tick 0":   func(b []byte) []byte { return bytes.Replace(b, []byte(`"tick": 7`), []byte(`"tick": 0`), 1) },
		"another network":  func(b []byte) []byte { return bytes.Replace(b, []byte(`"0x01`), []byte(`"0x02`), 1) },
		"another digest":   func(b []byte) []byte { return bytes.Replace(b, []byte(`"0x07`), []byte(`"0x08`), 1) },
		"without an error": func(b []byte) []byte { return b },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keyFile := newKey(t)
			s := open(t, keyFile, network)
			sign(t, s, 7, common.Hash{7})
			b, err := os.ReadFile(s.path)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Close(), os.WriteFile(s.path, damage(b), 0o600)); err != nil {
				t.Fatal(err)
			}
			again, err := openFile(keyFile, network)
			if name == "without an error" {
				if err != nil {
					t.Fatal(err)
				}
				_ = again.Close()
				return
			}
			if !errors.Is(err, ErrRecord) {
				t.Errorf("got %v, want %v", err, ErrRecord)
			}
		})
	}
}

func TestSigner_ClosedSignsNothing(t *testing.T) {
	t.Parallel()
	s := open(t, newKey(t), network)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, s, 1, common.Hash{1}, ErrClosed)
}

// holdKey makes this test binary a second process that holds a key until its input ends.
const holdKey = "LOCKSTEP_TEST_HOLD_KEY"

func TestMain(m *testing.M) {
	keyFile := os.Getenv(holdKey)
	if keyFile == "" {
		os.Exit(m.Run())
	}
	if _, err := openFile(keyFile, network); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

func TestOpen_TwoProcessesWithOneKey(t *testing.T) {
	t.Parallel()
	keyFile := newKey(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdKey+"="+keyFile)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process says %q (%v)", line, err)
	}
	for _, id := range []core.NetworkID{network, {2}} { // the key is locked, not the record
		_, err := openFile(keyFile, id)
		if !errors.Is(err, ErrInUse) {
			t.Fatalf("got %v, want %v", err, ErrInUse)
		}
		if name := fmt.Sprintf("process %d ", other.Process.Pid); !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %q", err, name)
		}
	}
	// A killed process leaves no lock behind.
	if err := errors.Join(other.Process.Kill(), stdin.Close()); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	open(t, keyFile, network)
}

func BenchmarkSign(b *testing.B) {
	key, err := crypto.GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "ethereum.key")
	if err := crypto.SaveECDSA(path, key); err != nil {
		b.Fatal(err)
	}
	s, err := openFile(path, network)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var tick uint64
	for b.Loop() {
		tick++
		if _, err := s.Sign(tick, common.Hash{1}); err != nil {
			b.Fatal(err)
		}
	}
}
