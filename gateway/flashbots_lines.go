package gateway

import (
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// maxFlashbotsLines bounds the uuids whose nonces are remembered; those used least recently are forgotten first.
const maxFlashbotsLines = 1 << 14

// flashbotsLines are the lines of bundles that replace each other. On the network a line belongs to the signer of an EIP-712
// message, which Flashbots' clients do not sign: the gateway signs for each of them, with a key that lives as long as the process.
// So only this gateway can replace and cancel what came through it, and not after a restart.
//
// Of two replacements the one with the higher nonce stands. Those that clients number n have the nonces 2n+2 on the network, those
// without a number the next even one, and a cancellation the odd one above, so that every later bundle is above it too.
type flashbotsLines struct {
	secret [32]byte

	mu    sync.Mutex
	lines lru.BasicLRU[flashbotsLine, flashbotsSent]
}

// flashbotsLine names a line: who signs the HTTP bodies, and the hash of rollup and uuid.
type flashbotsLine struct {
	signer common.Address
	uuid   core.UUID
}

// flashbotsSent is the highest nonce of a line, and the bundle hash of what was sent last.
type flashbotsSent struct {
	nonce    uint64
	admitted uint64 // the nonce of bundle
	bundle   common.Hash
}

func (l *flashbotsLines) init() {
	rand.Read(l.secret[:]) // never fails since Go 1.24
	l.lines = lru.NewBasicLRU[flashbotsLine, flashbotsSent](maxFlashbotsLines)
}

// key is the key with which the gateway signs for a signer.
func (l *flashbotsLines) key(signer common.Address) (*ecdsa.PrivateKey, error) {
	key, err := crypto.ToECDSA(crypto.Keccak256(l.secret[:], signer[:]))
	if err != nil { // one hash in 2^128
		return nil, fmt.Errorf("key for %s: %w", signer, err)
	}
	return key, nil
}

// next is the network's nonce of a bundle that the client numbers, or of the next one that it does not.
func (l *flashbotsLines) next(line flashbotsLine, given *uint64) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, _ := l.lines.Get(line)
	nonce := s.nonce&^1 + 2
	if given != nil {
		nonce = 2**given + 2
	}
	s.nonce = max(s.nonce, nonce)
	l.lines.Add(line, s)
	return nonce
}

// sent notes what a line holds now.
func (l *flashbotsLines) sent(line flashbotsLine, nonce uint64, bundle common.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, _ := l.lines.Get(line); nonce > s.admitted {
		s.admitted, s.bundle = nonce, bundle
		l.lines.Add(line, s)
	}
}

// cancel is the network's nonce of a cancellation, and the bundle hash of what the line holds.
func (l *flashbotsLines) cancel(line flashbotsLine) (nonce uint64, bundle common.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, _ := l.lines.Get(line)
	s.nonce |= 1
	l.lines.Add(line, s)
	return s.nonce, s.bundle
}

// flashbotsUUID is the network's name of a client's uuid on a rollup.
func flashbotsUUID(rollup core.RollupID, uuid string) (name core.UUID) {
	copy(name[:], crypto.Keccak256(core.U64(uint64(rollup)), []byte(uuid)))
	return name
}
