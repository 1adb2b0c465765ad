package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
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
	// DB is the engine's database, see comet.Config.
	DB string
	// Peers are root URLs of gateways; MaxBytes bounds a snapshot; Behind is how many ticks a node may be behind and still
	// take them one by one.
	Peers    []string
	MaxBytes uint64
	Behind   uint64
	Logger   *slog.Logger
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

// Join fetches and installs a snapshot if the node, whose newest tick is head, needs one: all peers that answer have pruned
// the next tick's block, or it is more than Behind ticks behind. In the first case it waits for a peer with a snapshot
// until ctx ends. Peers whose snapshot is not good are not asked again.
func (j *Joiner) Join(ctx context.Context, head uint64) (Joined, error) {
	begun := time.Now()
	f := &fetcher{
		network: j.Genesis.NetworkID(), peers: roots(j.Peers), dir: j.Home.joining("chunks"), limit: j.MaxBytes,
		client: &http.Client{Timeout: requestTimeout}, log: j.Logger,
	}
	defer f.client.CloseIdleConnections()
	for {
		all := f.offers(ctx)
		lost, far := needs(all, head, j.Behind)
		if !lost && !far {
			return Joined{}, ctx.Err()
		}
		for _, c := range candidates(all, head) {
			err := j.take(ctx, f, c)
			if err == nil {
				return Joined{c.tick, f.bytes.Load(), time.Since(begun), c.peer}, nil
			}
			if ctx.Err() != nil || !errors.Is(err, ErrBad) && !errors.Is(err, ErrPeer) {
				return Joined{}, err
			}
			j.Logger.Error("snapshot of a peer is not used", "peer", c.peer, "tick", c.tick, "err", err)
			if errors.Is(err, ErrBad) {
				f.peers = slices.DeleteFunc(slices.Clone(f.peers), func(peer string) bool { return peer == c.peer })
			}
		}
		if !lost {
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

// needs tells whether no peer has the next tick's block any more, and whether there are too many to take.
func needs(all []offered, head, behind uint64) (lost, far bool) {
	lost = len(all) > 0
	for _, o := range all {
		if o.BlocksFrom != 0 && o.BlocksFrom <= head+1 {
			lost = false
		}
		far = far || o.Head > head && o.Head-head > behind
	}
	return lost, far
}

// candidate is a snapshot of a peer.
type candidate struct {
	peer string
	tick uint64
}

// candidates are the snapshots from which some peer can lead on, newest first.
func candidates(all []offered, head uint64) (found []candidate) {
	for _, o := range all {
		for _, tick := range o.Ticks {
			leads := slices.ContainsFunc(all, func(other offered) bool { return other.BlocksFrom != 0 && other.BlocksFrom <= tick+1 })
			if tick > head && leads {
				found = append(found, candidate{o.peer, tick})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.tick, a.tick) })
	return found
}

// take fetches, verifies, unpacks and installs a snapshot.
func (j *Joiner) take(ctx context.Context, f *fetcher, c candidate) error {
	j.Logger.Info("fetching a snapshot", "tick", c.tick, "peer", c.peer)
	m, err := f.fetch(ctx, c.peer, c.tick)
	if err != nil {
		return err
	}
	j.Logger.Info("verifying a snapshot", "tick", c.tick, "reason", fmt.Sprintf("%d bytes", m.Size()))
	if err := j.Home.Settle(); err != nil { // nothing of another snapshot is left
		return err
	}
	install, err := j.unpack(ctx, f, m)
	if err != nil {
		return err
	}
	j.Logger.Info("installing a snapshot", "tick", c.tick)
	return j.Home.commit(install)
}

// unpack makes all folders in their staging place, and lists their paths.
func (j *Joiner) unpack(ctx context.Context, f *fetcher, m *Manifest) (install []string, err error) {
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
	record, err := j.unpackOrder(head)
	if err != nil {
		return nil, err
	}
	install = []string{j.Home.Log, filepath.Join(j.Home.Engine, "state.db"), filepath.Join(j.Home.Engine, "blockstore.db")}
	for _, z := range j.Genesis.Zones {
		paths, err := j.unpackZone(ctx, f, m, z, head, record)
		if err != nil {
			return nil, err
		}
		install = append(install, paths...)
	}
	return install, nil
}

// unpackOrder verifies the head and makes log and engine.
func (j *Joiner) unpackOrder(head *Head) (*core.TickRecord, error) {
	machine, err := head.verify(j.Genesis, proof.FromGenesis(j.Genesis))
	if err != nil {
		return nil, err
	}
	payload, err := comet.Restore(j.Home.staged(j.Home.Engine), j.DB, j.Genesis, machine, head.Engine)
	if errors.Is(err, comet.ErrSnapshot) {
		return nil, fmt.Errorf("%w: %w", ErrBad, err)
	}
	if err != nil {
		return nil, err
	}
	decided, err := machine.Restored(payload, head.Attested)
	if err != nil || decided.Draft == nil {
		return nil, fmt.Errorf("%w: tick %d opens no checkpoint: %w", ErrBad, head.Tick(), err)
	}
	cfg := orderedlog.Config{Dir: j.Home.staged(j.Home.Log), Network: j.Genesis.NetworkID(), Kind: machine.InForce().Kind}
	return decided.Record, orderedlog.Import(cfg, decided, head.Handovers)
}

// unpackZone makes the chains of a zone's rollups and the zone's own folder.
func (j *Joiner) unpackZone(ctx context.Context, f *fetcher, m *Manifest, z core.Zone, head *Head, record *core.TickRecord) (install []string, err error) {
	beginning, attested, err := head.beginning(z.ID)
	if err != nil {
		return nil, err
	}
	cfg := zone.Config{Genesis: j.Genesis, Zone: z.ID, Dir: j.Home.staged(j.Home.Zone(z.ID))}
	if err := beginning.Verify(cfg, attested); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBad, err)
	}
	engines := make(map[core.RollupID]zone.Engine)
	for _, seal := range beginning.Seal.Rollups {
		chain, err := j.unpackRollup(ctx, f, m, seal)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, chain.Close()) }()
		engines[seal.Rollup], install = chain, append(install, j.Home.Rollup(seal.Rollup))
	}
	err = zone.Import(cfg, engines, beginning, record, attested)
	if errors.Is(err, zone.ErrBeginning) {
		err = fmt.Errorf("%w: %w", ErrBad, err)
	}
	return append(install, j.Home.Zone(z.ID)), err
}

func (j *Joiner) unpackRollup(ctx context.Context, f *fetcher, m *Manifest, seal zone.RollupSeal) (*evm.Chain, error) {
	part, err := m.part(RollupPart(seal.Rollup))
	if err != nil {
		return nil, err
	}
	cfg := evm.ConfigOf(j.Genesis, seal.Rollup, j.Home.staged(j.Home.Rollup(seal.Rollup)))
	cfg.Logger = j.Logger
	in := f.open(part)
	err = evm.Import(ctx, cfg, seal.Number, seal.Hash, in)
	if errors.Is(err, evm.ErrCopy) {
		err = fmt.Errorf("%w: rollup %s: %w", ErrBad, seal.Rollup, err)
	}
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	return evm.Open(cfg)
}
