package comet

import (
	"errors"
	"fmt"
	"log/slog"

	cmtblocksync "github.com/cometbft/cometbft/blocksync"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtbcproto "github.com/cometbft/cometbft/proto/tendermint/blocksync"
)

// A validator that lags catches up inside consensus: its peers send it the commits and blocks that it lacks, as they
// do for one that is a round behind. The engine's block sync would be the other way, and is not used: it does not vote
// and drops gossip for seconds after every start, it panics if a peer leaves while that peer's block is being verified
// (v0.40.0, BlockPool.PopRequest), and in its goroutines a panic ends the whole process.

// servingOnly is the block sync reactor without its own syncing: it answers peers and asks for nothing.
type servingOnly struct {
	*cmtblocksync.Reactor
	height func() uint64
	peers  int
	absent *absence
	log    *slog.Logger
}

// Start starts nothing.
func (servingOnly) Start() error { return nil }

// Stop has nothing to stop.
func (servingOnly) Stop() error { return nil }

// Receive answers questions and drops answers, since nothing was asked. Every peer says at first which blocks it has,
// and that tells when this node was away for too long.
func (s servingOnly) Receive(e cmtp2p.Envelope) {
	switch msg := e.Message.(type) {
	case *cmtbcproto.StatusRequest, *cmtbcproto.BlockRequest:
		s.Reactor.Receive(e)
	case *cmtbcproto.StatusResponse:
		s.compare(string(e.Src.ID()), uint64(max(msg.Base, 0)), s.height()+1)
	}
}

// compare looks whether a peer whose blocks begin at base has the one that is next here.
func (s servingOnly) compare(peer string, base, next uint64) {
	if base <= next {
		s.absent.helps(peer)
		return
	}
	s.log.Warn("peer has pruned blocks that this node lacks", "height", next, "peer", peer, "reason", fmt.Sprintf("its blocks begin at %d", base))
	if oldest, all := s.absent.lacking(peer, base, s.peers); all {
		s.log.Error("this node was away for longer than its peers keep blocks and needs a snapshot", "height", next,
			"reason", fmt.Sprintf("a snapshot of tick %d or later: the peers' blocks begin at %d", oldest-1, oldest))
	}
}

// withoutBlockSync takes block sync out of an engine that was not started yet.
func (n *Node) withoutBlockSync(engine *cmtnode.Node) error {
	sw := engine.Switch()
	found, _ := sw.Reactor("BLOCKSYNC")
	reactor, ok := found.(*cmtblocksync.Reactor)
	if !ok {
		return fmt.Errorf("block sync reactor is %T", found)
	}
	sw.RemoveReactor("BLOCKSYNC", reactor)
	sw.AddReactor("BLOCKSYNC", servingOnly{reactor, n.deps.Machine.Height, len(n.cfg.Peers), &n.absent, n.log})
	gossip, ok := engine.MempoolReactor().(interface{ EnableInOutTxs() })
	if !ok {
		return fmt.Errorf("mempool reactor is %T", engine.MempoolReactor())
	}
	gossip.EnableInOutTxs()
	return nil
}

// beginConsensus starts the consensus loop of an engine that waits for block sync. It panics as the engine does.
func beginConsensus(engine *cmtnode.Node) error {
	if !engine.ConsensusReactor().WaitSync() {
		return nil // a single validator has nobody to sync with
	}
	env, err := engine.ConfigureRPC() // nothing is served; it is the engine's way to its state
	if err != nil {
		return err
	}
	state, err := env.StateStore.Load()
	if err != nil {
		return err
	}
	if state.IsEmpty() {
		return errors.New("the engine has no state")
	}
	engine.ConsensusReactor().SwitchToConsensus(state, false)
	return nil
}
