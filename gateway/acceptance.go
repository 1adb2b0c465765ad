package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Holders asks the validators which of them keep an entry, in their pools or their logs.
type Holders interface {
	// Await returns as soon as validators with more than a third of the power say that they do, or the entry is ordered here, and at
	// the latest when ctx ends.
	Await(ctx context.Context, id common.Hash) Acceptance
	// Ask returns when all validators to which this node is connected have answered, and at the latest when ctx ends.
	Ask(ctx context.Context, id common.Hash) Acceptance
}

// Acceptance is who keeps an entry. Of validators with more than a third of the power at least one is honest and goes on to order it,
// whatever becomes of this node.
type Acceptance struct {
	// Validators have said that they keep the entry.
	Validators []common.Address `json:"validators"`
	// Power is theirs together, Total that of all validators.
	Power uint64 `json:"power"`
	Total uint64 `json:"total"`
	// Safe: it is more than a third, or the entry is ordered.
	Safe bool `json:"safe"`
}

// accept waits, up to Config.AcceptWait, until losing this node would not lose an entry; else ErrFewHold says who keeps it. The entry stays in
// the pool. Without Deps.Holders nobody is asked.
func (g *Gateway) accept(ctx context.Context, id common.Hash) error {
	if a := g.awaitHolders(ctx, g.carrier(id)); a != nil && !a.Safe {
		return &Refusal{Cause: ErrFewHold, Entry: id, Have: fmt.Sprintf("power %d of %d", a.Power, a.Total), Want: "more than a third"}
	}
	return nil
}

// awaitHolders waits until enough validators keep an entry, up to Config.AcceptWait; nil if nobody can be asked. The HTTP answer says if they
// do not.
func (g *Gateway) awaitHolders(ctx context.Context, id common.Hash) *Acceptance {
	if g.deps.Holders == nil {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, g.cfg.AcceptWait)
	defer cancel()
	a := g.deps.Holders.Await(waiting, id)
	if !a.Safe {
		noteAlone(ctx)
	}
	return &a
}

// carrier is what the validators know a transaction by: the bundle into which a parked leg was put, or itself.
func (g *Gateway) carrier(id common.Hash) common.Hash {
	if p := g.deps.Pool.Lookup(id).Parking; p != nil && p.Bundle != (common.Hash{}) {
		return p.Bundle
	}
	return id
}

// acceptedBy is who keeps an entry that is not ordered; nil if nobody can be asked.
func (g *Gateway) acceptedBy(ctx context.Context, id common.Hash) *Acceptance {
	if g.deps.Holders == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.AcceptWait)
	defer cancel()
	a := g.deps.Holders.Ask(ctx, g.carrier(id))
	return &a
}

// sent waits until a transaction is safe, unless it is a leg that waits for its bundle: those are this node's alone, as the HTTP answer says.
func (g *Gateway) sent(ctx context.Context, rollup core.RollupID, hash common.Hash) error {
	if e := g.deps.Pool.Lookup(hash); e.Parked && e.Parking != nil {
		noteAlone(ctx)
		return nil
	}
	err := g.accept(ctx, hash)
	if done, void := g.result(rollup, hash); done || void != nil {
		return void // decided meanwhile
	}
	return err
}

// answeredCall is what is looked at of a JSON-RPC answer.
type answeredCall struct {
	Version json.RawMessage `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   any             `json:"error,omitempty"`
}

// corrected replaces, in the answers of a batch, the hashes of transactions that are not safe by errors. Everything else stays as it is.
func corrected(answers []byte, unsafe map[common.Hash]error) []byte {
	var calls []json.RawMessage
	if len(unsafe) == 0 || json.Unmarshal(answers, &calls) != nil {
		return answers
	}
	for i, raw := range calls {
		var call answeredCall
		var hash common.Hash
		if json.Unmarshal(raw, &call) != nil || call.Error != nil || json.Unmarshal(call.Result, &hash) != nil {
			continue
		}
		failed, ok := unsafe[hash].(*rpcError) //nolint:errorlint // made by ethError, which wraps nothing
		if !ok {
			continue
		}
		call.Result, call.Error = nil, struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Data    any    `json:"data,omitempty"`
		}{failed.code, failed.message, failed.ErrorData()}
		if changed, err := json.Marshal(call); err == nil {
			calls[i] = changed
		}
	}
	whole, err := json.Marshal(calls)
	if err != nil {
		return answers
	}
	return append(bytes.TrimSpace(whole), '\n')
}
