package comet

import (
	cmtnode "github.com/cometbft/cometbft/node"
	cmtstate "github.com/cometbft/cometbft/state"
	cmttypes "github.com/cometbft/cometbft/types"
)

// withoutEvents keeps an engine that was not started yet from telling its event bus of each block: nobody listens but an indexer that
// indexes nothing, and for that every part of a tick would be hashed once more.
func withoutEvents(engine *cmtnode.Node) error {
	executor, err := hiddenField[*cmtstate.BlockExecutor](engine, "blockExec")
	if err != nil {
		return err
	}
	(*executor).SetEventBus(cmttypes.NopEventBus{})
	return nil
}
