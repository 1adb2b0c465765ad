package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/snapshot"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/proof"
)

const (
	// standingEvery is the pause between two looks at whether the node gets on.
	standingEvery = 2 * time.Second
	// standingPatience is for how long a node without a new tick is not taken to be left behind, unless its peers say so.
	standingPatience = 30 * time.Second
)

// homeOf is where a node of this configuration keeps what a snapshot brings.
func homeOf(cfg Config) snapshot.Home {
	return snapshot.Home{
		Dir: cfg.Home, Log: "log", Engine: filepath.Join("ordering", "data"),
		Zone:   func(id core.ZoneID) string { return filepath.Join("zone", id.String()) },
		Rollup: func(id core.RollupID) string { return filepath.Join("rollup", id.String()) },
		Stale:  []string{"explorer", "snapshots"},
	}
}

// Join brings the home folder to where the peers of cfg.StateSync can help the node, by a snapshot, if it needs that: before New, and
// nothing of the node may be running. Without peers it only ends what an earlier join left. cause is what the node's last Run
// in this process returned, nil at first.
func Join(ctx context.Context, cfg Config, genesis *core.Genesis, cause error) (snapshot.Joined, error) {
	home := homeOf(cfg)
	if err := home.Settle(); err != nil || len(cfg.StateSync.Peers) == 0 || cfg.Role == RoleGateway {
		return snapshot.Joined{}, err
	}
	log, err := orderedlog.Open(orderedlog.Config{Dir: cfg.logDir(), Network: genesis.NetworkID(), Kind: genesis.Kind})
	if err != nil {
		return snapshot.Joined{}, err
	}
	head := log.Head()
	own, err := newestOf(log)
	if err := errors.Join(err, log.Close()); err != nil {
		return snapshot.Joined{}, err
	}
	j := joiner(cfg, genesis, own)
	if j.Rollups, err = loadAllJoining(cfg.Home, genesis); err != nil {
		return snapshot.Joined{}, err
	}
	j.Stuck = errors.Is(cause, ErrLeftBehind)
	joined, err := j.Join(ctx, head)
	if err == nil && joined.Tick > 0 {
		j.Logger.Info("joined by a snapshot", "tick", joined.Tick, "peer", joined.Peer, "took", joined.Took, "reason", fmt.Sprintf("%d bytes", joined.Bytes))
	}
	return joined, err
}

func joiner(cfg Config, genesis *core.Genesis, own *proof.Handover) *snapshot.Joiner {
	return &snapshot.Joiner{
		Genesis: genesis, Home: homeOf(cfg), DB: cfg.Ordering.DB, Joining: cfg.StateSync, Own: own, Logger: cfg.Logger.With("stage", "snapshot"),
	}
}

// newestOf is the newest complete checkpoint of a log, nil before the first.
func newestOf(log *orderedlog.Log) (*proof.Handover, error) {
	c, err := log.LatestCheckpoint()
	if errors.Is(err, orderedlog.ErrNotFound) {
		return nil, nil //nolint:nilnil // there is none
	}
	if err != nil {
		return nil, err
	}
	return handover(c), nil
}

// watchStanding ends the node, with ErrLeftBehind, once it is certain that only a snapshot brings it further: it gets no tick, and
// checkpoints prove that the network is more than StateSync.Behind ahead, or anywhere ahead while all of the engine's peers have pruned what
// comes next.
func (n *Node) watchStanding(ctx context.Context) error {
	if len(n.cfg.StateSync.Peers) == 0 {
		return nil
	}
	ticker := time.NewTicker(standingEvery)
	defer ticker.Stop()
	head, since := n.ticks.Head(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if now := n.ticks.Head(); now != head {
			head, since = now, time.Now()
			continue
		}
		behind := n.cfg.StateSync.Behind
		switch {
		case n.engine.Pruned(head + 1):
			behind = 0
		case time.Since(since) < standingPatience:
			continue
		}
		own, err := newestOf(n.ticks)
		if err != nil {
			return err
		}
		if joiner(n.cfg, n.genesis, own).Helps(ctx, head, behind) && n.ticks.Head() == head {
			return fmt.Errorf("%w: no tick after %d for %s", ErrLeftBehind, head, time.Since(since).Round(time.Second))
		}
	}
}
