package keys

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

func TestChangePassword_OpensWithTheNewOneOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, after, key := file("before", "first\n"), file("after", "second\n"), filepath.Join(dir, "key")
	address, err := New(key, "first", Light)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ChangePassword(key, after, before, Light); !errors.Is(err, ErrPassword) {
		t.Errorf("with a wrong password: %v", err)
	}
	if got, err := ChangePassword(key, before, after, Light); err != nil || got != address {
		t.Fatalf("%s, want %s: %v", got, address, err)
	}
	if _, err := Load(key, before); !errors.Is(err, ErrPassword) {
		t.Errorf("the old password still opens it: %v", err)
	}
	loaded, err := Load(key, after)
	if err != nil || crypto.PubkeyToAddress(loaded.PublicKey) != address {
		t.Error(err)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
