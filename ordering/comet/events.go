package comet

import (
	"fmt"
	"reflect"
	"unsafe"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtstate "github.com/cometbft/cometbft/state"
	cmttypes "github.com/cometbft/cometbft/types"
)

// withoutEvents keeps an engine that was not started yet from telling its event bus of each block: nobody listens but an indexer that
// indexes nothing, and for that every part of a tick would be hashed once more. The bus has no door for that either, see withWAL.
func withoutEvents(engine *cmtnode.Node) error {
	env, err := engine.ConfigureRPC()
	if err != nil {
		return err
	}
	state, ok := env.ConsensusState.(*cmtconsensus.State)
	if !ok {
		return fmt.Errorf("%w: its state is a %T", errEngineChanged, env.ConsensusState)
	}
	field := reflect.ValueOf(state).Elem().FieldByName("blockExec")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*cmtstate.BlockExecutor]() {
		return fmt.Errorf("%w: no executor of blocks in %T", errEngineChanged, state)
	}
	executor, _ := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Interface().(*cmtstate.BlockExecutor)
	executor.SetEventBus(cmttypes.NopEventBus{})
	return nil
}
