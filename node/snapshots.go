package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/snapshot"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/proof"
	"github.com/lockstep-network/lockstep/zone"
)

const (
	// snapshotPatience is how many ticks a snapshot's tick may wait for its checkpoint and results.
	snapshotPatience = 2000
	// sealsNoted is how many of a zone's newest seals are remembered for a snapshot.
	sealsNoted = 16
)

// errNoSnapshot: no snapshot can be made of this tick; a later one may do.
var errNoSnapshot = errors.New("node: no snapshot of this tick")

// snapshots makes snapshots for nodes that join. What only the moment of a tick has, the ledger, is taken when the tick is
// committed; everything else is read later, in the background, from what does not change any more.
type snapshots struct {
	node    *Node
	archive *snapshot.Archive
	every   uint64
	due     chan dueSnapshot

	mu     sync.Mutex
	busy   bool
	period uint64 // of slots, in which the newest snapshot was made
	seals  map[core.ZoneID][]zone.TickResult
}

// dueSnapshot is a tick that a snapshot is made of.
type dueSnapshot struct {
	tick, period uint64
	ledger       []core.KV
	attested     []core.Attested
}

// openSnapshots opens the archive of a node that serves snapshots.
func (n *Node) openSnapshots() error {
	if n.cfg.Gateway == nil || n.cfg.Snapshots.Every == 0 {
		return nil
	}
	archive, err := snapshot.OpenArchive(n.cfg.snapshotDir(), n.genesis.NetworkID(), n.cfg.Snapshots.Keep, n.cfg.Snapshots.Rate)
	n.snapshots = &snapshots{
		node: n, archive: archive, every: n.cfg.Snapshots.Every, due: make(chan dueSnapshot, 1), seals: make(map[core.ZoneID][]zone.TickResult),
	}
	return err
}

// snapshotHandler serves the archive, nil without one.
func (n *Node) snapshotHandler() http.Handler {
	if n.snapshots == nil {
		return nil
	}
	return n.snapshots.archive.Handler(reach{n})
}

// reach is what a node has for one that joins, beside snapshots.
type reach struct{ node *Node }

// BlocksFrom implements snapshot.Reach.
func (r reach) BlocksFrom() uint64 { return r.node.engine.BlocksFrom() }

// Checkpoints implements snapshot.Reach.
func (r reach) Checkpoints() ([]proof.Handover, error) {
	newest, err := r.node.ticks.LatestCheckpoint()
	if errors.Is(err, orderedlog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	before, err := r.node.ticks.Handovers(newest.Completion.Tick)
	if err != nil {
		return nil, err
	}
	var all []proof.Handover
	for _, c := range append(before, newest) {
		all = append(all, *handover(c))
	}
	return all, nil
}

// Checkpoint implements snapshot.Reach.
func (r reach) Checkpoint(tick uint64) (*proof.Handover, error) {
	c, err := r.node.ticks.Checkpoint(tick)
	if errors.Is(err, orderedlog.ErrNotFound) {
		return nil, fmt.Errorf("%w: checkpoint of tick %d", snapshot.ErrNotFound, tick)
	}
	if err != nil {
		return nil, err
	}
	return handover(c), nil
}

func handover(c *core.CompleteCheckpoint) *proof.Handover {
	return &proof.Handover{Signed: c.Signed(), Next: c.Draft.Next}
}

// committed hands a tick to those who watch.
func (n *Node) committed(d *core.Decided) {
	n.voted(d.Record.Number, d.Votes)
	n.noteFormed(d.Record.Members)
	n.snapshots.committed(d)
}

// committed takes notice of a tick, in the consensus loop: a tick that opens a checkpoint may become a snapshot.
func (s *snapshots) committed(d *core.Decided) {
	if s == nil || d.Draft == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	due := dueSnapshot{tick: d.Record.Number, period: d.Draft.Slot / s.every, attested: d.Record.Attested}
	if s.busy || due.period <= s.period {
		return
	}
	var err error
	if due.ledger, err = s.node.ticks.Ledger(); err != nil {
		s.node.log.Error("no snapshot", "stage", "snapshot", "tick", due.tick, "err", err)
		return
	}
	s.busy = true
	s.due <- due // has room, since nothing is under way
}

// executed takes notice of a seal.
func (s *snapshots) executed(id core.ZoneID, result zone.TickResult) {
	if s == nil || result.Sealed == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	result.Outcomes, result.Bundles = nil, nil
	seals := append(s.seals[id], result)
	s.seals[id] = seals[max(0, len(seals)-sealsNoted):]
}

// seal finds the result of a tick that caused a seal.
func (s *snapshots) seal(id core.ZoneID, tick uint64) (zone.TickResult, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seals[id] {
		if r.Tick == tick {
			return r, true
		}
	}
	return zone.TickResult{}, false
}

// run makes what is due until ctx ends. That none could be made is no reason to stop anything.
func (s *snapshots) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case due := <-s.due:
			err := s.make(ctx, due)
			s.mu.Lock()
			s.busy = false
			if err == nil {
				s.period = due.period
			}
			s.mu.Unlock()
			switch {
			case err == nil || ctx.Err() != nil:
			case errors.Is(err, errNoSnapshot): // the first tick and those of stopped lanes have none: a later one will do
				s.node.log.Debug("no snapshot of this tick", "stage", "snapshot", "tick", due.tick, "err", err)
			default:
				s.node.log.Warn("no snapshot of this tick", "stage", "snapshot", "tick", due.tick, "err", err)
			}
		}
	}
}

