package ordering

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// VerifyExtension is the engine's own check of a vote extension's signature, injected so that the machine needs no engine.
type VerifyExtension func(consensusKey []byte, height int64, round int32, chainID string, extension, signature []byte) bool

// Machine is the replicated ordering machine of one network.
//
// The engine's calls (Load, InitChain, Check, Budget, SystemEntry, Build, Extend, Hear, Finalize, Commit) come from one
// goroutine at a time, as the engine makes them. The reads of the committed ledger (Height, AppHash, Attested, LaneHead,
// Validators, Unattested, CheckpointToSign, Unsigned, Chain, InForce, Protocol, Control, CheckControl, AgreedGenesis,
// ZoneSince, RetiredWith) and CheckExtension are safe from any goroutine beside them.
type Machine struct {
	genesis    *core.Genesis
	supported  uint64        // the highest protocol version that this build knows
	now        *core.Genesis // with the registry and the parameters in force for the next tick
	network    core.NetworkID
	chainID    string
	verify     VerifyExtension
	seats      seats    // every validator there was, in the engine's order
	validators []member // those that sign the commit of the last committed tick, in the engine's order
	power      uint64   // of these

	// Work that is reused only for exactly the same input: the last accepted proposal, and per validator the last vote
	// extension whose signature was found good.
	checked  *inspected
	verified []signedVote

	mu      sync.RWMutex // the engine's goroutine takes it for writing only: nobody else writes
	ledger  *ledger
	tick    tickValue
	appHash common.Hash

	staged *stagedTick
}

// Option is a choice for a machine.
type Option func(*Machine)

// Supports names the highest protocol version that the build knows, in place of core.ProtocolVersion.
func Supports(version uint64) Option { return func(m *Machine) { m.supported = version } }

// stagedTick is what Commit makes the committed state.
type stagedTick struct {
	tick    tickValue
	appHash common.Hash
	seats   seats
	// registry: what is in force changes with the tick.
	registry bool
}

// New makes a machine with the first ledger of the network. g must be valid and is not changed afterwards.
func New(g *core.Genesis, verify VerifyExtension, options ...Option) (*Machine, error) {
	m := &Machine{genesis: g, supported: core.ProtocolVersion, network: g.NetworkID(), chainID: g.ChainID(), verify: verify}
	for _, option := range options {
		option(m)
	}
	if _, _, err := m.reset(); err != nil {
		return nil, err
	}
	return m, nil
}

// Load restores the ledger that was stored with tick height, given as its keys and values in any order. Every error is
// ErrLedger: the stored ledger is damaged or of another network, or not that of this tick; or ErrProtocol: it is under rules
// that this build does not know.
func (m *Machine) Load(height uint64, kvs iter.Seq2[[]byte, []byte]) error {
	changes := make([]core.KV, 0, 64)
	for key, value := range kvs {
		changes = append(changes, core.KV{Key: bytes.Clone(key), Value: bytes.Clone(value)})
	}
	l, appHash, err := settledLedger(changes)
	if err != nil {
		return err
	}
	if err := m.validateLedger(l); err != nil {
		return err
	}
	if err := m.checkProtocol(l); err != nil {
		return err
	}
	tick := lookup[tickValue](l, tickKey())
	if tick.Height != height {
		return fmt.Errorf("%w: it is of tick %d, want %d", ErrLedger, tick.Height, height)
	}
	m.install(l, tick, appHash)
	return nil
}

// InitChain goes back to the first ledger of the network and gives its root and content. The content is stored with
// tick 1: Finalize lists all of the ledger among that tick's changes.
func (m *Machine) InitChain() (appHash common.Hash, ledger []core.KV) {
	appHash, ledger, err := m.reset()
	if err != nil {
		panic(fmt.Sprintf("ordering: first ledger: %v", err)) // New made the same one
	}
	return appHash, ledger
}

// Commit makes what the last Finalize staged the committed state; without one it changes nothing.
func (m *Machine) Commit() {
	if m.staged == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ledger.settle()
	m.tick, m.appHash = m.staged.tick, m.staged.appHash
	if m.staged.registry {
		m.now = readRegistry(m.genesis, m.ledger)
	}
	m.seat(m.staged.seats)
	m.staged, m.checked = nil, nil
}

// Height is the number of the last committed tick, zero before the first.
func (m *Machine) Height() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.tick.Height
}

// AppHash is the root of the committed ledger.
func (m *Machine) AppHash() common.Hash {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.appHash
}

// Attested is a zone's newest attested result; tick zero before the first, and for a zone that does not exist.
func (m *Machine) Attested(zone core.ZoneID) core.Attested {
	m.mu.RLock()
	defer m.mu.RUnlock()
	at := lookup[attestedValue](m.ledger, attestedKey(zone))
	return core.Attested{Zone: zone, Tick: at.Tick, Digest: at.Digest}
}

