package opstack

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// trials are the builds that fill one block.
type trials struct {
	filler  *filler
	order   *order
	version string
	rounds  *rounds

	// best is the block of the rounds' live[:good]; nil for the one with the deposits alone.
	best *payload
	// sound: it builds without the lane. weighed: the accounts were read, or could not be.
	sound, weighed bool
}

// build tries the first n candidates. It is an error if nothing can be built at all.
func (t *trials) build(ctx context.Context, n int) error {
	f, r := t.filler, t.rounds
	f.adapter.meters.rounds.Inc()
	p, err := f.chain.build(ctx, t.order, r.live[:n], t.version, false)
	if err != nil { // further builds would displace the last resort; if it cannot be read, the execution client may still have it then
		_, _ = f.alone(ctx, t.order, t.version)
	}
	var because *refusal
	skipped := 0
	switch {
	case err == nil:
		skipped = n - len(p.ordered)
		if t.best = p; !r.built(n, p.ordered) {
			return fmt.Errorf("%w: its block has transactions that it was not given, or in another order", ErrExecution)
		}
	case !errors.As(err, &because):
		return err
	case because.tx != common.Hash{}:
		r.refused(n, because.tx, because.full(), codeOf(because.words))
	default:
		// Before anything is held against a transaction: does it build without them?
		if !t.sound {
			if _, err := f.chain.build(ctx, t.order, nil, t.version, false); err != nil {
				return err
			}
			t.sound = true
		}
		r.failed(n)
	}
	if (err != nil || skipped > 0) && !t.weighed {
		t.weighed = true
		if l := t.ledger(ctx); l != nil {
			r.weighed(l)
		}
	}
	if r.good == 0 {
		t.best = nil
	}
	return nil
}

// ledger reads what it takes to foresee further refusals; nil if that cannot be read, and then they are found one by one.
func (t *trials) ledger(ctx context.Context) *ledger {
	a := t.order.call.attributes
	if len(a.Transactions) == 0 {
		return nil
	}
	charges, known := chargesOf(a.Transactions[0])
	if !known {
		return nil
	}
	alone, err := t.filler.alone(ctx, t.order, t.version)
	if err != nil || alone.head.BaseFee == nil {
		return nil
	}
	accounts, err := t.filler.chain.accounts(ctx, t.order.call.head, senders(t.rounds.all))
	if err != nil {
		t.filler.log.Debug("accounts are not weighed", "err", err)
		return nil
	}
	return &ledger{charges: charges, baseFee: (*big.Int)(alone.head.BaseFee), parent: accounts}
}

// settled tells whether the block is the one to be given: what was left out of it by foresight is proven to be no part of it.
func (t *trials) settled(ctx context.Context) bool {
	r := t.rounds
	suspects := r.suspects()
	if len(suspects) == 0 {
		return true
	}
	done := r.settle(t.behind(ctx, senders(suspects)))
	if r.good == 0 {
		t.best = nil
	}
	return done
}

// behind are accounts behind the block; none if they cannot be read, so that nothing is proven.
func (t *trials) behind(ctx context.Context, list []common.Address) map[common.Address]account {
	p, err := t.block(ctx)
	if err == nil && t.best == nil {
		err = t.filler.chain.try(ctx, t.order, p, t.version) // it must know the block
	}
	var accounts map[common.Address]account
	if err == nil {
		accounts, err = t.filler.chain.accounts(ctx, p.head.Hash, list)
	}
	if err != nil {
		t.filler.log.Debug("accounts behind a block are not known", "err", err)
	}
	return accounts
}

// block is the block of live[:good].
func (t *trials) block(ctx context.Context) (*payload, error) {
	if t.best != nil {
		return t.best, nil
	}
	return t.filler.alone(ctx, t.order, t.version)
}
