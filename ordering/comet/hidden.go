package comet

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
)

// errEngineChanged: the engine is of a version that this package does not know.
var errEngineChanged = errors.New("ordering: the engine has another shape than this build knows")

// hiddenField is an unexported field, of type T, of the consensus state of an engine that was not started yet: the engine has no door for what
// is behind it.
func hiddenField[T any](engine *cmtnode.Node, name string) (*T, error) {
	env, err := engine.ConfigureRPC() // nothing is served; it is the engine's way to its state
	if err != nil {
		return nil, err
	}
	state, ok := env.ConsensusState.(*cmtconsensus.State)
	if !ok {
		return nil, fmt.Errorf("%w: its state is a %T", errEngineChanged, env.ConsensusState)
	}
	field := reflect.ValueOf(state).Elem().FieldByName(name)
	if !field.IsValid() || field.Type() != reflect.TypeFor[T]() {
		return nil, fmt.Errorf("%w: no %s of type %s in %T", errEngineChanged, name, reflect.TypeFor[T](), state)
	}
	return (*T)(unsafe.Pointer(field.UnsafeAddr())), nil
}
