package demo

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// item is one number of the chains' state that the judges look at.
type item struct {
	rollup core.RollupID
	what   string // one of the constants below
	of     string // a person or contract; empty where what says it all
}

const (
	inCoin        = "ETH"
	inToken       = "TOK"
	inBridged     = "bridged TOK"
	transactions  = "transactions"
	supply        = "supply of TOK"
	bridgedSupply = "supply of bridged TOK"
	locked        = "TOK locked for the other rollup"

	theBridge  = "the bridge"
	theSwap    = "the swap contract"
	theSettler = "the settler"
	thePool    = "the pool"
)

func (i item) String() string {
	if i.of == "" {
		return fmt.Sprintf("%s on rollup %s", i.what, i.rollup)
	}
	return fmt.Sprintf("%s of %s on rollup %s", i.what, i.of, i.rollup)
}

// amount prints a number of the item.
func (i item) amount(n *big.Int) string {
	if i.what == transactions {
		return n.String()
	}
	return units(n, 18)
}

// book is what both rollups say: the balances of all people and contracts in both tokens and in ether, the people's
// transactions, and the tokens' supplies.
type book map[item]*big.Int

// changes are those that a step is meant to make; what is not in it stays as it is.
type changes map[item]*big.Int

// add notes that an item grows by n, or shrinks.
func (c changes) add(i item, n *big.Int) {
	if c[i] == nil {
		c[i] = new(big.Int)
	}
	c[i] = new(big.Int).Add(c[i], n)
}

// move notes that who has the item gives so much of it to somebody else.
func (c changes) move(from item, to string, n *big.Int) {
	c.add(from, new(big.Int).Neg(n))
	c.add(item{from.rollup, from.what, to}, n)
}

// pay notes what a transaction costs who sent it.
func (c changes) pay(s sender, receipt *gethtypes.Receipt) {
	c.add(item{s.rollup, inCoin, s.name}, new(big.Int).Neg(fee(receipt)))
	c.add(item{s.rollup, transactions, s.name}, common.Big1)
}

func fee(receipt *gethtypes.Receipt) *big.Int {
	return new(big.Int).Mul(new(big.Int).SetUint64(receipt.GasUsed), receipt.EffectiveGasPrice)
}

// sorted are the book's items in an order that is always the same.
func (b book) sorted() []item {
	return slices.SortedFunc(maps.Keys(b), func(x, y item) int { return strings.Compare(x.String(), y.String()) })
}

// readBook reads everything on both rollups.
func (s *stage) readBook(ctx context.Context) (book, error) {
	b := make(book)
	for _, pair := range [][2]*uniswap.Exchange{{s.cheap, s.dear}, {s.dear, s.cheap}} {
		if err := s.readRollup(ctx, b, pair[0], pair[1]); err != nil {
			return nil, fmt.Errorf("book of rollup %s: %w", pair[0].Rollup, err)
		}
	}
	return b, nil
}

// readRollup reads what one rollup says: of its own token, and of the one that stands for the other rollup's here.
func (s *stage) readRollup(ctx context.Context, b book, here, there *uniswap.Exchange) error {
	r, id := reader{account: here.Account}, here.Rollup
	foreign := r.bridged(ctx, s.contracts.TokenBridge, there.Rollup, there.Token)
	holders := map[string]common.Address{theBridge: s.contracts.TokenBridge, theSwap: s.contracts.Swap, theSettler: s.contracts.IntentSettler, thePool: here.Pair}
	for _, p := range s.people {
		holders[p.name] = p.address
		b[item{id, transactions, p.name}] = r.nonce(ctx, p.address)
	}
	for name, address := range holders {
		b[item{id, inCoin, name}] = r.ether(ctx, address)
		b[item{id, inToken, name}] = r.balance(ctx, here.Token, address)
		b[item{id, inBridged, name}] = r.balance(ctx, foreign, address)
	}
	b[item{id, supply, ""}] = r.supply(ctx, here.Token)
	b[item{id, bridgedSupply, ""}] = r.supply(ctx, foreign)
	b[item{id, locked, ""}] = r.locked(ctx, s.contracts.TokenBridge, here.Token, there.Rollup)
	return r.err
}

// reader reads numbers of one rollup until one of them cannot be read.
type reader struct {
	account *actor.Account
	err     error
}

func (r *reader) ether(ctx context.Context, of common.Address) (n *big.Int) {
	if r.err == nil {
		n, r.err = r.account.Eth.BalanceAt(ctx, of, nil)
	}
	return n
}

func (r *reader) nonce(ctx context.Context, of common.Address) *big.Int {
	if r.err != nil {
		return nil
	}
	n, err := r.account.Eth.NonceAt(ctx, of, nil)
	r.err = err
	return new(big.Int).SetUint64(n)
}

func (r *reader) balance(ctx context.Context, token, of common.Address) *big.Int {
	return r.number(ctx, token, bridgederc20.NewBridgedERC20().PackBalanceOf(of))
}

func (r *reader) supply(ctx context.Context, token common.Address) *big.Int {
	return r.number(ctx, token, bridgederc20.NewBridgedERC20().PackTotalSupply())
}

func (r *reader) locked(ctx context.Context, bridge, token common.Address, other core.RollupID) *big.Int {
	return r.number(ctx, bridge, tokenbridge.NewTokenBridge().PackLocked(token, actor.ChainID(other)))
}

// bridged is the contract that stands for a token of another rollup; zero before anything of it arrived.
func (r *reader) bridged(ctx context.Context, bridge common.Address, home core.RollupID, token common.Address) common.Address {
	return common.BigToAddress(r.number(ctx, bridge, tokenbridge.NewTokenBridge().PackBridged(actor.ChainID(home), token)))
}

// number calls a function of a contract that gives one number; a contract that is not there yet holds none of anything.
func (r *reader) number(ctx context.Context, at common.Address, data []byte) *big.Int {
	if r.err != nil || at == (common.Address{}) {
		return new(big.Int)
	}
	out, err := r.account.Read(ctx, at, data)
	if err == nil && len(out) != 32 {
		err = fmt.Errorf("%s answers %d bytes, want 32", at, len(out))
	}
	r.err = err
	return new(big.Int).SetBytes(out)
}
