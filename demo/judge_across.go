package demo

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// judgeSwap wants that both sides of a swap between Alice and Bob were paid, as the contract on each rollup says and the
// books show.
func judgeSwap(e *evidence, at common.Address, terms swap.SwapTerms) error {
	first, second := core.RollupID(terms.First.ChainId.Uint64()), core.RollupID(terms.Second.ChainId.Uint64())
	want := make(changes)
	want.move(item{first, inToken, "Alice"}, "Bob", terms.First.Amount)
	want.move(item{second, inToken, "Bob"}, "Alice", terms.Second.Amount)
	if err := judgeSuccess(e, []sender{{first, "Alice"}, {second, "Bob"}}, want); err != nil {
		return err
	}
	contract := swap.NewSwap()
	id := crypto.Keccak256Hash(contract.PackPay(terms)[4:])
	for i, side := range []swap.SwapSide{terms.First, terms.Second} {
		paid, err := event(e.receipts[i], at, contract.UnpackPaidEvent)
		if err != nil {
			return fmt.Errorf("leg %d: Paid: %w", i, err)
		}
		if paid.Id != id || paid.Payer != side.Payer || paid.Payee != side.Payee || paid.Token != side.Token || paid.Amount.Cmp(side.Amount) != 0 {
			return fmt.Errorf("%w: leg %d says that %s paid %s to %s, want %s by %s to %s in swap %s",
				ErrFailed, i, paid.Payer, inTokens(paid.Amount), paid.Payee, inTokens(side.Amount), side.Payer, side.Payee, id)
		}
	}
	return nil
}

// passage is a token's way over the bridge in one bundle, from the leg that sends it off to the one that brings it in.
type passage struct {
	from, to core.RollupID
	amount   *big.Int
	// home: the token goes back to where it comes from.
	home bool
}

// changes are those that Carol's passage makes.
func (p passage) changes() changes {
	c := make(changes)
	if p.home {
		minus := new(big.Int).Neg(p.amount)
		c.add(item{p.from, inBridged, "Carol"}, minus)
		c.add(item{p.from, bridgedSupply, ""}, minus)
		c.move(item{p.to, inToken, theBridge}, "Carol", p.amount)
		c.add(item{p.to, locked, ""}, minus)
		return c
	}
	c.move(item{p.from, inToken, "Carol"}, theBridge, p.amount)
	c.add(item{p.from, locked, ""}, p.amount)
	c.add(item{p.to, inBridged, "Carol"}, p.amount)
	c.add(item{p.to, bridgedSupply, ""}, p.amount)
	return c
}

// judgePassage wants that the token left and arrived, that the message between the two is one and the same, and that there
// are not more or fewer tokens than before.
func judgePassage(e *evidence, contracts [2]common.Address, p passage) error {
	if err := judgeSuccess(e, []sender{{p.from, "Carol"}, {p.to, "Carol"}}, p.changes()); err != nil {
		return err
	}
	atBridge, atInbox := contracts[0], contracts[1]
	left, arrived, err := passed(e.receipts, atBridge, p.home)
	if err != nil {
		return err
	}
	consumed, err := event(e.receipts[1], atInbox, inbox.NewInbox().UnpackConsumedEvent)
	if err != nil {
		return fmt.Errorf("leg 1: Consumed: %w", err)
	}
	switch {
	case left.id != arrived.id || left.id != consumed.Id:
		return fmt.Errorf("%w: message %s was sent, %s consumed, %s arrived", ErrFailed, left.id, common.Hash(consumed.Id), arrived.id)
	case left.amount.Cmp(p.amount) != 0 || arrived.amount.Cmp(p.amount) != 0:
		return fmt.Errorf("%w: %s left and %s arrived, want %s", ErrFailed, inTokens(left.amount), inTokens(arrived.amount), inTokens(p.amount))
	case consumed.SourceChain.Uint64() != uint64(p.from) || consumed.Sender != atBridge || consumed.Recipient != atBridge:
		return fmt.Errorf("%w: the message came from %s on rollup %s, want the bridge %s on rollup %s", ErrFailed, consumed.Sender, consumed.SourceChain, atBridge, p.from)
	}
	return nil
}

// end is what the bridge says at one end of a passage.
type end struct {
	id     common.Hash
	amount *big.Int
}

// passed reads the bridge's events at both ends.
func passed(receipts []*gethtypes.Receipt, at common.Address, home bool) (left, arrived end, err error) {
	contract := tokenbridge.NewTokenBridge()
	if home {
		burned, err := event(receipts[0], at, contract.UnpackBurnedEvent)
		if err != nil {
			return left, arrived, fmt.Errorf("leg 0: Burned: %w", err)
		}
		unlocked, err := event(receipts[1], at, contract.UnpackUnlockedEvent)
		if err != nil {
			return left, arrived, fmt.Errorf("leg 1: Unlocked: %w", err)
		}
		return end{burned.Id, burned.Amount}, end{unlocked.Id, unlocked.Amount}, nil
	}
	locked, err := event(receipts[0], at, contract.UnpackLockedEvent)
	if err != nil {
		return left, arrived, fmt.Errorf("leg 0: Locked: %w", err)
	}
	minted, err := event(receipts[1], at, contract.UnpackMintedEvent)
	if err != nil {
		return left, arrived, fmt.Errorf("leg 1: Minted: %w", err)
	}
	return end{locked.Id, locked.Amount}, end{minted.Id, minted.Amount}, nil
}

// event is the one event of this kind that a contract made in a transaction.
func event[E any](receipt *gethtypes.Receipt, at common.Address, unpack func(*gethtypes.Log) (*E, error)) (*E, error) {
	return eventIn(receipt.Logs, at, unpack)
}

// eventIn is the one event of this kind that a contract made among logs.
func eventIn[E any](logs []*gethtypes.Log, at common.Address, unpack func(*gethtypes.Log) (*E, error)) (*E, error) {
	var found *E
	for _, l := range logs {
		if l.Address != at {
			continue
		}
		e, err := unpack(l)
		if err != nil {
			continue // another event
		}
		if found != nil {
			return nil, fmt.Errorf("%w: two such events, want one", ErrFailed)
		}
		found = e
	}
	if found == nil {
		return nil, fmt.Errorf("%w: no such event of %s", ErrFailed, at)
	}
	return found, nil
}

// inTokens prints an amount of the demo's tokens.
func inTokens(amount *big.Int) string { return units(amount, 4) + " TOK" }
