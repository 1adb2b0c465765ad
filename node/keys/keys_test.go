package keys

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNew_WritesWhatLoadReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sub", "validator.json")
	address, err := New(path, "correct horse", Light)
	if err != nil {
		t.Fatal(err)
	}
	key, err := Load(path, file(t, "correct horse\r\nsecond line"))
	if err != nil || crypto.PubkeyToAddress(key.PublicKey) != address {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(path)
	if _, err := New(path, "other", Light); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	if after, _ := os.ReadFile(path); string(before) != string(after) {
		t.Error("the file was overwritten")
	}
}

// The vector "scrypt" of the Web3 Secret Storage Definition.
func TestLoad_ReadsAPublishedKeystoreFile(t *testing.T) {
	t.Parallel()
	const vector = `{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},"ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},"mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}`
	key, err := Load(file(t, vector), file(t, "testpassword\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := crypto.FromECDSA(key); hex.EncodeToString(got) != "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d" {
		t.Errorf("%x", got)
	}
}

func TestLoad_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.json")
	if _, err := New(path, "right", Light); err != nil {
		t.Fatal(err)
	}
	secret := strings.Repeat("a1", 31)
	for name, c := range map[string]struct {
		path, password string
		want           error
	}{
		"no password":    {path, "", ErrPassword},
		"wrong password": {path, file(t, "wrong"), ErrPassword},
		"empty password": {path, file(t, "\nright"), ErrPassword},
		"short hex":      {file(t, secret), "", ErrFormat},
		"not a keystore": {file(t, `{"crypto":1}`), file(t, "right"), ErrFormat},
		"missing":        {path + "x", "", os.ErrNotExist},
	} {
		_, err := Load(c.path, c.password)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "wrong\"") {
			t.Errorf("%s: the error holds a secret: %v", name, err)
		}
	}
	if _, err := Load(file(t, "0x"+strings.Repeat("a1", 32)+"\n"), ""); err != nil {
		t.Error(err)
	}
	if _, err := New(filepath.Join(t.TempDir(), "k"), "", Light); !errors.Is(err, ErrPassword) {
		t.Error(err)
	}
}
