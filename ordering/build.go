package ordering

import (
	"slices"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/lockstep-network/lockstep/core"
)

// Budget bounds what a pool may offer for the tick at height and time (consensus ms), given the engine's limit and the
// tick's system entry. It is what is left of the block and of the work buckets; rollups and zones without gas are left out.
func (m *Machine) Budget(height, time uint64, maxBytes int64, system []byte) core.Budget {
	params := m.now.Params
	b := core.Budget{Tick: height, Time: time, SingleGas: make(map[core.RollupID]uint64), BundleGas: make(map[core.ZoneID]uint64)}
	overhead := blockSize(uint64(len(system))) + uint64(2+len(m.now.Rollups))*partOverhead
	b.Bytes = m.blockLimit(maxBytes) - min(overhead, m.blockLimit(maxBytes))
	for _, z := range m.now.Zones {
		bucket := lookup[bucketValue](m.ledger, bundleBucketKey(z.ID))
		if left := bucket.left(time, params.BundleGasRate, params.BundleGasCapacity); left > 0 {
			b.BundleGas[z.ID] = left
		}
		for _, id := range z.Rollups {
			bucket := lookup[bucketValue](m.ledger, singleBucketKey(id))
			if left := bucket.left(time, params.SingleGasRate, params.SingleGasCapacity); left > 0 {
				b.SingleGas[id] = left
			}
		}
	}
	return b
}

// partOverhead is the most that the engine's block adds to a part of the payload: field tag and length.
const partOverhead = 1 + 5

// blockLimit is the bytes that a block's transactions may take.
func (m *Machine) blockLimit(maxBytes int64) uint64 {
	return min(uint64(max(maxBytes, 0)), m.genesis.Params.MaxTickBytes)
}

// Build makes a proposal: the system entry and, in their order, as many of the candidates as keep the rules and fit into
// the block and the work buckets. Of a section, what follows the first transaction that does not fit is left for a later
// tick, so that nothing overtakes it. Candidates are not trusted: whatever Check would refuse is left out.
func (m *Machine) Build(req BuildRequest, c core.Candidates) [][]byte {
	system := m.SystemEntry(req)
	b := builder{
		m: m, budget: m.Budget(req.Height, req.Time, req.MaxBytes, system), seen: newSeen(c.Sections),
		used: blockSize(uint64(len(system))), limit: m.blockLimit(req.MaxBytes),
	}
	txs := [][]byte{system}
	if control := b.pickControl(c.Control); control != nil {
		txs = append(txs, control)
	}
	if bundles := b.pickBundles(c.Bundles); len(bundles) > 0 {
		txs = append(txs, core.EncodeBundleSection(bundles))
	}
	var last core.RollupID
	for _, s := range c.Sections {
		if s.Rollup <= last {
			continue
		}
		if picked := b.pickSection(s); len(picked.Txs) > 0 {
			txs = append(txs, picked.Encode())
			last = s.Rollup
		}
	}
	return txs
}

// builder tracks what a proposal has used up.
type builder struct {
	m      *Machine
	budget core.Budget
	seen   *seen
	used   uint64 // bytes in the block
	limit  uint64
}

// pickControl is the control entry of the proposal, nil for none.
func (b *builder) pickControl(c *core.Control) []byte {
	if c == nil || b.m.mayOrder(c, b.budget.Tick, b.budget.Time) != nil {
		return nil
	}
	encoded := c.Encode()
	size := blockSize(uint64(len(encoded)))
	if len(encoded) > core.MaxControlBytes || b.used+size > b.limit {
		return nil
	}
	b.used += size
	return encoded
}

// pickBundles chooses the bundles of the proposal.
func (b *builder) pickBundles(candidates []core.DecodedBundle) []core.DecodedBundle {
	var picked []core.DecodedBundle
	var content, size uint64
	for _, bundle := range candidates {
		if uint64(len(picked)) >= b.m.now.Params.MaxBundlesPerTick {
			break
		}
		if bundle.Bundle == nil || b.m.now.CheckBundle(bundle, b.budget.Time) != nil {
			continue
		}
		if !bundle.MayStand(b.budget.Tick, len(picked)) {
			continue
		}
		bundle.Hash = bundle.ID(b.m.network)
		grown := content + itemSize(uint64(len(bundle.Encode())))
		after := blockSize(encodingHead + rlp.ListSize(grown))
		if b.used+after > b.limit || !b.hasGas(bundle) || b.seen.addBundle(bundle) != nil {
			continue
		}
		b.takeGas(bundle)
		picked, content, size = append(picked, bundle), grown, after
	}
	b.used += size
	return picked
}

// bundleWork is the gas that one bundle declares, by zone.
func (b *builder) bundleWork(bundle core.DecodedBundle) work {
	w := work{bundles: make(map[core.ZoneID]uint64)}
	b.m.addBundleWork(w, bundle)
	return w
}

func (b *builder) hasGas(bundle core.DecodedBundle) bool {
	w := b.bundleWork(bundle)
	return !slices.ContainsFunc(b.m.now.Zones, func(z core.Zone) bool { return w.bundles[z.ID] > b.budget.BundleGas[z.ID] })
}

func (b *builder) takeGas(bundle core.DecodedBundle) {
	w := b.bundleWork(bundle)
	for _, z := range b.m.now.Zones {
		b.budget.BundleGas[z.ID] -= w.bundles[z.ID]
	}
}

// pickSection chooses the singles of one rollup.
func (b *builder) pickSection(s core.Section) core.Section {
	picked := core.Section{Rollup: s.Rollup}
	executed := b.m.now.ZoneOf(s.Rollup) != 0
	walk := b.m.walkChain(s.Rollup)
	var content, size uint64
	for _, tx := range s.Txs {
		if tx.Rollup() != s.Rollup || b.m.now.CheckSingle(tx) != nil || b.seen.has(tx) {
			continue
		}
		next, err := walk.check(tx)
		if err != nil {
			continue
		}
		grown := content + itemSize(entrySize(tx))
		after := blockSize(encodingHead + rlp.ListSize(uint64(rlp.IntSize(uint64(s.Rollup)))+rlp.ListSize(grown)))
		if b.used+after > b.limit || executed && tx.Eth().Gas() > b.budget.SingleGas[s.Rollup] {
			break
		}
		b.seen.add(tx)
		walk.take(tx, next)
		if executed {
			b.budget.SingleGas[s.Rollup] -= tx.Eth().Gas()
		}
		picked.Txs, content, size = append(picked.Txs, tx), grown, after
	}
	b.used += size
	return picked
}

// encodingHead is the length of version and kind.
const encodingHead = 2

// entrySize is the length of an entry as it stands in a section.
func entrySize(tx core.Transaction) uint64 {
	if tx.Kind() == core.EncTransaction {
		return encodingHead + uint64(len(tx.Raw()))
	}
	return uint64(len(tx.Raw()))
}

// itemSize is what a byte string of n bytes, n ≥ 2, takes in RLP: as much as a list with so long a content.
func itemSize(n uint64) uint64 { return rlp.ListSize(n) }
