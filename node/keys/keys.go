package keys

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"
)

var (
	// ErrExists: the file is there already.
	ErrExists = errors.New("keys: file exists")
	// ErrPassword: the file is encrypted, and the password is missing or wrong.
	ErrPassword = errors.New("keys: password")
	// ErrFormat: the file is neither a keystore file nor 64 hex digits.
	ErrFormat = errors.New("keys: not a key file")
)

// Cost is how expensive a guess of the password is.
type Cost struct{ N, P int }

// Costs of scrypt: Standard takes a second and 256 MB, as in wallets; Light a tenth, for tests and development.
var (
	Standard = Cost{keystore.StandardScryptN, keystore.StandardScryptP}
	Light    = Cost{keystore.LightScryptN, keystore.LightScryptP}
)

// New makes a key and writes it to path, encrypted with the password, in the Web3 Secret Storage format, version 3, that
// go-ethereum and other wallets read. It gives the address. A file that exists is ErrExists.
func New(path, password string, cost Cost) (common.Address, error) {
	key, err := crypto.GenerateKey()
	if err != nil {
		return common.Address{}, err
	}
	return Save(path, key, password, cost)
}

// Save writes a key as New does.
func Save(path string, key *ecdsa.PrivateKey, password string, cost Cost) (common.Address, error) {
	if password == "" {
		return common.Address{}, fmt.Errorf("%w: it is empty", ErrPassword)
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return common.Address{}, err
	}
	address := crypto.PubkeyToAddress(key.PublicKey)
	text, err := keystore.EncryptKey(&keystore.Key{Id: id, Address: address, PrivateKey: key}, password, cost.N, cost.P)
	if err != nil {
		return common.Address{}, fmt.Errorf("keys: encrypt: %w", err)
	}
	return address, create(path, append(text, '\n'))
}

// create writes a new file, synced, for its owner alone.
func create(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s; it stays as it is, choose another name", ErrExists, path)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("keys: write %s: %w", path, err), os.Remove(path))
	}
	return nil
}

// Load reads a key: from a keystore file with the password in the first line of passwordFile, or from a file with 64 hex
// digits, which needs none.
func Load(path, passwordFile string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if !encrypted(text) {
		key, err := crypto.HexToECDSA(strings.TrimPrefix(strings.TrimSpace(string(text)), "0x"))
		if err != nil {
			return nil, fmt.Errorf("%w: %s: want a keystore file, or 64 hex digits", ErrFormat, path)
		}
		return key, nil
	}
	if passwordFile == "" {
		return nil, fmt.Errorf("%w: %s is encrypted; name the file with its password", ErrPassword, path)
	}
	password, err := Password(passwordFile)
	if err != nil {
		return nil, err
	}
	key, err := keystore.DecryptKey(text, password)
	if errors.Is(err, keystore.ErrDecrypt) {
		return nil, fmt.Errorf("%w: that in %s does not open %s", ErrPassword, passwordFile, path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return key.PrivateKey, nil
}

func encrypted(text []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) }

// Password reads the first line of a file.
func Password(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("keys: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("%w: the first line of %s is empty", ErrPassword, path)
	}
	return line, nil
}

// ChangePassword writes the key of a file anew, encrypted with the password in the first line of another file, so that a crash leaves
// the old file or the new one. It gives the address.
func ChangePassword(path, passwordFile, newPasswordFile string, cost Cost) (common.Address, error) {
	key, err := Load(path, passwordFile)
	if err != nil {
		return common.Address{}, err
	}
	password, err := Password(newPasswordFile)
	if err != nil {
		return common.Address{}, err
	}
	next := path + ".new"
	address, err := Save(next, key, password, cost)
	if err != nil {
		return common.Address{}, err
	}
	if err := os.Rename(next, path); err != nil {
		return common.Address{}, errors.Join(fmt.Errorf("keys: %w", err), os.Remove(next))
	}
	return address, nil
}
