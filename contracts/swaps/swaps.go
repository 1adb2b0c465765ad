package swaps

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
)

// Side is what one party pays: on which chain, by whom, to whom, and what; the zero token is the chain's ether.
type Side = swap.SwapSide

// Terms are what two parties agreed upon.
type Terms = swap.SwapTerms

// ErrInvalidTerms: a number of the terms is missing, negative or of more than 256 bits.
var ErrInvalidTerms = errors.New("swaps: invalid terms")

var (
	contract = swap.NewSwap()
	abi      = contract.GetABI()
	// paidVariable is the contract's mapping of ids that were paid, PAID_SLOT.
	paidVariable = common.Hash{}
)

// ID is the swap's id on both chains: keccak256 of the terms' ABI encoding.
func ID(terms Terms) (common.Hash, error) {
	if err := check(terms); err != nil {
		return common.Hash{}, err
	}
	encoded, err := abi.Methods["idOf"].Inputs.Pack(terms)
	if err != nil {
		return common.Hash{}, err
	}
	return crypto.Keccak256Hash(encoded), nil
}

// PaidSlot is the storage slot of the contract that holds 1 once the chain's side of the swap was paid.
func PaidSlot(id common.Hash) common.Hash { return core.MappingSlot(id, paidVariable) }

// PayCall is the call by which a party pays its side, and asserts that the other one is paid. A side in ether is sent along.
func PayCall(terms Terms) ([]byte, error) {
	if err := check(terms); err != nil {
		return nil, err
	}
	return contract.TryPackPay(terms)
}

// check refuses what no uint256 holds.
func check(terms Terms) error {
	for _, n := range []*big.Int{terms.First.ChainId, terms.First.Amount, terms.Second.ChainId, terms.Second.Amount, terms.Deadline} {
		if n == nil || n.Sign() < 0 || n.BitLen() > 256 {
			return fmt.Errorf("%w: a chain id, amount or deadline is %s, want 0 to 2^256-1", ErrInvalidTerms, n)
		}
	}
	return nil
}
