package proof_test

import (
	"cmp"
	"crypto/ecdsa"
	"fmt"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902
	opaqueC core.RollupID = 903 // in no zone
	zone1   core.ZoneID   = 1
)

// chain is a network that orders, decides and signs as the stages do, with nothing of them: what the formats say is
// computed here from package core alone, over a trie of go-ethereum.
type chain struct {
	t          testing.TB
	network    core.NetworkID
	keys       map[common.Address]*ecdsa.PrivateKey
	set        core.ValidatorSet // that signs the next checkpoint
	genesisSet core.ValidatorSet

	ticks       []*core.Tick
	rows        map[core.RollupID][]core.LaneTick
	lanes       map[core.RollupID]core.LaneState
	digests     []common.Hash                  // [tick], zero before the first
	results     map[uint64][]core.RollupResult // of every tick
	outcomes    map[uint64][][]core.Outcome    // of ticks that decided something
	decided     map[core.RollupID][]uint64     // [seq] → tick
	codes       map[common.Hash]core.OutcomeCode
	lag         uint64 // ticks that attestation is behind
	checkpoints []*core.CompleteCheckpoint
}

func newChain(t testing.TB) *chain {
	c := &chain{
		t: t, network: common.Hash{0xee}, keys: make(map[common.Address]*ecdsa.PrivateKey),
		rows: make(map[core.RollupID][]core.LaneTick), lanes: make(map[core.RollupID]core.LaneState), digests: []common.Hash{{}},
		results: make(map[uint64][]core.RollupResult), outcomes: make(map[uint64][][]core.Outcome),
		decided: make(map[core.RollupID][]uint64), codes: make(map[common.Hash]core.OutcomeCode), lag: 1,
	}
	for i := range 4 {
		key, err := crypto.ToECDSA(crypto.Keccak256([]byte{byte(i)}))
		if err != nil {
			t.Fatal(err)
		}
		address := crypto.PubkeyToAddress(key.PublicKey)
		c.keys[address] = key
		c.set = append(c.set, core.SetMember{Address: address, Power: 1})
	}
	slices.SortFunc(c.set, func(a, b core.SetMember) int { return a.Address.Cmp(b.Address) })
	c.genesisSet = c.set
	return c
}

// trust is in the chain's genesis set, by way of a checkpoint of it before the first tick.
func (c *chain) trust() proof.Trust {
	return c.trustSet(c.genesisSet)
}

func (c *chain) trustSet(set core.ValidatorSet) proof.Trust {
	t, err := proof.FromCheckpoint(proof.Handover{
		Signed: core.SignedCheckpoint{Checkpoint: core.Checkpoint{Network: c.network, Tick: 1, ValidatorSet: set.Hash()}}, Next: set,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return t
}

// tx is a transaction that gets this code.
func (c *chain) tx(rollup core.RollupID, text string, code core.OutcomeCode) core.Transaction {
	tx := core.NewOpaqueTransaction(rollup, []byte(text))
	c.codes[tx.Hash()] = code
	return tx
}

func (c *chain) bundle(atomicity core.Atomicity, txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: atomicity, NotAfter: uint64(len(c.ticks))}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Hash: b.ID(c.network), Txs: txs}
}

// tick orders and decides; positions whose code is codeLater are left to the next tick.
func (c *chain) tick(bundles []core.DecodedBundle, txs ...core.Transaction) uint64 {
	t := &core.Tick{Number: uint64(len(c.ticks)) + 1, Bundles: bundles}
	t.Time = 1000 * t.Number
	for _, id := range []core.RollupID{rollupA, rollupB, opaqueC} {
		var section []core.Transaction
		for _, tx := range txs {
			if tx.Rollup() == id {
				section = append(section, tx)
			}
		}
		if len(section) > 0 {
			t.Sections = append(t.Sections, core.Section{Rollup: id, Txs: section})
		}
	}
	c.ticks = append(c.ticks, t)
	var outcomes [][]core.Outcome
	for _, id := range []core.RollupID{rollupA, rollupB, opaqueC} {
		state := c.lanes[id]
		items := t.LaneItems(id)
		if row, ok := (core.LaneHead{NextSeq: state.NextSeq, Head: state.Head}).Advance(c.network, id, t.Number, items); ok {
			c.rows[id] = append(c.rows[id], core.LaneTick{Tick: t.Number, LaneRow: row})
			c.lanes[id] = core.LaneState{NextSeq: row.FirstSeq + row.Count, Head: row.Head, Tick: t.Number}
		}
		if id == opaqueC {
			continue
		}
		var list []core.Outcome
		for i, it := range items {
			o := core.Outcome{Rollup: id, Seq: state.NextSeq + uint64(i), TxHash: it.Tx.Hash(), Code: c.codes[it.Tx.Hash()], Bundle: it.Bundle}
			if !o.Code.Void() {
				o.ReceiptHash = crypto.Keccak256Hash([]byte("receipt"), o.TxHash[:])
			}
			list = append(list, o)
			c.decided[id] = append(c.decided[id], t.Number)
		}
		outcomes = append(outcomes, list)
	}
	c.decide(t.Number, outcomes)
	return t.Number
}

