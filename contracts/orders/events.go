package orders

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// The settler's variables claimed and filled, CLAIMED_SLOT and FILLED_SLOT.
var claimedVariable, filledVariable = common.Hash{31: 3}, common.Hash{31: 4}

// Filled says that a recipient was paid, on the destination chain.
type Filled = intentsettler.IntentSettlerFilled

// Claimed says that a filler was paid, on the origin chain.
type Claimed = intentsettler.IntentSettlerClaimed

// ParseFilled reads the event Filled of a settler; who calls knows from the log's address of which one. ErrNotTheEvent: it is
// another event.
func ParseFilled(log *gethtypes.Log) (*Filled, error) { return parse(log, settler.UnpackFilledEvent) }

// ParseClaimed is ParseFilled for the event Claimed.
func ParseClaimed(log *gethtypes.Log) (*Claimed, error) {
	return parse(log, settler.UnpackClaimedEvent)
}

// ClaimedSlot is the storage slot of the origin's settler that holds 1 once the fill with this key was paid.
func ClaimedSlot(fillKey common.Hash) common.Hash { return core.MappingSlot(fillKey, claimedVariable) }

// FilledSlot is the storage slot of the destination's settler that holds 1 once the fill with this key was made.
func FilledSlot(fillKey common.Hash) common.Hash { return core.MappingSlot(fillKey, filledVariable) }

func parse[T any](log *gethtypes.Log, unpack func(*gethtypes.Log) (*T, error)) (*T, error) {
	event, err := unpack(log)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTheEvent, err)
	}
	return event, nil
}
