package gateway

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// OrderView is an order as ERC-7683 (January 2025) has it: GaslessCrossChainOrder. All quantities are 0x hex; where one is
// taken, a JSON number is as good.
type OrderView struct {
	// OriginSettler is the IntentSettler of the origin chain.
	OriginSettler common.Address `json:"originSettler"`
	// User is who swaps, and whose input is taken.
	User common.Address `json:"user"`
	// Nonce is Permit2's (unordered) unless the order is filled in parts, and protects from replay.
	Nonce         *hexutil.Big `json:"nonce"`
	OriginChainID *hexutil.Big `json:"originChainId"`
	// OpenDeadline and FillDeadline are the last seconds (Unix) at which the input may be taken, and the order filled.
	OpenDeadline hexutil.Uint64 `json:"openDeadline"`
	FillDeadline hexutil.Uint64 `json:"fillDeadline"`
	// OrderDataType is the EIP-712 type hash of Intent.
	OrderDataType common.Hash `json:"orderDataType"`
	// OrderData is the ABI encoding of an Intent.
	OrderData hexutil.Bytes `json:"orderData"`
}

// NewOrderView is an order as JSON.
func NewOrderView(o *intentsettler.GaslessCrossChainOrder) OrderView {
	return OrderView{
		OriginSettler: o.OriginSettler, User: o.User, Nonce: (*hexutil.Big)(o.Nonce), OriginChainID: (*hexutil.Big)(o.OriginChainId),
		OpenDeadline: hexutil.Uint64(o.OpenDeadline), FillDeadline: hexutil.Uint64(o.FillDeadline),
		OrderDataType: o.OrderDataType, OrderData: o.OrderData,
	}
}

// Order is the order itself. Deadlines beyond 32 bits, which no gateway gives, are cut.
func (v *OrderView) Order() intentsettler.GaslessCrossChainOrder {
	return intentsettler.GaslessCrossChainOrder{
		OriginSettler: v.OriginSettler, User: v.User, Nonce: (*big.Int)(v.Nonce), OriginChainId: (*big.Int)(v.OriginChainID),
		OpenDeadline: uint32(v.OpenDeadline), FillDeadline: uint32(v.FillDeadline),
		OrderDataType: v.OrderDataType, OrderData: v.OrderData,
	}
}

// IntentTerms are the order data, decoded.
type IntentTerms struct {
	InputToken  common.Address `json:"inputToken"`
	InputAmount *hexutil.Big   `json:"inputAmount"`
	// OutputToken is an address, padded in front; zero stands for ether.
	OutputToken common.Hash `json:"outputToken"`
	// MinOutput is the least for all of the input. A part of it costs its share, rounded up.
	MinOutput          *hexutil.Big `json:"minOutput"`
	Recipient          common.Hash  `json:"recipient"`
	DestinationChainID *hexutil.Big `json:"destinationChainId"`
	DestinationSettler common.Hash  `json:"destinationSettler"`
	// Escrow is false for every order of a book.
	Escrow      bool           `json:"escrow"`
	PartialFill bool           `json:"partialFill"`
	ClaimPeriod hexutil.Uint64 `json:"claimPeriod"`
	Verifier    common.Address `json:"verifier"`
}

// IntentView is an order of this node's book; it answers lockstep_getIntent.
type IntentView struct {
	OrderID   common.Hash   `json:"orderId"`
	Order     OrderView     `json:"order"`
	Signature hexutil.Bytes `json:"signature"`
	// Status is "open" while solutions are taken, "pending" from the end of the window until the fate of the winner's bundle is
	// known, and at last "filled", "cancelled" or "expired".
	Status string      `json:"status"`
	Intent IntentTerms `json:"intent"`
	// Left is how much of the input is not filled.
	Left    *hexutil.Big `json:"left"`
	Auction AuctionView  `json:"auction"`
	// Solutions counts those that are in the book for this window. Nobody is shown what they offer.
	Solutions uint64 `json:"solutions"`
	// Fills are the winners' bundles, in the order sent; of many the newest.
	Fills []IntentFillView `json:"fills"`
	// Reason explains the status, if there is something to explain.
	Reason string `json:"reason,omitempty"`
	// Held is false: the book is this node's alone and in its memory, so the order is lost with it. Give it to several gateways, or
	// again; it is settled once. Of a winner's bundle, ask lockstep_getStatus who keeps it.
	Held bool `json:"held"`
}

// AuctionView is the window in which solutions are taken; its ticks are those of the network.
type AuctionView struct {
	OpensTick uint64 `json:"opensTick"`
	// ClosesTick is the one after which the winner is sent. A window without a winner is followed by the next one.
	ClosesTick uint64 `json:"closesTick"`
}

// IntentFillView is a winner's bundle.
type IntentFillView struct {
	BundleID common.Hash `json:"bundleId"`
	// Filler gets the input: InputAmount of it, for OutputAmount. They are what the simulation said, and once executed what
	// the settlers' events say.
	Filler       common.Address `json:"filler"`
	InputAmount  *hexutil.Big   `json:"inputAmount"`
	OutputAmount *hexutil.Big   `json:"outputAmount"`
	// Tick is the one that ordered it.
	Tick uint64 `json:"tick,omitempty"`
	// Status is "sent", "executed" or "void", which also says that it was never ordered.
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// IntentMessage is a message of the subscription "intents".
type IntentMessage struct {
	// Event is "opened" (also for every order that is there when the subscription begins), "awarded" when the winner's bundle
	// is sent, "filled" when nothing is left, "reopened" when a new window begins after a part was filled or a winner
	// failed, and "closed" when the order was cancelled or has expired. "filled" and "closed" are an order's last.
	Event  string     `json:"event"`
	Intent IntentView `json:"intent"`
}

// SolutionReceipt answers lockstep_submitSolution with what the simulation says.
type SolutionReceipt struct {
	BundleID common.Hash `json:"bundleId"`
	// InputAmount is what the filler takes, OutputAmount what the recipient gets.
	InputAmount  *hexutil.Big `json:"inputAmount"`
	OutputAmount *hexutil.Big `json:"outputAmount"`
	// Surplus is how much OutputAmount is above the least that the order asks for this input. The auction ranks by it.
	Surplus *hexutil.Big `json:"surplus"`
	// Held is false: until it is awarded the solution is kept by this node alone, and lost with it.
	Held bool `json:"held"`
}

// IntentCancellation takes an order out of the book.
type IntentCancellation struct {
	OrderID common.Hash `json:"orderId"`
	// Signature is the user's over the EIP-712 type `CancelIntent(bytes32 orderId)` in the domain of cancellations of bundles;
	// that of an account with code is checked by ERC-1271.
	Signature hexutil.Bytes `json:"signature"`
}

// CancelIntentReceipt answers lockstep_cancelIntent.
type CancelIntentReceipt struct {
	OrderID common.Hash `json:"orderId"`
	// Status is "cancelled", or "pending" if a winner's bundle was sent before: then it is cancelled unless that takes effect.
	Status string `json:"status"`
}