// LaneHead is the head of a rollup's lane; the zero head for an empty lane.
func (m *Machine) LaneHead(rollup core.RollupID) core.LaneHead {
	m.mu.RLock()
	defer m.mu.RUnlock()
	lane := lookup[laneValue](m.ledger, laneKey(rollup))
	return core.LaneHead{NextSeq: lane.NextSeq, Head: lane.Head}
}

// Unattested reports whether the result of a tick that ordered something for a zone is not attested yet, so that the
// next tick should not wait for entries. After params.maxDigests further ticks without an attestation it is false
// again: haste does not help a zone whose results are not agreed on.
func (m *Machine) Unattested() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, z := range m.now.Zones {
		at := lookup[attestedValue](m.ledger, attestedKey(z.ID))
		for _, id := range z.Rollups {
			lane := lookup[laneValue](m.ledger, laneKey(id))
			if lane.Tick > at.Tick && m.tick.Height-lane.Tick < m.genesis.Params.MaxDigests {
				return true
			}
		}
	}
	return false
}

// reset installs the first ledger.
func (m *Machine) reset() (common.Hash, []core.KV, error) {
	l, appHash, err := settledLedger(genesisChanges(m.genesis))
	if err != nil {
		return common.Hash{}, nil, err
	}
	m.install(l, lookup[tickValue](l, tickKey()), appHash)
	return appHash, l.entries(), nil
}

func (m *Machine) install(l *ledger, tick tickValue, appHash common.Hash) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ledger, m.tick, m.appHash = l, tick, appHash
	m.staged, m.checked, m.validators = nil, nil, nil
	m.now = readRegistry(m.genesis, l)
	m.seat(readSeats(l))
}

func settledLedger(changes []core.KV) (*ledger, common.Hash, error) {
	l, err := newLedger()
	if err != nil {
		return nil, common.Hash{}, err
	}
	appHash, err := l.advance(changes)
	if err != nil {
		return nil, common.Hash{}, err
	}
	l.settle()
	return l, appHash, nil
}

// validateLedger checks that every value can be read and that what no tick changes is that of the genesis.
func (m *Machine) validateLedger(l *ledger) error {
	for _, kv := range l.entries() {
		if err := validateEntry(kv); err != nil {
			return fmt.Errorf("%w: key %x: %w", ErrLedger, kv.Key, err)
		}
	}
	if lookup[common.Hash](l, networkKey()) != m.network {
		return fmt.Errorf("%w: key %x is not that of this network", ErrLedger, networkKey())
	}
	missing := func(kv core.KV) bool { return l.values[string(kv.Key)] == nil && kv.Key[0] != spaceValidator }
	first := genesisChanges(m.genesis)
	if i := slices.IndexFunc(first, missing); i >= 0 {
		return fmt.Errorf("%w: key %x is missing", ErrLedger, first[i].Key)
	}
	if err := validateRegistry(m.genesis, l); err != nil {
		return err
	}
	return m.validateSeats(l)
}

// validateEntry checks that a stored value is one of its key's kind.
func validateEntry(kv core.KV) error {
	if len(kv.Key) == 0 {
		return fmt.Errorf("%w: key", core.ErrEmpty)
	}
	parse, ok := parsers[kv.Key[0]]
	if !ok {
		return fmt.Errorf("%w: unknown space %#x", core.ErrUnknownKind, kv.Key[0])
	}
	if want := keyLength(kv.Key[0]); len(kv.Key) != want {
		return fmt.Errorf("%w: %d bytes, want %d", core.ErrMalformed, len(kv.Key), want)
	}
	return parse(kv.Value)
}

var parsers = map[byte]func([]byte) error{
	spaceNetwork: parses[common.Hash], spaceParams: parses[core.Params], spaceProtocol: parses[protocolValue],
	spaceTick: parses[tickValue], spaceControl: parses[controlValue], spaceChange: parses[changeValue], spaceValidator: parses[validatorValue], spaceRollup: parses[rollupValue],
	spaceLane: parses[laneValue], spaceChain: parses[core.ChainState], spaceSingleBucket: parses[bucketValue], spaceZone: parses[zoneValue],
	spaceAttested: parses[attestedValue], spaceBundleBucket: parses[bucketValue], spaceResults: parses[resultsValue],
	spaceCheckpoint: parses[checkpointValue], spaceComplete: parses[completeValue], spaceNextSigners: parses[signersValue],
}

func parses[T any](b []byte) error {
	_, err := parseValue[T](b)
	return err
}
