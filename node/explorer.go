package node

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/explorer"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

var (
	_ explorer.Log    = exploredLog{}
	_ explorer.Ledger = (*ordering.Machine)(nil)
	_ explorer.Zone   = exploredZone{}
	_ explorer.Chain  = exploredChain{}
	_ explorer.RPC    = exploredRPC{}
)

// openExplorer opens the explorer of a node with a gateway.
func (n *Node) openExplorer() (err error) {
	if n.cfg.Gateway == nil || !n.cfg.Explorer.Enabled {
		return nil
	}
	deps := explorer.Deps{
		Genesis: n.genesis, Log: exploredLog{n.ticks}, Ledger: n.machine, RPC: exploredRPC{n}, Dir: n.cfg.explorerDir(),
		Zones: make(map[core.ZoneID]explorer.Zone), Chains: make(map[core.RollupID]explorer.Chain), Version: n.cfg.Version, Logger: n.log,
		Measured: n.metrics.reached,
		Pool:     func() explorer.PoolState { return explorer.PoolState(clientPool{pool: n.pool}.Stats()) },
	}
	for id, z := range n.zones {
		deps.Zones[id] = exploredZone{z}
	}
	for id, chain := range n.chains {
		if n.missed(id) {
			continue
		}
		deps.Chains[id] = exploredChain{chain, n.progress, id}
	}
	n.explorer, err = explorer.New(n.cfg.Explorer, deps)
	return err
}

// explorerHandler is nil without an explorer.
func (n *Node) explorerHandler() http.Handler {
	if n.explorer == nil {
		return nil
	}
	return n.explorer.Handler()
}

func (n *Node) voted(tick uint64, votes []core.Vote) {
	if n.explorer != nil {
		n.explorer.Voted(tick, votes)
	}
}

func (n *Node) accepted(id common.Hash, at time.Time) {
	if n.explorer != nil {
		n.explorer.Accepted(id, at)
	}
}

// exploredResult is a zone's result as the explorer takes it.
func exploredResult(id core.ZoneID, r zone.TickResult) explorer.Result {
	out := explorer.Result{Zone: id, Tick: r.Tick, Rollups: r.Rollups, Outcomes: make([]explorer.Fate, len(r.Outcomes))}
	for i := range r.Outcomes {
		out.Outcomes[i] = explorer.Fate(r.Outcomes[i])
	}
	if r.Sealed != nil {
		for _, s := range r.Sealed.Rollups {
			out.Sealed = append(out.Sealed, explorer.Sealed{Rollup: s.Rollup, Number: s.Number, Hash: s.Hash})
		}
	}
	return out
}

// exploredLog is the ordered log as the explorer reads it.
type exploredLog struct{ *orderedlog.Log }

func (l exploredLog) Tick(n uint64) (*core.TickRecord, *core.Tick, error) {
	record, err := l.Record(n)
	if err != nil {
		return nil, nil, forgotten(err)
	}
	tick, err := l.Decoded(n)
	return record, tick, forgotten(err)
}

func (l exploredLog) Lane(rollup core.RollupID, seq uint64, max int) ([]core.LaneEntry, error) {
	entries, err := l.Log.Lane(rollup, seq, max)
	return entries, forgotten(err)
}

// forgotten tells the explorer what is pruned.
func forgotten(err error) error {
	if errors.Is(err, orderedlog.ErrPruned) {
		return fmt.Errorf("%w: %w", explorer.ErrPruned, err)
	}
	return err
}

// exploredZone is a zone as the explorer reads it.
type exploredZone struct{ *zone.Zone }

func (z exploredZone) Fate(rollup core.RollupID, seq uint64) (explorer.Fate, bool, error) {
	f, ok, err := z.Zone.Fate(rollup, seq)
	return explorer.Fate(f), ok, err
}

// exploredChain is a rollup's chain as the explorer reads it.
type exploredChain struct {
	chain    *evm.Chain
	progress *progress
	rollup   core.RollupID
}

func (c exploredChain) Newest() explorer.Sealed {
	head := c.chain.View().Sealed
	return explorer.Sealed{Rollup: c.rollup, Number: head.Number.Uint64(), Hash: head.Hash()}
}

func (c exploredChain) Safe() (uint64, bool) { return finality{c.progress, c.rollup}.Safe() }

func (c exploredChain) Block(number uint64) *gethtypes.Block {
	return c.chain.BlockChain().GetBlockByNumber(number)
}

func (c exploredChain) BlockByHash(hash common.Hash) *gethtypes.Block {
	return c.chain.BlockChain().GetBlockByHash(hash)
}

// Receipt looks into the open block first: a view is published after the blocks below it are sealed.
func (c exploredChain) Receipt(block, index uint64, tx common.Hash) *gethtypes.Receipt {
	if _, receipt, _, ok := c.chain.View().Lookup(tx); ok {
		return receipt
	}
	chain := c.chain.BlockChain()
	receipts := chain.GetReceiptsByHash(chain.GetCanonicalHash(block))
	if index >= uint64(len(receipts)) || receipts[index].TxHash != tx {
		return nil
	}
	return receipts[index]
}

// BaseFee is that of the open block.
func (c exploredChain) BaseFee() *big.Int { return c.chain.View().BaseFee() }

func (c exploredChain) Account(address common.Address) (explorer.Account, error) {
	state, err := c.chain.View().StateDB()
	if err != nil {
		return explorer.Account{}, err
	}
	account := explorer.Account{Balance: state.GetBalance(address).ToBig(), Nonce: state.GetNonce(address), Code: state.GetCode(address)}
	return account, state.Error()
}

// exploredRPC asks the node's own gateway.
type exploredRPC struct{ node *Node }

func (r exploredRPC) Network(ctx context.Context, result any, method string, args ...any) error {
	return r.node.gateway.Call(ctx, result, method, args...)
}
