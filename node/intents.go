package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/intents"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

var (
	_ intents.Executor   = intentZone{}
	_ intents.Chains     = intentChains{}
	_ intents.Pool       = intentPool{}
	_ gateway.Intents    = (*books)(nil)
	_ gateway.IntentFeed = (*intentFeed)(nil)
)

// openIntents opens an empty book for each zone in which something can be settled, on a node with a gateway.
func (n *Node) openIntents() error {
	if n.cfg.Gateway == nil || !n.cfg.Intents.Enabled {
		return nil
	}
	meters := intents.NewMetrics(n.metrics.registry)
	for _, z := range n.genesis.Zones {
		if len(z.Rollups) < 2 || n.zones[z.ID] == nil { // an order is between two rollups
			continue
		}
		book, err := intents.New(n.cfg.Intents, intents.Deps{
			Genesis: n.genesis, Zone: z.ID, Settler: deployment.Of(z.Rollups).IntentSettler, Executor: intentZone{n, n.zones[z.ID]},
			Chains: intentChains{n}, Pool: intentPool{n}, Metrics: meters, Now: time.Now, Logger: n.log,
		})
		if err != nil {
			return fmt.Errorf("open book of intents of zone %s: %w", z.ID, err)
		}
		n.books = append(n.books, zoneBook{z.ID, book})
	}
	return nil
}

// intentBooks is nil on a node without one.
func (n *Node) intentBooks() gateway.Intents {
	if len(n.books) == 0 {
		return nil
	}
	return &books{n.genesis, n.books}
}

// intentZone is a zone as its book of intents uses it.
type intentZone struct {
	node *Node
	zone *zone.Zone
}

func (z intentZone) Simulate(ctx context.Context, b core.DecodedBundle) (intents.Simulation, error) {
	s, err := z.zone.Simulate(ctx, b)
	if err != nil {
		return intents.Simulation{}, err
	}
	out := intents.Simulation{Leg: -1}
	switch {
	case s.Rule != nil:
		e, _ := gateway.Explain(s.Rule)
		out.Failure = e.Message
	case s.FailingLeg != zone.NoLeg:
		out.Leg, out.Failure = s.FailingLeg, s.Code.String()+": "+s.Reason
	case !s.Success:
		out.Failure = s.Code.String() + ": " + s.Reason
	}
	for _, leg := range s.Legs {
		out.Legs = append(out.Legs, intents.Leg{Rollup: leg.Rollup, Logs: leg.Logs})
	}
	return out, nil
}

func (z intentZone) Next(ctx context.Context, after uint64) (tick, timeMs uint64, err error) {
	if err := z.zone.WaitExecuted(ctx, after+1); err != nil {
		return 0, 0, err
	}
	tick = max(z.zone.Executed(), after+1) // a zone that executes again goes back
	record, err := z.node.ticks.Record(tick)
	if err != nil {
		return 0, 0, err
	}
	return tick, record.Time, nil
}

// Fate asks the zone, and then the pool, which holds a bundle until the zone knows it.
func (z intentZone) Fate(_ context.Context, id common.Hash) (intents.Fate, bool, error) {
	found := z.node.pool.Find(id)
	places, err := z.zone.Bundle(id)
	if err != nil {
		return intents.Fate{}, false, err
	}
	for _, p := range places {
		if fate, ok := z.included(p); ok {
			return fate, true, nil
		}
	}
	switch {
	case found.Held:
	case len(places) > 0:
		last := places[len(places)-1]
		return intents.Fate{Tick: last.Tick, Reason: voidReason(last)}, true, nil
	case found.Dropped != nil:
		e, _ := gateway.Explain(refusal(found.Dropped))
		return intents.Fate{Reason: "it left the pool: " + e.Message}, true, nil
	}
	return intents.Fate{}, false, nil
}

// included is a place at which all legs took effect.
func (z intentZone) included(p zone.BundleFate) (intents.Fate, bool) {
	fate := intents.Fate{Included: true, Tick: p.Tick}
	for _, leg := range p.Legs {
		if !leg.Decided || leg.Fate.Code.Void() {
			return intents.Fate{}, false
		}
		fate.Legs = append(fate.Legs, intents.Leg{Rollup: leg.Rollup, Logs: z.logs(leg)})
	}
	return fate, true
}

func (z intentZone) logs(leg zone.LegFate) []*gethtypes.Log {
	chain := exploredChain{chain: z.node.chains[leg.Rollup], progress: z.node.progress, rollup: leg.Rollup}
	if receipt := chain.Receipt(leg.Fate.Block, leg.Fate.Index, leg.Fate.TxHash); receipt != nil {
		return receipt.Logs
	}
	return nil
}

// voidReason says why a bundle had no effect.
func voidReason(p zone.BundleFate) string {
	for _, leg := range p.Legs {
		if p.FailingLeg == zone.NoLeg || leg.Leg == uint64(p.FailingLeg) {
			return fmt.Sprintf("leg %d: %s: %s", leg.Leg, leg.Fate.Code, leg.Fate.Detail)
		}
	}
	return p.Code.String()
}

// intentChains reads the rollups' executed state; calls go through their JSON-RPC, which bounds them.
type intentChains struct{ node *Node }

func (c intentChains) HasCode(_ context.Context, rollup core.RollupID, account common.Address) (bool, error) {
	state, err := c.node.chains[rollup].View().Account(account)
	if err != nil {
		return false, err
	}
	return evm.HasCode(state), nil
}

func (c intentChains) Call(ctx context.Context, rollup core.RollupID, to common.Address, data []byte) ([]byte, bool, error) {
	var answer hexutil.Bytes
	call := map[string]any{"to": to, "input": hexutil.Bytes(data), "gas": hexutil.Uint64(intentCallGas)}
	err := c.node.calls[rollup].CallContext(ctx, &answer, "eth_call", call, "latest")
	var refused rpc.Error
	if errors.As(err, &refused) && (refused.ErrorCode() == codeReverted || refused.ErrorCode() == codeFailed) {
		return nil, false, nil
	}
	return answer, err == nil, err
}

// intentCallGas bounds a call of a token or wallet, which anybody may have written: some milliseconds. Wallets that verify passkeys
// in Solidity use less than half a million.
const intentCallGas = 3_000_000

// What go-ethereum answers to a call that reverts, or fails in another way.
const (
	codeReverted = 3
	codeFailed   = -32000
)

// intentPool takes winners as if their solver had sent them.
type intentPool struct{ node *Node }

func (p intentPool) SendBundle(ctx context.Context, client string, b *core.Bundle) error {
	at := time.Now()
	id, err := p.node.pool.AddClientBundle(ctx, client, b)
	if errors.Is(err, mempool.ErrAlreadyKnown) {
		return nil // the solver has sent it too
	}
	if err != nil {
		e, _ := gateway.Explain(refusal(err))
		return errors.New(e.Message)
	}
	p.node.accepted(id, at)
	return nil
}
