package gatewaytest

import (
	"context"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// OrderID is the id of the order that Intents has.
var OrderID = common.Hash{31: 0x0d}

// Intents is a book with one order, which takes everything unless Refuse says why not.
type Intents struct {
	// Refuse is what every call is refused with; nil for none.
	Refuse error
	// Messages are what subscribers get; when it is closed they were too slow.
	Messages chan *gateway.IntentMessage

	mu        sync.Mutex
	order     *intentsettler.GaslessCrossChainOrder
	signature []byte
	closed    int
}

// NewIntents makes one.
func NewIntents() *Intents { return &Intents{Messages: make(chan *gateway.IntentMessage, 16)} }

// Submitted is the order that came last, with its signature.
func (i *Intents) Submitted() (*intentsettler.GaslessCrossChainOrder, []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.order, i.signature
}

// Closed is how many subscriptions were closed.
func (i *Intents) Closed() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed
}

// Submit implements gateway.Intents.
func (i *Intents) Submit(_ context.Context, order *intentsettler.GaslessCrossChainOrder, signature []byte) (common.Hash, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.order, i.signature = order, signature
	return OrderID, i.Refuse
}

// Get implements gateway.Intents.
func (i *Intents) Get(id common.Hash) (*gateway.IntentView, error) {
	if id != OrderID {
		return nil, &gateway.Refusal{Cause: gateway.ErrUnknownIntent, Detail: id.Hex()}
	}
	return i.view(), i.Refuse
}

func (i *Intents) view() *gateway.IntentView {
	hash := func(last byte) common.Hash { return common.Hash{31: last} }
	return &gateway.IntentView{
		OrderID: OrderID, Order: gateway.NewOrderView(Order()), Signature: []byte{1, 2}, Status: "open",
		Intent: gateway.IntentTerms{
			InputToken: common.Address{19: 1}, InputAmount: quantity(100), OutputToken: hash(2), MinOutput: quantity(70), Recipient: hash(3),
			DestinationChainID: quantity(int64(B)), DestinationSettler: hash(4),
		},
		Left: quantity(100), Auction: gateway.AuctionView{OpensTick: 10, ClosesTick: 18}, Solutions: 1, Fills: []gateway.IntentFillView{},
	}
}

// List implements gateway.Intents.
func (i *Intents) List(after common.Hash, limit int) ([]*gateway.IntentView, error) {
	switch after {
	case common.Hash{}:
		return []*gateway.IntentView{i.view()}[:min(1, limit)], nil
	case OrderID:
		return []*gateway.IntentView{}, nil
	}
	return nil, &gateway.Refusal{Cause: gateway.ErrUnknownIntent, Detail: after.Hex()}
}

// Solve implements gateway.Intents.
func (i *Intents) Solve(_ context.Context, id common.Hash, b core.DecodedBundle) (*gateway.SolutionReceipt, error) {
	if i.Refuse != nil {
		return nil, i.Refuse
	}
	return &gateway.SolutionReceipt{BundleID: b.Hash, InputAmount: quantity(100), OutputAmount: quantity(90), Surplus: quantity(20)}, nil
}

// Cancel implements gateway.Intents.
func (i *Intents) Cancel(_ context.Context, id common.Hash, _ []byte) (*gateway.CancelIntentReceipt, error) {
	return &gateway.CancelIntentReceipt{OrderID: id, Status: "cancelled"}, i.Refuse
}

// Subscribe implements gateway.Intents.
func (i *Intents) Subscribe() (gateway.IntentFeed, error) { return intentFeed{i}, i.Refuse }

type intentFeed struct{ *Intents }

func (f intentFeed) Next(ctx context.Context) (*gateway.IntentMessage, error) {
	select {
	case m, ok := <-f.Messages:
		if !ok {
			return nil, &gateway.Refusal{Cause: gateway.ErrSlowConsumer, Detail: "more than 2 messages behind"}
		}
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f intentFeed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
}

// Order is an order of the tests' network.
func Order() *intentsettler.GaslessCrossChainOrder {
	return &intentsettler.GaslessCrossChainOrder{
		OriginSettler: common.Address{19: 4}, User: common.Address{19: 3}, Nonce: big.NewInt(1), OriginChainId: big.NewInt(int64(A)),
		OpenDeadline: uint32(Start/1000 + 60), FillDeadline: uint32(Start/1000 + 60), OrderDataType: [32]byte{31: 7}, OrderData: []byte{8},
	}
}

func quantity(n int64) *hexutil.Big { return (*hexutil.Big)(big.NewInt(n)) }
