package recovery

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// recently is how many ticks are compared after every kill.
const recently = 500

// agree checks that the validators have the same log, digests and AppHashes, up to what all have executed by now.
func (n *network) agree() {
	n.t.Helper()
	tick := n.head()
	from := uint64(1)
	if tick > recently {
		from = tick - recently
	}
	n.agreeFrom(from, tick)
}

// head is the newest tick that any validator has.
func (n *network) head() (tick uint64) {
	n.t.Helper()
	for _, m := range n.members {
		tick = max(tick, m.state().Head)
	}
	return tick
}

func (n *network) agreeFrom(from, to uint64) {
	n.t.Helper()
	var first facts
	known := make(map[uint64]common.Hash)
	compared := 0
	for i, m := range n.members {
		m.awaitTick(to)
		f := mustAsk[facts](m, "/facts", span{from, to})
		if i == 0 {
			first = f
		}
		if f.Log != first.Log || f.Digest != first.Digest {
			n.t.Fatalf("validator %d has log %s and digest %s at tick %d, validator 0 has %s and %s", i, f.Log, f.Digest, to, first.Log, first.Digest)
		}
		for tick, hash := range f.AppHash {
			if other, ok := known[tick]; ok && other != hash {
				n.t.Fatalf("validator %d has AppHash %s after tick %d, another has %s", i, hash, tick, other)
			} else if ok {
				compared++
			}
			known[tick] = hash
		}
	}
	if compared == 0 {
		n.t.Fatal("no AppHash was compared")
	}
}

// audit checks everything at the end: all of the log, all blocks, and every promise that the load heard.
func (n *network) audit(l *load) {
	n.t.Helper()
	l.end()
	tick := n.head() // a gateway that is ahead of a validator may have promised up to there
	n.agreeFrom(1, tick)
	n.sameBlocks()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ordered) == 0 || len(l.bundles) == 0 {
		n.t.Fatal("the load did nothing")
	}
	for _, m := range n.members {
		places := mustAsk[map[common.Hash][]place](m, "/places", l.sent)
		for _, hash := range l.sent {
			n.checkPromises(m, l, hash, places[hash])
		}
		bundles := mustAsk[map[common.Hash][][]core.OutcomeCode](m, "/bundles", l.bundles)
		for _, id := range l.bundles {
			n.checkBundle(m, id, bundles[id])
		}
	}
	n.t.Logf("%d transactions sent, %d known to be ordered, %d bundles, %d ticks", len(l.sent), len(l.ordered), len(l.bundles), tick)
}

// checkPromises: what was ordered stands where it was said to stand, has its outcome, and is included at most once.
func (n *network) checkPromises(m *member, l *load, hash common.Hash, places []place) {
	n.t.Helper()
	included := 0
	for _, p := range places {
		if p.Decided && p.Code == core.Included {
			included++
		}
	}
	if included > 1 {
		n.t.Errorf("validator %d: %s is included %d times: %+v", m.Index, hash, included, places)
	}
	promised, ok := l.ordered[hash]
	if !ok {
		return
	}
	i := slices.IndexFunc(places, func(p place) bool { return p.Place == promised })
	if i < 0 {
		n.t.Errorf("validator %d: %s was ordered at %+v and now stands at %+v", m.Index, hash, promised, places)
		return
	}
	if code, ok := l.attested[hash]; ok && (!places[i].Decided || places[i].Code != code) && len(places) == 1 {
		n.t.Errorf("validator %d: %s was attested as %s and now is %+v", m.Index, hash, code, places[i])
	}
}

// checkBundle: at each place a bundle took effect on both rollups or on none, and on both at one place at most.
func (n *network) checkBundle(m *member, id common.Hash, places [][]core.OutcomeCode) {
	n.t.Helper()
	whole := 0
	for _, codes := range places {
		included := 0
		for _, code := range codes {
			if code == core.Included {
				included++
			}
		}
		if len(codes) != 2 || included == 1 {
			n.t.Errorf("validator %d: half a bundle took effect: %s is %v", m.Index, id, places)
		}
		whole += included / 2
	}
	if whole > 1 {
		n.t.Errorf("validator %d: bundle %s took effect %d times", m.Index, id, whole)
	}
}

// sameBlocks compares the sealed chains block by block, and looks for transactions that are in two blocks.
func (n *network) sameBlocks() {
	n.t.Helper()
	for _, id := range []core.RollupID{rollupA, rollupB} {
		first := mustAsk[[]block](n.members[0], "/blocks", id)
		seen := make(map[common.Hash]int)
		for number, b := range first {
			for _, tx := range b.Txs {
				if before, twice := seen[tx]; twice {
					n.t.Errorf("rollup %s: %s is in blocks %d and %d", id, tx, before, number)
				}
				seen[tx] = number
			}
		}
		for _, m := range n.members[1:] {
			other := mustAsk[[]block](m, "/blocks", id)
			if len(other) < 2 {
				n.t.Fatalf("validator %d: rollup %s has %d blocks", m.Index, id, len(other))
			}
			for number := range min(len(first), len(other)) {
				if first[number].Hash != other[number].Hash {
					n.t.Fatalf("rollup %s, block %d: validator %d has %s, validator 0 has %s", id, number, m.Index, other[number].Hash, first[number].Hash)
				}
			}
		}
	}
}
