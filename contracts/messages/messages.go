package messages

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/outbox"
)

// Message is a message from an account on one rollup to an account on another one. Its nonce has a key of the sender's choice
// in the upper 192 bits, and a count under that key in the lower 64.
type Message = inbox.Message

var (
	// ErrInvalidMessage: a number of the message is missing, negative or of more than 256 bits.
	ErrInvalidMessage = errors.New("messages: invalid message")
	// ErrNotTheEvent: the log is another event than Sent.
	ErrNotTheEvent = errors.New("messages: not the event")
)

var (
	outboxContract = outbox.NewOutbox()
	inboxContract  = inbox.NewInbox()
	// sentVariable is the outbox's mapping of ids that were sent, Messages.SENT_SLOT.
	sentVariable = common.Hash{31: 2}
)

// ID is the id of a message that this outbox sends: keccak256 over seven words.
func ID(m Message, outbox common.Address) (common.Hash, error) {
	if err := check(m); err != nil {
		return common.Hash{}, err
	}
	return crypto.Keccak256Hash(
		word(m.SourceChain), common.LeftPadBytes(outbox[:], 32), common.LeftPadBytes(m.Sender[:], 32), word(m.DestinationChain),
		common.LeftPadBytes(m.Recipient[:], 32), word(m.Nonce), crypto.Keccak256(m.Payload),
	), nil
}

// SentSlot is the storage slot of the outbox that holds 1 once the message was sent.
func SentSlot(id common.Hash) common.Hash { return core.MappingSlot(id, sentVariable) }

// ParseSent reads the event Sent of an outbox on the source rollup: the message and its id. ErrNotTheEvent: it is another
// event.
func ParseSent(source core.RollupID, log *gethtypes.Log) (Message, common.Hash, error) {
	event, err := outboxContract.UnpackSentEvent(log)
	if err != nil {
		return Message{}, common.Hash{}, fmt.Errorf("%w: %w", ErrNotTheEvent, err)
	}
	return Message{
		SourceChain: new(big.Int).SetUint64(uint64(source)), Sender: event.Sender, DestinationChain: event.DestinationChain,
		Recipient: event.Recipient, Nonce: event.Nonce, Payload: event.Payload,
	}, event.Id, nil
}

// DeliverCall is the call of the destination's inbox that hands the message to its recipient, and asserts that it was sent.
func DeliverCall(m Message) ([]byte, error) {
	if err := check(m); err != nil {
		return nil, err
	}
	return inboxContract.TryPackDeliver(m)
}

// check refuses what no uint256 holds.
func check(m Message) error {
	for _, n := range []*big.Int{m.SourceChain, m.DestinationChain, m.Nonce} {
		if n == nil || n.Sign() < 0 || n.BitLen() > 256 {
			return fmt.Errorf("%w: a chain id or the nonce is %s, want 0 to 2^256-1", ErrInvalidMessage, n)
		}
	}
	return nil
}

func word(n *big.Int) []byte { return common.LeftPadBytes(n.Bytes(), 32) }