// make collects a snapshot and writes it.
func (s *snapshots) make(ctx context.Context, due dueSnapshot) error {
	for _, z := range s.node.genesis.InForce().Zones {
		if s.node.zones[z.ID] == nil {
			return fmt.Errorf("%w: this node does not execute zone %s", errNoSnapshot, z.ID)
		}
	}
	later, err := s.await(ctx, due.tick)
	if err != nil {
		return err
	}
	begun := time.Now()
	head, err := s.head(due, later)
	if err != nil {
		return err
	}
	var chains []snapshot.Source
	for _, z := range head.Zones {
		for _, seal := range z.Beginning.Seal.Rollups {
			chain := s.node.chains[seal.Rollup]
			chains = append(chains, snapshot.Source{Name: snapshot.RollupPart(seal.Rollup), Write: func(w io.Writer) error {
				return chain.Export(ctx, seal.Number, w)
			}})
		}
	}
	m, err := s.archive.Add(ctx, head, chains)
	if err != nil {
		return err
	}
	s.node.metrics.snapshots.Observe(time.Since(begun).Seconds())
	s.node.metrics.snapshotBytes.Set(float64(m.Size()))
	s.node.log.Info("snapshot made", "stage", "snapshot", "tick", due.tick, "took", time.Since(begun), "reason", fmt.Sprintf("%d bytes", m.Size()))
	return nil
}

// zonesAt are the results of the zones that were formed before a tick: a snapshot of it has nothing of others.
func (s *snapshots) zonesAt(results []core.Attested, tick uint64) []core.Attested {
	return slices.DeleteFunc(slices.Clone(results), func(r core.Attested) bool { return s.node.machine.ZoneSince(r.Zone) > tick })
}

// await waits for a complete checkpoint by which every zone has an attested result of the tick or a later one.
func (s *snapshots) await(ctx context.Context, tick uint64) (*core.CompleteCheckpoint, error) {
	for next := tick + 1; next < tick+snapshotPatience; next++ {
		if err := s.node.ticks.Wait(ctx, next); err != nil {
			return nil, err
		}
		c, err := s.node.ticks.LatestCheckpoint()
		if errors.Is(err, orderedlog.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Completion.Tick > tick && s.covers(c, tick) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("%w: no checkpoint has results of it", errNoSnapshot)
}

// covers tells whether a checkpoint has results of all zones from a tick on, which this node's zones have, too.
func (s *snapshots) covers(c *core.CompleteCheckpoint, tick uint64) bool {
	for _, r := range s.zonesAt(c.Draft.Checkpoint.Results, tick) {
		if z := s.node.zones[r.Zone]; z == nil || r.Tick < tick || z.Executed() < r.Tick {
			return false
		}
	}
	return true
}

// head is everything but the chains.
func (s *snapshots) head(due dueSnapshot, later *core.CompleteCheckpoint) (*snapshot.Head, error) {
	own, err := s.node.ticks.Checkpoint(due.tick)
	if errors.Is(err, orderedlog.ErrNotFound) {
		return nil, fmt.Errorf("%w: its checkpoint was skipped", errNoSnapshot)
	}
	if err != nil {
		return nil, err
	}
	h := &snapshot.Head{
		Ledger: due.ledger, Attested: due.attested,
		Own: proof.Handover{Signed: own.Signed(), Next: own.Draft.Next}, Later: proof.Handover{Signed: later.Signed(), Next: later.Draft.Next},
	}
	if h.Engine, err = s.node.engine.Snapshot(due.tick); err != nil {
		return nil, err
	}
	handovers, err := s.node.ticks.Handovers(due.tick)
	if err != nil {
		return nil, err
	}
	for _, c := range handovers {
		draft := *c.Draft
		draft.Proofs = nil // of lanes before the tick, which a log that begins with it does not have
		h.Handovers = append(h.Handovers, &core.CompleteCheckpoint{Draft: &draft, Completion: c.Completion})
	}
	for _, r := range s.zonesAt(later.Draft.Checkpoint.Results, due.tick) {
		seal, ok := s.seal(r.Zone, due.tick)
		if !ok {
			return nil, fmt.Errorf("%w: it sealed nothing in zone %s", errNoSnapshot, r.Zone)
		}
		beginning, err := s.node.zones[r.Zone].Beginning(seal, r.Tick)
		if err != nil {
			return nil, err
		}
		h.Zones = append(h.Zones, snapshot.Zone{ID: r.Zone, Beginning: *beginning})
	}
	return h, nil
}
