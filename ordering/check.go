package ordering

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Proposal is a block of the engine, proposed or decided.
type Proposal struct {
	Height uint64
	// Time of the block in consensus ms.
	Time uint64
	// Txs are the block's transactions: the system entry, the control entry if there is one, the bundle section if there are
	// bundles, then one section per rollup with singles, ascending.
	Txs [][]byte
	// Misbehavior are the consensus addresses of validators that the engine has evidence against, of a decided block; the
	// engine has checked it. Check does not look at them.
	Misbehavior [][20]byte
}

// inspected is a proposal that keeps every rule, decoded. The bytes are a copy of its own.
type inspected struct {
	proposal   Proposal
	extensions []*core.VoteExtension // by validator, nil: absent
	tick       *core.Tick
}

// Check says whether the proposal may be accepted: nil, or an error that wraps a sentinel and names what is wrong.
func (m *Machine) Check(p Proposal) error {
	if m.reusable(p) != nil {
		return nil
	}
	in, err := m.inspect(p)
	if err != nil {
		return err
	}
	m.checked = in
	return nil
}

// reusable is the last accepted proposal, if p is exactly that one.
func (m *Machine) reusable(p Proposal) *inspected {
	c := m.checked
	if c == nil || c.proposal.Height != p.Height || c.proposal.Time != p.Time || !slices.EqualFunc(c.proposal.Txs, p.Txs, bytes.Equal) {
		return nil
	}
	return c
}

// inspect applies every rule to a proposal, cheap ones first.
func (m *Machine) inspect(p Proposal) (*inspected, error) {
	if p.Height != m.tick.Height+1 {
		return nil, fmt.Errorf("%w: %d, want %d", ErrHeight, p.Height, m.tick.Height+1)
	}
	if p.Time < m.tick.Time {
		return nil, fmt.Errorf("%w: %d, tick %d was at %d", ErrTime, p.Time, m.tick.Height, m.tick.Time)
	}
	if err := m.checkProtocol(m.ledger); err != nil {
		return nil, err
	}
	if err := m.checkEnvelope(p.Txs); err != nil {
		return nil, err
	}
	extensions, err := m.checkSystemEntry(p.Height, p.Txs[0])
	if err != nil {
		return nil, err
	}
	p.Txs = cloneAll(p.Txs)
	tick := &core.Tick{Number: p.Height, Time: p.Time}
	if err := tick.DecodePayload(p.Txs[1:], m.network, m.now.Kind); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecode, err)
	}
	if err := m.checkControl(tick); err != nil {
		return nil, err
	}
	if err := m.checkSections(p, tick); err != nil {
		return nil, err
	}
	if err := m.checkEntries(tick); err != nil {
		return nil, err
	}
	if err := m.checkBuckets(tick); err != nil {
		return nil, err
	}
	return &inspected{proposal: p, extensions: extensions, tick: tick}, nil
}

// checkEnvelope checks size, versions, kinds and their order, without decoding the parts.
func (m *Machine) checkEnvelope(txs [][]byte) error {
	if len(txs) == 0 {
		return fmt.Errorf("%w: no system entry", ErrLayout)
	}
	var size uint64
	bundles := 1 // where a bundle section may stand
	for i, tx := range txs {
		size += blockSize(uint64(len(tx)))
		kind, err := core.KindOf(tx)
		if err != nil {
			return fmt.Errorf("%w: part %d: %w", ErrDecode, i, err)
		}
		switch {
		case i == 1 && kind == core.EncControl:
			bundles = 2
		case i == 0 && kind == core.EncSystemEntry, i == bundles && kind == core.EncBundleSection, i > 0 && kind == core.EncSection:
		default:
			return fmt.Errorf("%w: part %d has kind %#x", ErrLayout, i, byte(kind))
		}
	}
	if size > m.genesis.Params.MaxTickBytes {
		return fmt.Errorf("%w: %d bytes, cap %d", ErrCap, size, m.genesis.Params.MaxTickBytes)
	}
	return nil
}

