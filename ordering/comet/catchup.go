package comet

import (
	"errors"
	"fmt"

	cmtblocksync "github.com/cometbft/cometbft/blocksync"
	cmtnode "github.com/cometbft/cometbft/node"
)

// A validator that lags catches up inside consensus: its peers send it the commits and blocks that it lacks, as they
// do for one that is a round behind. The engine's block sync would be the other way, and is not used: it does not vote
// and drops gossip for seconds after every start, it panics if a peer leaves while that peer's block is being verified
// (v0.40.0, BlockPool.PopRequest), and in its goroutines a panic ends the whole process.

// servingOnly is the block sync reactor without its own syncing: it answers peers and asks for nothing.
type servingOnly struct{ *cmtblocksync.Reactor }

// Start starts nothing.
func (servingOnly) Start() error { return nil }

// Stop has nothing to stop.
func (servingOnly) Stop() error { return nil }

// withoutBlockSync takes block sync out of an engine that was not started yet.
func withoutBlockSync(engine *cmtnode.Node) error {
	sw := engine.Switch()
	found, _ := sw.Reactor("BLOCKSYNC")
	reactor, ok := found.(*cmtblocksync.Reactor)
	if !ok {
		return fmt.Errorf("block sync reactor is %T", found)
	}
	sw.RemoveReactor("BLOCKSYNC", reactor)
	sw.AddReactor("BLOCKSYNC", servingOnly{reactor})
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
