package demo

import (
	"context"
	"fmt"
	"math/big"
	"time"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// evidence is what the chains say about a bundle: both books before and after it, and the receipts of its legs.
type evidence struct {
	step          *Step
	before, after book
	receipts      []*gethtypes.Receipt
	// simulated is what the node said would happen.
	simulated *gateway.SimulationView
}

// trial is a bundle that is about to be played.
type trial struct {
	name   string
	bundle *core.Bundle
	legs   []leg
	// submit brings the bundle to the network. It may return later than the bundle is decided.
	submit func(context.Context) error
}

// play submits a bundle, follows it and collects what the chains say about it.
func (s *stage) play(ctx context.Context, t trial) (*evidence, error) {
	var e evidence
	var err error
	if e.before, err = s.readBook(ctx); err != nil {
		return nil, err
	}
	if e.simulated, err = s.client.SimulateBundle(ctx, t.bundle); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	begin := time.Now()
	group.Go(func() error {
		if err := t.submit(groupCtx); err != nil {
			return fmt.Errorf("submit the bundle: %w", err)
		}
		return nil
	})
	group.Go(func() (err error) {
		e.step, err = s.follow(groupCtx, t.name, t.bundle.ID(s.network.NetworkID), begin)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if e.receipts, err = s.receipts(ctx, t.legs); err != nil {
		return nil, err
	}
	e.after, err = s.readBook(ctx)
	return &e, err
}

// sends submits a bundle in one piece.
func (s *stage) sends(b *core.Bundle) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.client.SendBundle(ctx, b)
		return err
	}
}

// sender is who sent a leg, and where.
type sender struct {
	rollup core.RollupID
	name   string
}

// judgeSuccess wants a bundle that was included and attested, receipts of all legs that say so, and in the books exactly the
// changes that it was meant to make, beside the legs' nonces and fees.
func judgeSuccess(e *evidence, senders []sender, want changes) error {
	if err := judgeIncluded(e.step); err != nil {
		return err
	}
	if len(e.receipts) != len(senders) {
		return fmt.Errorf("%w: %d receipts, want one for each of %d legs", ErrFailed, len(e.receipts), len(senders))
	}
	for i, receipt := range e.receipts {
		if receipt == nil || receipt.Status != gethtypes.ReceiptStatusSuccessful {
			return fmt.Errorf("%w: leg %d of an included bundle has no receipt that says success", ErrFailed, i)
		}
		want.pay(senders[i], receipt)
	}
	return judgeChanges(e.before, e.after, want)
}

// judgeNothing wants a bundle that failed as it was meant to, no receipts, and books that it did not change.
func judgeNothing(e *evidence, want failure) error {
	if err := judgeVoid(e.step, e.simulated, want); err != nil {
		return err
	}
	for i, receipt := range e.receipts {
		if receipt != nil {
			return fmt.Errorf("%w: leg %d of a void bundle has a receipt, in block %s", ErrFailed, i, receipt.BlockNumber)
		}
	}
	return judgeChanges(e.before, e.after, nil)
}

// judgeChanges wants that exactly these numbers changed, and by so much.
func judgeChanges(before, after book, want changes) error {
	for i := range want {
		if before[i] == nil || after[i] == nil {
			return fmt.Errorf("%w: nobody looked at the %s", ErrFailed, i)
		}
	}
	for _, i := range before.sorted() {
		if after[i] == nil {
			return fmt.Errorf("%w: nobody looked at the %s afterwards", ErrFailed, i)
		}
		expected := want[i]
		if expected == nil {
			expected = new(big.Int)
		}
		if change := new(big.Int).Sub(after[i], before[i]); change.Cmp(expected) != 0 {
			return fmt.Errorf("%w: the %s changed by %s, want %s", ErrFailed, i, i.amount(change), i.amount(expected))
		}
	}
	return nil
}