// checkSections checks what the decoded parts must be as a whole: none empty, rollups ascending, bundles within the cap.
func (m *Machine) checkSections(p Proposal, tick *core.Tick) error {
	others := 1 // the system entry
	if tick.Control != nil {
		others = 2
	}
	if hasBundles := len(p.Txs)-others > len(tick.Sections); hasBundles && len(tick.Bundles) == 0 {
		return fmt.Errorf("%w: empty bundle section", ErrLayout)
	}
	if n := uint64(len(tick.Bundles)); n > m.now.Params.MaxBundlesPerTick {
		return fmt.Errorf("%w: %d bundles, cap %d", ErrCap, n, m.now.Params.MaxBundlesPerTick)
	}
	for i, s := range tick.Sections {
		if i > 0 && tick.Sections[i-1].Rollup >= s.Rollup {
			return fmt.Errorf("%w: section of rollup %s after that of rollup %s", ErrLayout, s.Rollup, tick.Sections[i-1].Rollup)
		}
		if len(s.Txs) == 0 {
			return fmt.Errorf("%w: empty section of rollup %s", ErrLayout, s.Rollup)
		}
	}
	return nil
}

// checkEntries applies the rules of package core to every entry, and forbids duplicates.
func (m *Machine) checkEntries(tick *core.Tick) error {
	seen := newSeen(tick.Sections)
	for i, b := range tick.Bundles {
		if err := m.now.CheckBundle(b, tick.Time); err != nil {
			return fmt.Errorf("%w: bundle %d: %w", ErrEntry, i, err)
		}
		if !b.MayStand(tick.Number, i) {
			return fmt.Errorf("%w: bundle %d of tick %d: parentTick %d", ErrParentTick, i, tick.Number, b.ParentTick)
		}
		if err := seen.addBundle(b); err != nil {
			return fmt.Errorf("bundle %d: %w", i, err)
		}
	}
	for _, s := range tick.Sections {
		walk := m.walkChain(s.Rollup)
		for i, tx := range s.Txs {
			if err := m.now.CheckSingle(tx); err != nil {
				return fmt.Errorf("%w: rollup %s: entry %d: %w", ErrEntry, s.Rollup, i, err)
			}
			if seen.has(tx) {
				return fmt.Errorf("%w: rollup %s: entry %d: %s", ErrDuplicate, s.Rollup, i, tx.Hash())
			}
			next, err := walk.check(tx)
			if err != nil {
				return fmt.Errorf("rollup %s: entry %d: %w", s.Rollup, i, err)
			}
			walk.take(tx, next)
			seen.add(tx)
		}
	}
	return nil
}

// seen is what stands in a tick so far. Transactions are told apart per rollup, since equal bytes may be meant for two
// opaque rollups.
type seen struct {
	bundles map[common.Hash]struct{}
	txs     map[laneTx]struct{}
}

type laneTx struct {
	rollup core.RollupID
	hash   common.Hash
}

// newSeen has room for sections.
func newSeen(sections []core.Section) *seen {
	room := 0
	for _, s := range sections {
		room += len(s.Txs)
	}
	return &seen{bundles: make(map[common.Hash]struct{}), txs: make(map[laneTx]struct{}, room)}
}

// addBundle adds a bundle and its legs, or nothing if any of them is there already.
func (s *seen) addBundle(b core.DecodedBundle) error {
	if _, ok := s.bundles[b.Hash]; ok {
		return fmt.Errorf("%w: bundle %s", ErrDuplicate, b.Hash)
	}
	for i, tx := range b.Txs {
		if s.has(tx) {
			return fmt.Errorf("%w: legs[%d].tx: %s on rollup %s", ErrDuplicate, i, tx.Hash(), tx.Rollup())
		}
	}
	s.bundles[b.Hash] = struct{}{}
	for _, tx := range b.Txs {
		s.add(tx)
	}
	return nil
}

func (s *seen) add(tx core.Transaction) { s.txs[laneTx{tx.Rollup(), tx.Hash()}] = struct{}{} }

func (s *seen) has(tx core.Transaction) bool {
	_, ok := s.txs[laneTx{tx.Rollup(), tx.Hash()}]
	return ok
}

// blockSize is what a transaction of n bytes takes in the engine's block: a field tag, its length as uvarint, and itself.
func blockSize(n uint64) uint64 { return 1 + uint64(bits.Len64(n|1)+6)/7 + n }

func cloneAll(bs [][]byte) [][]byte {
	out := make([][]byte, len(bs))
	for i, b := range bs {
		out[i] = bytes.Clone(b)
	}
	return out
}
