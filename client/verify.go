package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// Verifier asks a gateway that nobody has to trust, and believes what its proofs prove. Errors that wrap ErrRefuted say
// that an answer is no proof of what was asked; others that there is none, such as the gateway's own "not covered by a
// complete checkpoint yet".
type Verifier struct {
	Client *Client
	Trust  proof.Trust
	// Wait is how long the gateway may wait for a checkpoint that covers what is asked; zero for not at all.
	Wait time.Duration
	// OrderOnly asks for no outcomes.
	OrderOnly bool
}

// Transaction proves a transaction by its hash.
func (v *Verifier) Transaction(ctx context.Context, hash common.Hash) (*proof.Fact, error) {
	fact, err := v.ask(ctx, "lockstep_getProof", hash, v.options())
	if err != nil {
		return nil, err
	}
	return fact, IsTransaction(fact, hash)
}

// Position proves a lane position.
func (v *Verifier) Position(ctx context.Context, rollup core.RollupID, seq uint64) (*proof.Fact, error) {
	fact, err := v.ask(ctx, "lockstep_getProof", rollup, seq, v.options())
	if err != nil {
		return nil, err
	}
	return fact, IsPosition(fact, rollup, seq)
}

// Bundle proves all legs of a bundle by its id.
func (v *Verifier) Bundle(ctx context.Context, id common.Hash) (*proof.Fact, error) {
	fact, err := v.ask(ctx, "lockstep_getProof", id, v.options())
	if err != nil {
		return nil, err
	}
	return fact, IsBundle(fact, id)
}

// Lane reads the positions from to to-1 of a lane, with the proof that nothing is missing between them, and gives each
// range of whole ticks to visit, in order. It gives the first position that is not proven: to or above, or lower together
// with the gateway's refusal of the rest.
func (v *Verifier) Lane(ctx context.Context, rollup core.RollupID, from, to uint64, visit func(*proof.Fact) error) (next uint64, err error) {
	var last *proof.RangeFact
	for next = from; next < to; {
		fact, err := v.ask(ctx, "lockstep_getLaneProof", rollup, next, to, map[string]any{"waitMs": v.Wait.Milliseconds()})
		if err != nil {
			return next, err
		}
		if err := Continues(fact, last, rollup, next); err != nil {
			return next, err
		}
		if err := visit(fact); err != nil {
			return next, err
		}
		last, next = fact.Range, fact.Range.Next
	}
	return next, nil
}

func (v *Verifier) options() map[string]any {
	return map[string]any{"waitMs": v.Wait.Milliseconds(), "orderOnly": v.OrderOnly}
}

// ask gets a proof and checks it.
func (v *Verifier) ask(ctx context.Context, method string, args ...any) (*proof.Fact, error) {
	answer, err := call[json.RawMessage](ctx, v.Client, method, args...)
	if err != nil {
		return nil, err
	}
	return Check(*answer, v.Trust)
}

// Check checks a proof's JSON. Errors wrap ErrRefuted.
func Check(text []byte, trust proof.Trust) (*proof.Fact, error) {
	p, err := proof.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefuted, err)
	}
	fact, err := p.Verify(trust)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefuted, err)
	}
	return fact, nil
}

// IsTransaction checks that a fact is about this transaction.
func IsTransaction(f *proof.Fact, hash common.Hash) error {
	if f.Transaction == nil || f.Transaction.TxHash != hash {
		return fmt.Errorf("%w: it is not about transaction %s", ErrRefuted, hash)
	}
	return nil
}

// IsPosition checks that a fact is about this lane position.
func IsPosition(f *proof.Fact, rollup core.RollupID, seq uint64) error {
	if f.Transaction == nil || f.Transaction.Rollup != rollup || f.Transaction.Seq != seq {
		return fmt.Errorf("%w: it is not about seq %d of rollup %s", ErrRefuted, seq, rollup)
	}
	return nil
}

// IsBundle checks that a fact is about this bundle.
func IsBundle(f *proof.Fact, id common.Hash) error {
	if f.Bundle == nil || f.Bundle.ID != id {
		return fmt.Errorf("%w: it is not about bundle %s", ErrRefuted, id)
	}
	return nil
}

// Continues checks that a fact is about a lane from a position on, and that it follows the range before, if there is one.
func Continues(f *proof.Fact, last *proof.RangeFact, rollup core.RollupID, from uint64) error {
	r := f.Range
	switch {
	case r == nil || r.Rollup != rollup || r.First > from || r.Next <= from:
		return fmt.Errorf("%w: it is not about rollup %s from seq %d on", ErrRefuted, rollup, from)
	case last != nil && (r.First != last.Next || r.Before != last.After):
		return fmt.Errorf("%w: rollup %s: seq %d does not follow the range before", ErrRefuted, rollup, r.First)
	}
	return nil
}
