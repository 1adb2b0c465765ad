package ordering

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// A checkpoint is opened by the first tick of a slot and is a function of the ledger after that tick. The root of that
// ledger cannot stand in it, so the tick after it writes the digest down, from the committed ledger. Votes for it can
// stand in the tick after that one at the earliest, because a validator signs what is committed. So a tick opens none if
// the tick before did: at a pace of a tick per slot no checkpoint would ever have its votes counted.

// signersValue is who signs checkpoints, ascending by address.
type signersValue = core.ValidatorSet

// completeValue is the newest complete checkpoint; all zero before the first, but for the signers.
type completeValue struct {
	Tick   uint64
	Digest common.Hash
	// Signers is the set that it names, which signs the next ones; that of the genesis before the first.
	Signers signersValue
}

// at finds the place of a validator's vote.
func (c *checkpointValue) at(address common.Address) (int, bool) {
	return slices.BinarySearchFunc(c.Votes, address, func(v checkpointVote, a common.Address) int { return v.Validator.Cmp(a) })
}

// tallyCheckpoint adds the votes that a tick brings to those for the open checkpoint, and completes it once members of
// the set that has to sign have signed with more than 2/3 of its power. A vote counts if it is the signature of the
// validator's own Ethereum key over the digest that the ledger has; any other is worth nothing and harms nobody.
func (m *Machine) tallyCheckpoint(s *stage, in *inspected) *core.CheckpointCompletion {
	open := lookup[checkpointValue](s, checkpointKey())
	if open.Tick == 0 {
		return nil
	}
	open.Digest = m.openDigest(open)
	last := lookup[completeValue](s, completeKey())
	for i, ext := range in.extensions {
		if ext == nil || ext.Checkpoint.Tick != open.Tick || ext.Checkpoint.Digest != open.Digest {
			continue
		}
		address := m.validators[i].Address
		place, counted := open.at(address)
		if _, member := last.Signers.Find(address); counted || !member {
			continue
		}
		if signer, err := core.RecoverCheckpoint(open.Digest, ext.Checkpoint.Signature); err == nil && signer == address {
			open.Votes = slices.Insert(open.Votes, place, checkpointVote{address, ext.Checkpoint.Signature})
		}
	}
	var power uint64
	for _, v := range open.Votes {
		if member, ok := last.Signers.Find(v.Validator); ok {
			power += member.Power
		}
	}
	if !quorum(power, last.Signers.TotalPower()) {
		s.put(checkpointKey(), open)
		return nil
	}
	s.put(checkpointKey(), checkpointValue{})
	s.put(completeKey(), completeValue{open.Tick, open.Digest, lookup[signersValue](s, nextSignersKey())})
	done := &core.CheckpointCompletion{Tick: open.Tick, Digest: open.Digest, Set: last.Signers}
	for _, v := range open.Votes {
		done.Signatures = append(done.Signatures, core.CheckpointSignature{Validator: v.Validator, Signature: v.Signature})
	}
	return done
}

// openDigest is the digest of the open checkpoint by the committed ledger.
func (m *Machine) openDigest(open checkpointValue) common.Hash {
	if open.Tick == m.tick.Height {
		c := m.checkpoint(m.ledger, m.tick, m.appHash)
		return c.Digest()
	}
	return open.Digest
}

// openCheckpoint notes a tick that a checkpoint is made of, in place of one that is open still. It gives the draft
// without what only the ledger after the tick knows.
func (m *Machine) openCheckpoint(s *stage, next tickValue, seated seats) *core.CheckpointDraft {
	open := lookup[checkpointValue](s, checkpointKey())
	slot := m.genesis.Params.Slot(next.Time)
	if !m.opensSlot(next) || (open.Tick != 0 && open.Tick+1 == next.Height) {
		return nil
	}
	signers := seated.checkpointSigners()
	s.put(checkpointKey(), checkpointValue{Tick: next.Height})
	s.put(nextSignersKey(), signers)
	return &core.CheckpointDraft{
		Slot: slot, Base: lookup[completeValue](s, completeKey()).Tick, Skipped: open.Tick, Next: signers,
	}
}

// opensSlot reports whether a tick is the first of its slot.
func (m *Machine) opensSlot(next tickValue) bool {
	return next.Height == 1 || m.genesis.Params.Slot(next.Time) > m.genesis.Params.Slot(m.tick.Time)
}

// completeDraft fills in the checkpoint and the ledger's proofs; the trie is that after the tick, and root is its root.
func (m *Machine) completeDraft(d *core.CheckpointDraft, s *stage, root common.Hash) error {
	d.Checkpoint = m.checkpoint(s, lookup[tickValue](s, tickKey()), root)
	for _, r := range m.now.Rollups {
		key := laneKey(r.ID)
		if lookup[laneValue](s, key).Tick <= d.Base {
			continue
		}
		nodes, err := m.ledger.prove(key)
		if err != nil {
			return err
		}
		d.Proofs = append(d.Proofs, core.LedgerProof{Key: key, Value: s.read(key), Nodes: nodes})
	}
	return nil
}

// checkpoint is the checkpoint of a tick, by the ledger after it.
func (m *Machine) checkpoint(l reader, tick tickValue, root common.Hash) core.Checkpoint {
	c := core.Checkpoint{
		Network: m.network, Tick: tick.Height, Time: tick.Time, LedgerRoot: root,
		ValidatorSet: lookup[signersValue](l, nextSignersKey()).Hash(),
	}
	for _, zone := range m.zones(l) {
		at := lookup[attestedValue](l, attestedKey(zone))
		c.Results = append(c.Results, core.Attested{Zone: zone, Tick: at.Tick, Digest: at.Digest})
	}
	return c
}

// CheckpointToSign is the newest checkpoint, as long as it lacks signatures: what a validator signs in its vote
// extensions. ok is false when there is none.
func (m *Machine) CheckpointToSign() (tick uint64, digest common.Hash, ok bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	open := lookup[checkpointValue](m.ledger, checkpointKey())
	if open.Tick == 0 {
		return 0, common.Hash{}, false
	}
	return open.Tick, m.openDigest(open), true
}

// UnsignedHaste is how many ticks after one that opened a checkpoint do not wait for entries. Two complete it when all
// signers answer at once, and haste does not bring signatures that nobody gives.
const UnsignedHaste = 4

// Unsigned reports whether the newest checkpoint lacks signatures, so that the next tick should not wait for entries.
// After UnsignedHaste ticks it is false again.
func (m *Machine) Unsigned() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	open := lookup[checkpointValue](m.ledger, checkpointKey())
	return open.Tick != 0 && m.tick.Height-open.Tick < UnsignedHaste
}

// checkpointSigners are the validators that stay.
func (s seats) checkpointSigners() signersValue {
	var stay []core.Validator
	for i := range s {
		if s[i].until == 0 {
			stay = append(stay, s[i].Validator)
		}
	}
	return core.NewValidatorSet(stay)
}

// proofNodes collects a trie's proof, from the root down.
type proofNodes [][]byte

// Put takes the next node.
func (p *proofNodes) Put(_, node []byte) error {
	*p = append(*p, node)
	return nil
}

// Delete is part of what a trie writes proofs to, and never called.
func (p *proofNodes) Delete([]byte) error { return nil }

// prove is the proof of a key in the trie, staged changes included.
func (l *ledger) prove(key []byte) ([][]byte, error) {
	var nodes proofNodes
	path := core.LedgerPath(key)
	if err := l.trie.Prove(path[:], &nodes); err != nil {
		return nil, fmt.Errorf("%w: prove key %x: %w", ErrLedger, key, err)
	}
	return nodes, nil
}
