package solver

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/uniswapfactory"
	"github.com/lockstep-network/lockstep/gen/bindings/uniswappair"
)

var (
	factory = uniswapfactory.NewIUniswapV2Factory()
	pairABI = uniswappair.NewIUniswapV2Pair()
)

// maxBatch is how many calls go into one request; gateways take a hundred by default.
const maxBatch = 90

// chain is a rollup as it is reached.
type chain struct {
	*Rollup
	eth *ethclient.Client
	// pairs are the Uniswap v2 pairs of tokens with wrapped ether, by symbol.
	pairs map[string]pair
}

// pair is where a token is traded; tokenFirst: the token is its token0.
type pair struct {
	address    common.Address
	tokenFirst bool
}

// snapshot is what was read of all rollups.
type snapshot struct {
	pools    map[Place]Pool
	balances map[common.Address]map[Place]*big.Int
	nonces   map[common.Address]map[core.RollupID]uint64
	// gasPrice is the most that a unit of gas costs in the next block, fees what is offered for it. Rollups that are too dear have none.
	gasPrice map[core.RollupID]*big.Int
	fees     map[core.RollupID]fees
}

func newSnapshot(accounts []*account) *snapshot {
	s := &snapshot{
		pools: make(map[Place]Pool), balances: make(map[common.Address]map[Place]*big.Int), nonces: make(map[common.Address]map[core.RollupID]uint64),
		gasPrice: make(map[core.RollupID]*big.Int), fees: make(map[core.RollupID]fees),
	}
	for _, a := range accounts {
		s.balances[a.address], s.nonces[a.address] = make(map[Place]*big.Int), make(map[core.RollupID]uint64)
	}
	return s
}

// view is the snapshot as an account sees it.
func (s *snapshot) view(c *Config, a *account) *View {
	v := &View{Pools: s.pools, GasPrice: s.gasPrice, Usable: make(map[Place]*big.Int)}
	for place, balance := range s.balances[a.address] {
		v.Usable[place] = new(big.Int).Sub(balance, c.keepOf(place))
	}
	return v
}

// read asks all rollups for their state after the newest executed tick.
func (s *Solver) read(ctx context.Context, chains []*chain) (*snapshot, error) {
	requests := make([]*request, len(chains))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, c := range chains {
		group.Go(func() error {
			requests[i] = s.request(c)
			return requests[i].send(groupCtx)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	snap := newSnapshot(s.accounts)
	for _, r := range requests {
		for _, take := range r.takes {
			take(snap)
		}
	}
	return snap, nil
}

// request is a batch of calls on one rollup, and what to do with the answers.
type request struct {
	*chain
	calls []rpc.BatchElem
	takes []func(*snapshot)
}

// request puts together all questions for a rollup.
func (s *Solver) request(c *chain) *request {
	r := &request{chain: c}
	r.takes = append(r.takes, func(s *snapshot) { s.pools[Place{c.ID, WrappedEther}] = Pool{Wraps: true} })
	r.askFees(&s.cfg)
	for symbol, p := range c.pairs {
		r.askReserves(Place{c.ID, symbol}, p)
	}
	for _, a := range s.accounts {
		r.askAccount(a.address)
		for _, place := range s.cfg.places() {
			if token, _ := s.cfg.addressOf(place); place.Rollup == c.ID {
				r.askBalance(a.address, place, token)
			}
		}
	}
	return r
}

func (r *request) send(ctx context.Context) error {
	for first := 0; first < len(r.calls); first += maxBatch {
		part := r.calls[first:min(first+maxBatch, len(r.calls))]
		if err := r.eth.Client().BatchCallContext(ctx, part); err != nil {
			return fmt.Errorf("rollup %s: %w", r.ID, err)
		}
	}
	for i := range r.calls {
		if err := r.calls[i].Error; err != nil {
			return fmt.Errorf("rollup %s: %s: %w", r.ID, r.calls[i].Method, err)
		}
	}
	return nil
}

// ask adds a question with the place for its answer.
func (r *request) ask(result any, method string, args ...any) {
	r.calls = append(r.calls, rpc.BatchElem{Method: method, Args: args, Result: result})
}

func (r *request) askFees(c *Config) {
	head := new(struct {
		BaseFee *hexutil.Big `json:"baseFeePerGas"`
	})
	r.ask(head, "eth_getBlockByNumber", "pending", false)
	r.takes = append(r.takes, func(s *snapshot) {
		if head.BaseFee == nil {
			return
		}
		base := head.BaseFee.ToInt()
		// A base fee rises by an eighth from block to block at most (EIP-1559).
		next := divUp(new(big.Int).Mul(base, big.NewInt(9)), big.NewInt(8))
		price := new(big.Int).Add(next, c.Tip)
		if price.Cmp(c.MaxGasPrice) > 0 {
			return
		}
		s.gasPrice[r.ID] = price
		offered := new(big.Int).Add(new(big.Int).Lsh(base, 1), c.Tip)
		s.fees[r.ID] = fees{tip: c.Tip, cap: least(offered, c.MaxGasPrice)}
	})
}

func (r *request) askReserves(place Place, p pair) {
	answer := new(hexutil.Bytes)
	r.ask(answer, "eth_call", message(p.address, pairABI.PackGetReserves()), "latest")
	r.takes = append(r.takes, func(s *snapshot) {
		reserves, err := pairABI.UnpackGetReserves(*answer)
		if err != nil {
			return // no pool, then
		}
		pool := Pool{Ether: reserves.Reserve0, Token: reserves.Reserve1}
		if p.tokenFirst {
			pool = Pool{Ether: reserves.Reserve1, Token: reserves.Reserve0}
		}
		s.pools[place] = pool
	})
}

func (r *request) askAccount(who common.Address) {
	balance, nonce := new(hexutil.Big), new(hexutil.Uint64)
	r.ask(balance, "eth_getBalance", who, "latest")
	r.ask(nonce, "eth_getTransactionCount", who, "latest")
	r.takes = append(r.takes, func(s *snapshot) {
		s.balances[who][Place{r.ID, Ether}] = balance.ToInt()
		s.nonces[who][r.ID] = uint64(*nonce)
	})
}

func (r *request) askBalance(who common.Address, place Place, token common.Address) {
	answer := new(hexutil.Bytes)
	r.ask(answer, "eth_call", message(token, erc20.PackBalanceOf(who)), "latest")
	r.takes = append(r.takes, func(s *snapshot) {
		balance, err := erc20.UnpackBalanceOf(*answer)
		if err != nil {
			balance = new(big.Int) // what it says is no number, so there is nothing to spend
		}
		s.balances[who][place] = balance
	})
}

// message is the first argument of eth_call.
func message(to common.Address, data []byte) map[string]any {
	return map[string]any{"to": to, "data": hexutil.Bytes(data)}
}
