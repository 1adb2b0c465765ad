package signer

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/gofrs/flock"

	"github.com/lockstep-network/lockstep/core"
)

// Signer signs the checkpoints of one network with one key. Its methods are safe from any goroutine.
type Signer struct {
	key     *ecdsa.PrivateKey
	address common.Address
	network core.NetworkID
	path    string // of the record
	lock    *flock.Flock

	mu     sync.Mutex
	closed bool
	last   record // tick zero: nothing signed yet
}

// Open takes the lock beside the file that the key was read from, which is held until Close, and reads the network's
// record there.
func Open(key *ecdsa.PrivateKey, keyFile string, network core.NetworkID) (_ *Signer, err error) {
	s := &Signer{
		key: key, address: crypto.PubkeyToAddress(key.PublicKey), network: network,
		path: recordPath(keyFile, network), lock: flock.New(keyFile + ".lock"),
	}
	if err := s.take(keyFile); err != nil {
		return nil, err
	}
	if s.last, err = readRecord(s.path); err == nil {
		err = s.last.check(s.network, s.address)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s: %w", ErrRecord, s.path, err), s.lock.Close())
	}
	return s, nil
}

// take locks the key for this process and writes down who has it.
func (s *Signer) take(keyFile string) error {
	locked, err := s.lock.TryLock()
	if err != nil {
		return fmt.Errorf("signer: lock %s: %w", keyFile, err)
	}
	if !locked {
		holder, err := os.ReadFile(s.lock.Path())
		if err != nil || len(holder) == 0 {
			holder = []byte("another process")
		}
		return fmt.Errorf("%w: %s signs with %s; one key belongs to one running validator", ErrInUse, strings.TrimSpace(string(holder)), keyFile)
	}
	if err := os.WriteFile(s.lock.Path(), fmt.Appendf(nil, "process %d\n", os.Getpid()), 0o600); err != nil {
		return errors.Join(fmt.Errorf("signer: lock %s: %w", keyFile, err), s.lock.Close())
	}
	return nil
}

// Address is the address of the key.
func (s *Signer) Address() common.Address { return s.address }

// Sign signs the checkpoint of a tick: R ‖ S ‖ V as core.SignCheckpoint has it. The record is on disk when it returns.
// Errors are ErrOlderTick, ErrOtherDigest, ErrClosed, or say why the record could not be written; then nothing was
// released, and the same request may be made again.
func (s *Signer) Sign(tick uint64, digest common.Hash) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, ErrClosed
	case tick < s.last.Tick:
		return nil, fmt.Errorf("%w: %d, asked for %d", ErrOlderTick, s.last.Tick, tick)
	case tick == s.last.Tick && digest == s.last.Digest && tick != 0:
		return common.CopyBytes(s.last.Signature), nil
	case tick == s.last.Tick:
		return nil, fmt.Errorf("%w: tick %d, digest %s, asked for %s", ErrOtherDigest, tick, s.last.Digest, digest)
	}
	signature, err := core.SignCheckpoint(s.key, digest)
	if err != nil {
		return nil, err
	}
	next := record{Version: recordVersion, Network: s.network, Address: s.address, Tick: tick, Digest: digest, Signature: signature}
	if err := writeRecord(s.path, next); err != nil {
		return nil, fmt.Errorf("signer: write record of tick %d: %w", tick, err)
	}
	s.last = next
	return common.CopyBytes(signature), nil
}

// Close gives the key to the next process; it is idempotent.
func (s *Signer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.lock.Close()
}
