package comet

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtprivval "github.com/cometbft/cometbft/privval"
)

// Files under the home folder, where the engine's own tools look for them.
const (
	consensusKeyFile = "config/priv_validator_key.json"
	lastSignFile     = "data/priv_validator_state.json"
	nodeKeyFile      = "config/node_key.json"
)

// GenerateKeys makes the consensus key and the node key of a home folder, or reads them if they are there; keys are
// never replaced. The node id is what peers put before the '@' of a peer address.
func GenerateKeys(home string) (consensus ed25519.PrivateKey, nodeID string, err error) {
	for _, dir := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			return nil, "", fmt.Errorf("ordering: create home folder: %w", err)
		}
	}
	keyPath, statePath := filepath.Join(home, consensusKeyFile), filepath.Join(home, lastSignFile)
	if missing(keyPath) {
		// A record of signatures without its key would be overwritten with an empty one: never forget signatures.
		if !missing(statePath) {
			return nil, "", fmt.Errorf("%w: %s is missing beside %s", ErrKeys, consensusKeyFile, lastSignFile)
		}
		if err := create(func() { cmtprivval.GenFilePV(keyPath, statePath).Save() }); err != nil {
			return nil, "", err
		}
	}
	key, _, _, err := readConsensusKey(home)
	if err != nil {
		return nil, "", err
	}
	nodeID, err = GenerateNodeKey(home)
	return ed25519.PrivateKey(key.PrivKey.Bytes()), nodeID, err
}

// GenerateNodeKey makes the node key of a home folder, or reads it if it is there: all that a follower needs.
func GenerateNodeKey(home string) (nodeID string, err error) {
	path := filepath.Join(home, nodeKeyFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("ordering: create home folder: %w", err)
	}
	if missing(path) {
		if _, err := cmtp2p.LoadOrGenNodeKey(path); err != nil {
			return "", fmt.Errorf("%w: %s: %w", ErrKeys, nodeKeyFile, err)
		}
	}
	node, err := loadNodeKey(home)
	if err != nil {
		return "", err
	}
	return string(node.ID()), nil
}

// readConsensusKey reads the consensus key and the record of its last signature; slots tells that the record has its form already. The engine's own
// loader ends the process on any problem.
func readConsensusKey(home string) (key cmtprivval.FilePVKey, last signed, slots bool, err error) {
	if err := readJSON(filepath.Join(home, consensusKeyFile), &key); err != nil {
		return key, last, false, fmt.Errorf("%w: %s: %w", ErrKeys, consensusKeyFile, err)
	}
	if !isEd25519(key.PrivKey) {
		return key, last, false, fmt.Errorf("%w: %s does not hold an ed25519 key", ErrKeys, consensusKeyFile)
	}
	key.PubKey = key.PrivKey.PubKey()
	key.Address = key.PubKey.Address()
	if last, slots, err = readSigned(filepath.Join(home, lastSignFile)); err != nil {
		return key, last, slots, fmt.Errorf("%w: %s: %w (without it the validator could sign twice)", ErrKeys, lastSignFile, err)
	}
	return key, last, slots, nil
}

func loadNodeKey(home string) (*cmtp2p.NodeKey, error) {
	key, err := cmtp2p.LoadNodeKey(filepath.Join(home, nodeKeyFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKeys, nodeKeyFile, err)
	}
	if !isEd25519(key.PrivKey) {
		return nil, fmt.Errorf("%w: %s does not hold an ed25519 key", ErrKeys, nodeKeyFile)
	}
	return key, nil
}

// isEd25519 tells whether a key is whole: of the right type and length, its two halves belonging together.
func isEd25519(key cmtcrypto.PrivKey) bool {
	k, ok := key.(cmted25519.PrivKey)
	return ok && len(k) == ed25519.PrivateKeySize && bytes.Equal(ed25519.NewKeyFromSeed(k[:ed25519.SeedSize]), k)
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return cmtjson.Unmarshal(b, v)
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// create turns the panics by which the engine's savers report a full or read-only disk into an error.
func create(save func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: write: %v", ErrKeys, r)
		}
	}()
	save()
	return nil
}
