package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/proof"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// waitForPeers is the pause before peers are asked again when none can help yet.
const waitForPeers = 2 * time.Second

// Joiner brings a node's home folder to where its peers can help it.
type Joiner struct {
	Genesis *core.Genesis
	Home    Home
	// Rollups are those that joined the network later, as this node knows them.
	Rollups map[core.RollupID]*core.Joining
	// DB is the engine's database, see comet.Config.
	DB string
	// Joining says who helps.
	Joining
	// Own is the newest complete checkpoint of the node's log, nil if it has none.
	Own *proof.Handover
	// Stuck says that the node has found out, by running, that it does not get on by itself.
	Stuck  bool
	Logger *slog.Logger
}

// Joined is what came of it.
type Joined struct {
	// Tick is the snapshot's tick, zero if none was needed.
	Tick uint64
	// Bytes were moved over the wire, in Took.
	Bytes uint64
	Took  time.Duration
	Peer  string
}

func (j *Joiner) fetcher() *fetcher {
	return &fetcher{
		network: j.Genesis.NetworkID(), peers: roots(j.Peers), dir: j.Home.joining("chunks"), limit: j.MaxBytes, rate: j.MinRate, window: paceWindow,
		client: newClient(), log: j.Logger,
	}
}

// Helps tells whether Join would bring a node further that is stuck at head: a checkpoint proves that the network is more than
// behind ticks ahead, and there is a snapshot to go on from.
func (j *Joiner) Helps(ctx context.Context, head, behind uint64) bool {
	f := j.fetcher()
	defer f.client.CloseIdleConnections()
	a, err := j.anchor(ctx, f)
	if err != nil {
		j.Logger.Warn("no snapshot can be judged", "err", err)
		return false
	}
	all := f.offers(ctx, a)
	return ahead(all, head) > behind && len(candidates(all, max(head, a.tick()))) > 0
}

// Join fetches and installs a snapshot if the node, whose newest tick is head, needs one: checkpoints prove that the network is
// more than Behind ticks ahead, or anywhere ahead when the node is stuck. What peers merely say counts only for a
// node that has no tick at all, and nothing to lose: if none keeps the first one, it waits for a snapshot until ctx ends.
// Peers whose snapshot is not good are not asked again, those that fail only when no other is left.
func (j *Joiner) Join(ctx context.Context, head uint64) (Joined, error) {
	begun := time.Now()
	f := j.fetcher()
	defer f.client.CloseIdleConnections()
	a, err := j.anchor(ctx, f)
	if err != nil {
		return Joined{}, err
	}
	for {
		all := f.offers(ctx, a)
		needed, wait := j.needs(all, head)
		if !needed {
			return Joined{}, ctx.Err()
		}
		joined, err := j.tryAll(ctx, f, a, candidates(all, max(head, a.tick())))
		if err != nil || joined.Tick > 0 {
			joined.Bytes, joined.Took = f.bytes.Load(), time.Since(begun)
			return joined, err
		}
		if !wait {
			j.Logger.Warn("no peer has a snapshot that helps; the node takes tick by tick", "head", head)
			return Joined{}, nil
		}
		if len(f.peers) == 0 {
			return Joined{}, fmt.Errorf("%w: the snapshots of all peers are bad", ErrNone)
		}
		j.Logger.Warn("the peers have pruned what this node lacks; waiting for a snapshot", "head", head)
		pause := time.NewTimer(waitForPeers)
		select {
		case <-ctx.Done():
			pause.Stop()
			return Joined{}, fmt.Errorf("%w: %w", ErrNone, ctx.Err())
		case <-pause.C:
		}
	}
}

