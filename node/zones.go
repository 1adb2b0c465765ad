package node

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

func (n *Node) openZones() error {
	for _, z := range n.knownZones() {
		err := n.openZone(z)
		if err != nil && repairable(err) {
			if err = n.rebuild(z, err); err == nil {
				err = n.openChainsOf(z)
			}
			if err == nil {
				err = n.openZone(z)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) openZone(z core.Zone) error {
	engines := make(map[core.RollupID]zone.Engine)
	for _, id := range n.rollupsOf(z) {
		engines[id] = n.chains[id]
		if n.cfg.Engine != nil {
			engines[id] = n.cfg.Engine(id, n.chains[id])
		}
	}
	opened, err := zone.New(zone.Config{
		Genesis: n.genesis, Zone: z.ID, First: n.firstTick(z.ID), Joining: n.joiningOf(z.ID), Dir: n.cfg.zoneDir(z.ID), Known: n.pool.Known, Listener: n.listen(z.ID),
		Build: n.cfg.Version, Retry: n.cfg.RetryZones, Shown: n.ticks.Head(),
	}, engines, n.ticks)
	if err != nil {
		return fmt.Errorf("open zone %s: %w", z.ID, err)
	}
	n.zones[z.ID] = opened
	if next := opened.Executed() + 1; next < n.ticks.Oldest() {
		return fmt.Errorf("open zone %s: it has to execute tick %d: %w", z.ID, next, n.logBegins())
	}
	return nil
}

// firstTick is the tick with which a zone begins. One that is not formed yet does so after the log's head.
func (n *Node) firstTick(id core.ZoneID) uint64 {
	if since := n.machine.ZoneSince(id); since > 0 {
		return since
	}
	return n.ticks.Head() + 1
}

// runZone executes a zone for as long as it can. Its end is no reason to stop ordering.
func (n *Node) runZone(ctx context.Context, id core.ZoneID, z *zone.Zone) {
	if err := z.Run(ctx); err != nil {
		n.mark(id, err)
		n.log.Error("ALARM: zone switched off; this node orders and votes, but executes, attests and serves the zone no more",
			"stage", "zone", "zone", id, "agreed", z.Agreed(), "err", err)
	}
}

// listen is what the node does with a zone's events.
func (n *Node) listen(id core.ZoneID) zone.Listener {
	log := n.log.With("stage", "zone", "zone", id)
	var begun time.Time // of the open blocks; the zone's loop calls
	return zone.Listener{
		Recovered: func(e zone.Recovered) {
			log.Info("zone starts from a seal", "tick", e.Seal.NextTick, "dropped_blocks", e.Dropped)
			n.progress.recovered(id, e.Seal)
			n.rewound(id, e.Seal)
		},
		Rebuilding: func(e zone.Death) {
			log.Error("zone died; it goes back to the newest attested seal and executes again, once", "tick", e.Tick, "err", e.Err)
		},
		Sealed: func(seal zone.SealRecord) {
			n.progress.sealed(id, seal)
			if !begun.IsZero() {
				n.metrics.sealed.Observe(time.Since(begun).Seconds())
			}
		},
		Sealing: func() { begun = time.Now() },
		Executed: func(result zone.TickResult) {
			n.pool.Voided(failed(result)...)
			n.pool.Executed(n.progress.done(id, result))
			n.moveSafe(id, n.zones[id].Agreed())
			n.snapshots.executed(id, result)
			if n.explorer != nil {
				n.explorer.Executed(exploredResult(id, result))
			}
		},
		LaneStopped: func(e zone.LaneStopped) {
			n.metrics.stopped.WithLabelValues(e.Rollup.String()).Inc()
			log.Debug("lane stopped until the next block", "rollup", e.Rollup, "tick", e.Tick, "seq", e.Seq)
		},
		Diverged: func(e zone.Diverged) {
			n.metrics.mismatches.WithLabelValues(id.String()).Inc()
			log.Error("ALARM: this node's result is not the attested one", "tick", e.Tick, "own", e.Own, "attested", e.Attested)
		},
	}
}

// rewound tells the stages that read the zone that it executes again from a seal; nobody reads it yet when it is opened.
func (n *Node) rewound(id core.ZoneID, seal zone.SealRecord) {
	z, opened := n.zones[id]
	if !opened {
		return
	}
	n.pool.Rewound()
	if n.explorer != nil {
		n.explorer.Rewound(id, seal.NextTick)
	}
	if n.gateway == nil {
		return
	}
	unapplied := make(map[core.RollupID]uint64, len(seal.Rollups))
	for _, r := range seal.Rollups {
		unapplied[r.Rollup] = r.FirstUnapplied
	}
	n.gateway.Rewound(id, max(seal.NextTick, z.Agreed()+1), unapplied)
}
