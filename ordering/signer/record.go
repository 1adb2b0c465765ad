package signer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// recordVersion is the version of the record's format.
const recordVersion = 1

// record is the last signature given for a network.
type record struct {
	Version   uint64         `json:"version"`
	Network   core.NetworkID `json:"networkId"`
	Address   common.Address `json:"address"`
	Tick      uint64         `json:"tick"`
	Digest    common.Hash    `json:"digest"`
	Signature hexutil.Bytes  `json:"signature"`
}

// recordPath is where a key's record of a network is: beside the key, so that who moves or copies the key's folder takes
// the records along.
func recordPath(keyFile string, network core.NetworkID) string {
	return filepath.Join(keyFile+".signed", fmt.Sprintf("%x.json", network))
}

// readRecord reads a record; the zero record if there is none.
func readRecord(path string) (record, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return record{}, nil
	}
	if err != nil {
		return record{}, err
	}
	var r record
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return record{}, err
	}
	if r.Tick == 0 {
		return record{}, errors.New("no tick")
	}
	return r, nil
}

// check refuses a record that this key did not leave for this network. The zero record is good.
func (r *record) check(network core.NetworkID, address common.Address) error {
	if r.Tick == 0 {
		return nil
	}
	if r.Version != recordVersion {
		return fmt.Errorf("version is %d, want %d", r.Version, recordVersion)
	}
	if r.Network != network || r.Address != address {
		return fmt.Errorf("is of network %s and key %s, want %s and %s", r.Network, r.Address, network, address)
	}
	signer, err := core.RecoverCheckpoint(r.Digest, r.Signature)
	if err != nil {
		return err
	}
	if signer != address {
		return fmt.Errorf("holds a signature of %s", signer)
	}
	return nil
}

// writeRecord replaces a record. When it returns, the new one survives the loss of power; a crash on the way leaves
// either the old or the new one.
func writeRecord(path string, r record) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := makeDir(dir); err != nil {
		return err
	}
	temporary := path + ".tmp" // one writer, so one name: what a crash leaves behind is overwritten
	if err := writeSynced(temporary, append(b, '\n')); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// makeDir makes the records' folder durable before the first record stands in it.
func makeDir(dir string) error {
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		return syncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	default:
		return err
	}
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