// tryAll takes the first snapshot that is good. A peer that fails goes to the end of the line.
func (j *Joiner) tryAll(ctx context.Context, f *fetcher, a anchor, found []candidate) (Joined, error) {
	failed := make(map[string]bool)
	for _, c := range found {
		if failed[c.peer] {
			continue
		}
		err := j.take(ctx, f, a, c)
		if err == nil {
			return Joined{Tick: c.tick, Peer: c.peer}, nil
		}
		if ctx.Err() != nil || !errors.Is(err, ErrBad) && !errors.Is(err, ErrPeer) && !errors.Is(err, ErrContradicts) {
			return Joined{}, err
		}
		j.Logger.Error("snapshot of a peer is not used", "peer", c.peer, "tick", c.tick, "err", err)
		failed[c.peer] = true
		f.peers = slices.DeleteFunc(slices.Clone(f.peers), func(peer string) bool { return peer == c.peer })
		if errors.Is(err, ErrPeer) {
			f.peers = append(f.peers, c.peer)
		}
	}
	return Joined{}, nil
}

// ahead is how many ticks the network is proven to be ahead of a head at least.
func ahead(all []offered, head uint64) (ticks uint64) {
	for _, o := range all {
		if o.head > head {
			ticks = max(ticks, o.head-head)
		}
	}
	return ticks
}

// needs tells whether a node needs a snapshot, and whether it is to wait for one.
func (j *Joiner) needs(all []offered, head uint64) (needed, wait bool) {
	missing := ahead(all, head)
	keeps := slices.ContainsFunc(all, func(o offered) bool { return o.BlocksFrom == 1 })
	wait = missing > 0 && head == 0 && !keeps
	return wait || missing > j.Behind || missing > 0 && j.Stuck, wait
}

// candidate is a snapshot of a peer.
type candidate struct {
	peer string
	tick uint64
}

// candidates are the snapshots after a tick from which some peer can lead on, newest first.
func candidates(all []offered, after uint64) (found []candidate) {
	for _, o := range all {
		for _, tick := range o.Ticks {
			leads := slices.ContainsFunc(all, func(other offered) bool { return other.BlocksFrom != 0 && other.BlocksFrom <= tick+1 })
			if tick > after && leads {
				found = append(found, candidate{o.peer, tick})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.tick, a.tick) })
	return found
}

// take fetches, verifies, unpacks and installs a snapshot.
func (j *Joiner) take(ctx context.Context, f *fetcher, a anchor, c candidate) error {
	j.Logger.Info("fetching a snapshot", "tick", c.tick, "peer", c.peer)
	m, err := f.fetch(ctx, c.peer, c.tick)
	if err != nil {
		return err
	}
	j.Logger.Info("verifying a snapshot", "tick", c.tick, "reason", fmt.Sprintf("%d bytes", m.Size()))
	if err := j.Home.Settle(); err != nil { // nothing of another snapshot is left
		return err
	}
	install, err := j.unpack(ctx, f, a, m)
	if err != nil {
		return err
	}
	j.Logger.Info("installing a snapshot", "tick", c.tick)
	return j.Home.commit(install)
}

// unpack makes all folders in their staging place, and lists their paths.
func (j *Joiner) unpack(ctx context.Context, f *fetcher, a anchor, m *Manifest) (install []string, err error) {
	part, err := m.part(headPart)
	if err != nil {
		return nil, err
	}
	in := f.open(part)
	b, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("snapshot: read head: %w", err)
	}
	head, err := DecodeHead(b)
	if err != nil {
		return nil, err
	}
	if head.Tick() != m.Tick {
		return nil, fmt.Errorf("%w: head of tick %d, want %d", ErrBad, head.Tick(), m.Tick)
	}
	u := &unpacking{Joiner: j, fetcher: f, anchor: a, manifest: m, head: head}
	if err := u.order(); err != nil {
		return nil, err
	}
	for _, z := range u.machine.InForce().Zones {
		if err := u.zone(ctx, z.ID); err != nil {
			return nil, err
		}
	}
	return u.install, nil
}

// unpacking makes the folders of one snapshot.
type unpacking struct {
	*Joiner
	fetcher  *fetcher
	anchor   anchor
	manifest *Manifest
	head     *Head
	record   *core.TickRecord // of the snapshot's tick
	machine  *ordering.Machine
	install  []string // what is made, relative to the home folder
}

