package ordering

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/lockstep-network/lockstep/core"
)

// Work is bounded by leaky buckets in the ledger: one per `evm` rollup for singles, one per zone for the legs of bundles
// on its rollups. A bucket drains at a rate of gas per ms and fills by declared gas. A proposal that would lift a bucket
// above its capacity is refused; Budget is what honest proposers have left.

// at is the bucket's level at a consensus time. Draining in two steps gives the same as in one, so a bucket is only
// written when it fills.
func (b bucketValue) at(timeMs, rate uint64) uint64 {
	if timeMs <= b.LastMs {
		return b.Level
	}
	overflow, drained := bits.Mul64(timeMs-b.LastMs, rate)
	if overflow != 0 || drained >= b.Level {
		return 0
	}
	return b.Level - drained
}

// fill is the bucket after gas was declared at a consensus time.
func (b bucketValue) fill(timeMs, rate, gas uint64) bucketValue {
	return bucketValue{Level: addCapped(b.at(timeMs, rate), gas), LastMs: max(timeMs, b.LastMs)}
}

// left is how much gas may be declared at a consensus time.
func (b bucketValue) left(timeMs, rate, capacity uint64) uint64 {
	return capacity - min(b.at(timeMs, rate), capacity)
}

// checkBuckets refuses a tick that declares more gas than the buckets have left.
func (m *Machine) checkBuckets(tick *core.Tick) error {
	params, work := m.now.Params, m.declared(tick)
	for _, r := range m.now.Rollups {
		level := lookup[bucketValue](m.ledger, singleBucketKey(r.ID)).at(tick.Time, params.SingleGasRate)
		if gas := work.singles[r.ID]; gas > 0 && addCapped(level, gas) > params.SingleGasCapacity {
			return fmt.Errorf("%w: singles of rollup %s: level %d, declared %d, capacity %d", ErrBucket, r.ID, level, gas, params.SingleGasCapacity)
		}
	}
	for _, z := range m.now.Zones {
		level := lookup[bucketValue](m.ledger, bundleBucketKey(z.ID)).at(tick.Time, params.BundleGasRate)
		if gas := work.bundles[z.ID]; gas > 0 && addCapped(level, gas) > params.BundleGasCapacity {
			return fmt.Errorf("%w: bundles of zone %s: level %d, declared %d, capacity %d", ErrBucket, z.ID, level, gas, params.BundleGasCapacity)
		}
	}
	return nil
}

// charge fills the buckets with the gas that the tick declares.
func (m *Machine) charge(s *stage, tick *core.Tick) {
	params, work := m.now.Params, m.declared(tick)
	for _, r := range m.now.Rollups {
		if gas := work.singles[r.ID]; gas > 0 {
			key := singleBucketKey(r.ID)
			s.put(key, lookup[bucketValue](s, key).fill(tick.Time, params.SingleGasRate, gas))
		}
	}
	for _, z := range m.now.Zones {
		if gas := work.bundles[z.ID]; gas > 0 {
			key := bundleBucketKey(z.ID)
			s.put(key, lookup[bucketValue](s, key).fill(tick.Time, params.BundleGasRate, gas))
		}
	}
}

// work is declared gas by bucket.
type work struct {
	singles map[core.RollupID]uint64
	bundles map[core.ZoneID]uint64
}

// declared adds up the gas limits of a tick's transactions on `evm` rollups.
func (m *Machine) declared(tick *core.Tick) work {
	w := work{make(map[core.RollupID]uint64), make(map[core.ZoneID]uint64)}
	for _, s := range tick.Sections {
		if m.now.ZoneOf(s.Rollup) == 0 {
			continue
		}
		for _, tx := range s.Txs {
			w.singles[s.Rollup] = addCapped(w.singles[s.Rollup], tx.Eth().Gas())
		}
	}
	for _, b := range tick.Bundles {
		m.addBundleWork(w, b)
	}
	return w
}

// addBundleWork adds a bundle's legs to the work of their zones.
func (m *Machine) addBundleWork(w work, b core.DecodedBundle) {
	for _, tx := range b.Txs {
		if zone := m.now.ZoneOf(tx.Rollup()); zone != 0 {
			w.bundles[zone] = addCapped(w.bundles[zone], tx.Eth().Gas())
		}
	}
}

func addCapped(a, b uint64) uint64 {
	if sum, carry := bits.Add64(a, b, 0); carry == 0 {
		return sum
	}
	return math.MaxUint64
}
