package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// Chain serves the Ethereum JSON-RPC of a chain that the network orders and others execute.
type Chain interface {
	// Server has the chain's own methods, and "forward_call", which gets all others: a method's name and its parameters.
	Server() *rpc.Server
	// Local reports whether the server has a method itself.
	Local(method string) bool
	// PreConfirmed finds a transaction that the chain's operator says will be in the next block.
	PreConfirmed(hash common.Hash) (PreConfirmation, bool)
}

// PreConfirmation is what a chain's operator claims of a transaction before there is a block with it.
type PreConfirmation struct {
	Block, Index uint64
	Reverted     bool
	GasUsed      uint64
}

// forwardMethod is what a Chain's server calls every method that it does not have itself.
const forwardMethod = `"forward_call"`

// MountChain serves a chain under /rollup/{id}, from the moment at which it is registered. It must be called before Run, which stops
// the server at its end.
func (g *Gateway) MountChain(rollup core.RollupID, c Chain) error {
	r, ok := g.deps.Genesis.Rollup(rollup)
	if g.started.Load() || ok && r.Kind == core.KindEVM || g.rollups[rollup] != nil {
		return fmt.Errorf("%w: mount of chain %s: executed by the network, mounted twice, or after the start", ErrWiring, rollup)
	}
	m := g.newMount(c.Server(), &rollup)
	m.chain = c
	g.rollups[rollup] = m
	return nil
}

// forward gives the calls of a message that the chain's server does not have itself the form in which it has them.
func (m *mount) forward(message []byte) []byte {
	if m.chain == nil {
		return message
	}
	calls, batch := splitBatch(message)
	for i, call := range calls {
		var fields map[string]json.RawMessage
		var method string
		if json.Unmarshal(call, &fields) != nil || json.Unmarshal(fields["method"], &method) != nil || m.chain.Local(method) {
			continue
		}
		params := []json.RawMessage{fields["method"]}
		if given := fields["params"]; given != nil {
			params = append(params, given)
		}
		text, err := json.Marshal(params)
		if err != nil {
			continue
		}
		fields["method"], fields["params"] = json.RawMessage(forwardMethod), text
		if renamed, err := json.Marshal(fields); err == nil {
			calls[i] = renamed
		}
	}
	if !batch {
		return calls[0]
	}
	return append(append([]byte{'['}, bytes.Join(toBytes(calls), []byte{','})...), ']')
}

// Fail makes of an error what Ethereum's methods answer.
func (s Sender) Fail(err error) error { return s.gateway.ethError(err) }

// Heard takes notice of transactions of which more is known than before: who waits for them looks again.
func (s Sender) Heard(hashes []common.Hash) { s.gateway.waiters.wake(hashes...) }

// Ordered finds a transaction in the rollup's lane, as far as this node keeps it; nil if it is not there.
func (s Sender) Ordered(hash common.Hash) (*gethtypes.Transaction, error) {
	places, err := s.gateway.deps.Index.Places(hash)
	if err != nil {
		return nil, fmt.Errorf("places of %s: %w", hash, err)
	}
	for _, p := range places {
		if p.Rollup != s.rollup {
			continue
		}
		record, tick, err := s.gateway.readTick(p.Tick)
		if err != nil {
			return nil, err
		}
		for _, row := range record.Lanes {
			items := tick.LaneItems(row.Rollup)
			if i := p.Seq - row.FirstSeq; row.Rollup == p.Rollup && i < uint64(len(items)) {
				return items[i].Tx.Eth(), nil
			}
		}
	}
	return nil, nil
}