func (c *chain) decide(tick uint64, outcomes [][]core.Outcome) {
	var results []core.RollupResult
	for i, id := range []core.RollupID{rollupA, rollupB} {
		leaves := make([]common.Hash, len(outcomes[i]))
		for j, o := range outcomes[i] {
			leaves[j] = o.Leaf()
		}
		n := c.lanes[id].NextSeq
		results = append(results, core.RollupResult{
			Rollup: id, NextSeq: n, FirstUnapplied: n, OutcomesRoot: core.MerkleRoot(leaves),
			ReceiptsRoot: common.Hash{1}, LastSealed: common.Hash{byte(tick / 8)},
		})
	}
	c.results[tick], c.outcomes[tick] = results, outcomes
	c.digests = append(c.digests, core.NextZoneDigest(c.network, zone1, c.digests[tick-1], tick, results))
}

// checkpoint makes a complete checkpoint of the newest tick, which names next; nil names the set that signs it.
func (c *chain) checkpoint(next core.ValidatorSet) *core.CompleteCheckpoint {
	c.t.Helper()
	if next == nil {
		next = c.set
	}
	tick := uint64(len(c.ticks))
	ledger := trie.NewEmpty(nil)
	put := func(key, value []byte) {
		path := core.LedgerPath(key)
		if err := ledger.Update(path[:], value); err != nil {
			c.t.Fatal(err)
		}
	}
	for i := range byte(60) {
		put([]byte{0x99, i}, core.Encode(core.EncLedgerValue, []uint64{tick, uint64(i)}))
	}
	for id, state := range c.lanes {
		put(core.LaneLedgerKey(id), core.Encode(core.EncLedgerValue, state))
	}
	d := &core.CheckpointDraft{Next: next, Checkpoint: core.Checkpoint{
		Network: c.network, Tick: tick, Time: c.ticks[tick-1].Time, LedgerRoot: ledger.Hash(), ValidatorSet: next.Hash(),
	}}
	attested := uint64(0)
	if tick > c.lag {
		attested = tick - c.lag
	}
	d.Checkpoint.Results = []core.Attested{{Zone: zone1, Tick: attested, Digest: c.digests[attested]}}
	if n := len(c.checkpoints); n > 0 {
		d.Base = c.checkpoints[n-1].Draft.Checkpoint.Tick
	}
	for id, state := range c.lanes {
		if state.Tick > d.Base {
			d.Proofs = append(d.Proofs, core.LedgerProof{Key: core.LaneLedgerKey(id), Nodes: prove(c.t, ledger, core.LaneLedgerKey(id))})
		}
	}
	done := &core.CheckpointCompletion{Tick: tick, Digest: d.Checkpoint.Digest(), Set: c.set, Signatures: c.sign(d.Checkpoint.Digest(), c.set[:3])}
	complete := &core.CompleteCheckpoint{Draft: d, Completion: done}
	c.checkpoints, c.set = append(c.checkpoints, complete), next
	return complete
}

func (c *chain) sign(digest common.Hash, set core.ValidatorSet) []core.CheckpointSignature {
	var signatures []core.CheckpointSignature
	for _, m := range set {
		signature, err := core.SignCheckpoint(c.keys[m.Address], digest)
		if err != nil {
			c.t.Fatal(err)
		}
		signatures = append(signatures, core.CheckpointSignature{Validator: m.Address, Signature: signature})
	}
	return signatures
}

type nodes [][]byte

func (n *nodes) Put(_, node []byte) error { *n = append(*n, node); return nil }
func (n *nodes) Delete([]byte) error      { return nil }

