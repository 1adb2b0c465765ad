package node

import (
	"context"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// progress is how far this node's zones have come, as their events tell it.
type progress struct {
	mu       sync.Mutex
	executed map[core.ZoneID]uint64
	rollups  map[core.RollupID]*rollupProgress
	seals    map[core.ZoneID][]zone.SealRecord // not attested yet, oldest first
}

type rollupProgress struct {
	firstUnapplied uint64
	sealed         uint64
	sealedHash     common.Hash
	// safe is the newest sealed block whose seal is attested; known is false before the first.
	safe  uint64
	known bool
}

func newProgress(g *core.Genesis) *progress {
	p := &progress{
		executed: make(map[core.ZoneID]uint64), rollups: make(map[core.RollupID]*rollupProgress),
		seals: make(map[core.ZoneID][]zone.SealRecord),
	}
	for _, z := range g.Zones {
		p.executed[z.ID] = 0
		for _, id := range z.Rollups {
			p.rollups[id] = new(rollupProgress)
		}
	}
	return p
}

// recovered takes over the seal that a zone starts from, or goes back to; later seals are forgotten.
func (p *progress) recovered(id core.ZoneID, seal zone.SealRecord) {
	p.mu.Lock()
	p.seals[id] = slices.DeleteFunc(p.seals[id], func(s zone.SealRecord) bool { return s.NextTick >= seal.NextTick })
	p.executed[id] = seal.NextTick - 1
	for _, r := range seal.Rollups {
		p.rollups[r.Rollup].firstUnapplied = r.FirstUnapplied
	}
	p.mu.Unlock()
	p.sealed(id, seal)
}

// sealed takes notice of a seal; its blocks are safe once the tick that caused it is attested.
func (p *progress) sealed(id core.ZoneID, seal zone.SealRecord) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range seal.Rollups {
		p.rollups[r.Rollup].sealed, p.rollups[r.Rollup].sealedHash = r.Number, r.Hash
	}
	p.seals[id] = append(p.seals[id], seal)
}

// done takes notice of an executed tick and gives the newest tick that all zones have executed.
func (p *progress) done(id core.ZoneID, result zone.TickResult) (all uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.executed[id] = result.Tick
	for _, r := range result.Rollups {
		p.rollups[r.Rollup].firstUnapplied = r.FirstUnapplied
	}
	all = result.Tick
	for _, tick := range p.executed {
		all = min(all, tick)
	}
	return all
}

// agreed moves the safe blocks to the newest seal that a tick covers whose result is attested, and names them.
func (p *progress) agreed(id core.ZoneID, tick uint64) (safe []zone.RollupSeal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	waiting := p.seals[id]
	for len(waiting) > 0 && waiting[0].NextTick <= tick {
		safe = waiting[0].Rollups
		waiting = waiting[1:]
	}
	p.seals[id] = waiting
	for _, r := range safe {
		at := p.rollups[r.Rollup]
		at.safe, at.known = max(at.safe, r.Number), true
	}
	return safe
}

// rollup is a copy of a rollup's progress.
func (p *progress) rollup(id core.RollupID) rollupProgress {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.rollups[id]; ok {
		return *r
	}
	return rollupProgress{}
}

// followAttested compares attested results with the zones' own and moves the tags `safe` and `finalized`. It begins
// with what the ledger says now and goes on with the log, each zone being compared as far as it is.
func (n *Node) followAttested(ctx context.Context) error {
	for id := range n.zones {
		n.takeAttested(n.machine.Attested(id))
	}
	for tick := n.ticks.Head() + 1; ; tick++ {
		if err := n.ticks.Wait(ctx, tick); err != nil {
			return nil // the log ends with the node
		}
		record, err := n.ticks.Record(tick)
		if err != nil {
			return err
		}
		for _, a := range record.Attested {
			n.takeAttested(a)
		}
	}
}

func (n *Node) takeAttested(a core.Attested) {
	z, ok := n.zones[a.Zone]
	if !ok || a.Tick == 0 {
		return
	}
	z.Attested(a)
	n.moveSafe(a.Zone, z.Agreed())
}

// moveSafe moves the tags to the newest seal that a tick covers whose result is attested and this node's own.
func (n *Node) moveSafe(id core.ZoneID, agreed uint64) {
	n.safe.Lock()
	defer n.safe.Unlock()
	for _, seal := range n.progress.agreed(id, agreed) {
		if err := n.chains[seal.Rollup].MarkSafe(seal.Number); err != nil {
			n.log.Warn("mark safe block", "stage", "zone", "rollup", seal.Rollup, "height", seal.Number, "err", err)
		}
	}
}