// order verifies the head and makes log and engine.
func (u *unpacking) order() error {
	machine, err := u.head.verify(u.anchor)
	if err != nil {
		return err
	}
	u.machine = machine
	engine := comet.Config{Home: u.Home.staged(filepath.Dir(u.Home.Engine)), DB: u.DB}
	payload, err := comet.Restore(engine, u.Genesis, machine, u.head.Engine)
	if errors.Is(err, comet.ErrSnapshot) {
		return fmt.Errorf("%w: %w", ErrBad, err)
	}
	if err != nil {
		return err
	}
	decided, err := machine.Restored(payload, u.head.Attested)
	if err != nil || decided.Draft == nil {
		return errors.Join(fmt.Errorf("%w: of tick %d", ErrBad, u.head.Tick()), err)
	}
	u.record = decided.Record
	u.install = append(u.install, u.Home.Log)
	for _, dir := range comet.Databases(u.DB) {
		u.install = append(u.install, filepath.Join(u.Home.Engine, dir))
	}
	cfg := orderedlog.Config{Dir: u.Home.staged(u.Home.Log), Network: u.Genesis.NetworkID(), Kind: machine.InForce().Kind}
	return orderedlog.Import(cfg, decided, u.head.Handovers)
}

// zone makes the chains of a zone's rollups and the zone's own folder.
func (u *unpacking) zone(ctx context.Context, id core.ZoneID) (err error) {
	beginning, attested, err := u.head.beginning(id)
	if err != nil {
		return err
	}
	cfg := zone.Config{Genesis: u.Genesis, Zone: id, First: u.machine.ZoneSince(id), Dir: u.Home.staged(u.Home.Zone(id))}
	if err := beginning.Verify(cfg, attested); err != nil {
		return fmt.Errorf("%w: %w", ErrBad, err)
	}
	engines := make(map[core.RollupID]zone.Engine)
	for _, seal := range beginning.Seal.Rollups {
		chain, failed := u.rollup(ctx, seal)
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, chain.Close()) }()
		engines[seal.Rollup] = chain
		u.install = append(u.install, u.Home.Rollup(seal.Rollup))
	}
	u.install = append(u.install, u.Home.Zone(id))
	err = beginning.Import(cfg, engines, u.record, attested)
	if errors.Is(err, zone.ErrBeginning) {
		return fmt.Errorf("%w: %w", ErrBad, err)
	}
	return err
}

// rollup makes the chain of a rollup that ends in a sealed block.
func (u *unpacking) rollup(ctx context.Context, seal zone.RollupSeal) (*evm.Chain, error) {
	part, err := u.manifest.part(RollupPart(seal.Rollup))
	if err != nil {
		return nil, err
	}
	cfg := evm.ConfigOf(u.Genesis, seal.Rollup, u.Home.staged(u.Home.Rollup(seal.Rollup)))
	if agreed, _ := u.machine.AgreedGenesis(seal.Rollup); agreed != (common.Hash{}) {
		j := u.Rollups[seal.Rollup]
		if j == nil {
			return nil, fmt.Errorf("%w: rollup %s joined the network, and this node has no genesis of it", ErrNone, seal.Rollup)
		}
		if own := j.Hash(u.Genesis.NetworkID()); own != agreed {
			return nil, fmt.Errorf("%w: rollup %s joined the network with genesis %s, this node has %s", ErrNone, seal.Rollup, agreed, own)
		}
		cfg.Rollup = j.Rollup
	}
	cfg.Logger = u.Logger
	in := u.fetcher.open(part)
	err = evm.Import(ctx, cfg, seal.Number, seal.Hash, in)
	if errors.Is(err, evm.ErrCopy) {
		err = fmt.Errorf("%w: rollup %s: %w", ErrBad, seal.Rollup, err)
	}
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	return evm.Open(cfg)
}