func prove(t testing.TB, ledger *trie.Trie, key []byte) [][]byte {
	var n nodes
	path := core.LedgerPath(key)
	if err := ledger.Prove(path[:], &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The chain as a source of proofs.

func (c *chain) Checkpoint(from uint64) (*core.CompleteCheckpoint, error) {
	for _, p := range c.checkpoints {
		if p.Draft.Checkpoint.Tick >= from {
			return p, nil
		}
	}
	return nil, nil
}

func (c *chain) Newest() uint64 {
	if len(c.checkpoints) == 0 {
		return 0
	}
	return c.checkpoints[len(c.checkpoints)-1].Draft.Checkpoint.Tick
}

func (c *chain) Handovers(before uint64) ([]proof.Handover, error) {
	var found []proof.Handover
	for _, p := range c.checkpoints {
		if p.Draft.Checkpoint.Tick < before && p.Draft.Next.Hash() != p.Completion.Set.Hash() {
			found = append(found, proof.Handover{Signed: p.Signed(), Next: p.Draft.Next})
		}
	}
	return found, nil
}

func (c *chain) Rows(rollup core.RollupID, seq, last uint64) (found []core.LaneTick, before common.Hash, err error) {
	for _, row := range c.rows[rollup] {
		if row.FirstSeq+row.Count <= seq {
			before = row.Head
		} else if len(found) == 0 || row.Tick <= last {
			found = append(found, row)
		}
	}
	if len(found) == 0 {
		return nil, common.Hash{}, fmt.Errorf("%w: rollup %s seq %d", proof.ErrUnknown, rollup, seq)
	}
	return found, before, nil
}

func (c *chain) Tick(n uint64) (*core.Tick, error) { return c.ticks[n-1], nil }

func (c *chain) Zone(rollup core.RollupID) proof.ZoneSource {
	if rollup == opaqueC {
		return nil
	}
	return zoneOf{c}
}

type zoneOf struct{ c *chain }

func (z zoneOf) ID() core.ZoneID { return zone1 }

func (z zoneOf) DecidedIn(rollup core.RollupID, seq uint64) (uint64, bool, error) {
	if seq >= uint64(len(z.c.decided[rollup])) {
		return 0, false, nil
	}
	return z.c.decided[rollup][seq], true, nil
}

func (z zoneOf) Decisions(tick uint64) ([]core.RollupResult, [][]core.Outcome, error) {
	return z.c.results[tick], z.c.outcomes[tick], nil
}

func (z zoneOf) Results(first, last uint64) (common.Hash, []proof.Run, error) {
	var runs []proof.Run
	for tick := first; tick <= last; tick++ {
		root := core.ResultsRoot(z.c.results[tick])
		if n := len(runs); n > 0 && runs[n-1].Root == root {
			runs[n-1].Count++
		} else {
			runs = append(runs, proof.Run{Count: 1, Root: root})
		}
	}
	return z.c.digests[first-1], runs, nil
}

// sample is a chain with proofs of every kind.
type sample struct {
	*chain
	proofs map[string]*proof.Proof
}

// newSample orders bundles and singles over a few slots, with a validator that leaves on the way.
func newSample(t testing.TB) *sample {
	c := newChain(t)
	in := func(text string) core.Transaction { return c.tx(rollupA, text, core.Included) }
	c.tick(nil, in("first"), c.tx(rollupB, "other", core.Included))
	c.tick(nil)
	c.checkpoint(nil)
	good := c.bundle(core.AtomicExecution, c.tx(rollupA, "g0", 0), c.tx(rollupB, "g1", 0), c.tx(rollupA, "g2", 0))
	bad := c.bundle(core.AtomicExecution, c.tx(rollupB, "b0", core.VoidOtherLeg), c.tx(rollupA, "b1", core.VoidLegReverted))
	c.tick([]core.DecodedBundle{good, bad}, in("x0"), in("x1"), c.tx(rollupA, "void", core.VoidNonceTooLow), c.tx(opaqueC, "o", 0))
	for range 5 {
		c.tick(nil)
	}
	c.tick(nil, in("later"), c.tx(rollupB, "late", 0))
	c.tick(nil)
	c.checkpoint(nil)
	c.tick(nil, in("at the edge"), c.tx(opaqueC, "p", 0))
	c.checkpoint(c.set[:3]) // its result is of the tick before
	c.tick(nil, c.tx(rollupB, "z", 0))
	c.checkpoint(nil)
	c.tick(nil, in("after the change"))
	c.tick(nil)
	c.checkpoint(nil)
	s := &sample{c, make(map[string]*proof.Proof)}
	build := func(name string, p *proof.Proof, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.proofs[name] = p
	}
	b := proof.Builder{Source: c}
	single := func(name string, rollup core.RollupID, seq uint64, w proof.Want) {
		p, err := b.Transaction(rollup, seq, w)
		build(name, p, err)
	}
	single("first", rollupA, 0, proof.Want{})
	single("included", rollupA, 4, proof.Want{})
	single("void", rollupA, 6, proof.Want{})
	single("leg", rollupA, 2, proof.Want{})
	single("order only", rollupA, 5, proof.Want{OrderOnly: true})
	single("opaque", opaqueC, 0, proof.Want{})
	single("two checkpoints", rollupA, 8, proof.Want{})
	single("after the change", rollupA, 9, proof.Want{})
	p, err := b.Bundle(good.Bundle, []core.Place{{Rollup: rollupA, Seq: 1}, {Rollup: rollupB, Seq: 1}, {Rollup: rollupA, Seq: 2}}, proof.Want{})
	build("bundle", p, err)
	p, err = b.Bundle(bad.Bundle, []core.Place{{Rollup: rollupB, Seq: 2}, {Rollup: rollupA, Seq: 3}}, proof.Want{})
	build("void bundle", p, err)
	p, err = b.Range(rollupA, 0, 9)
	build("range", p, err)
	p, err = b.Range(rollupB, 1, 3)
	build("range inside", p, err)
	return s
}

// names are the sample's proofs in a fixed order.
func (s *sample) names() []string {
	var names []string
	for name := range s.proofs {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}
