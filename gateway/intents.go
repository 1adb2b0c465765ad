package gateway

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// Intents is the book of orders that users have signed and solvers fill, and its auctions. What it refuses it refuses with a
// *Refusal or an error of package core; every other error is taken for a fault of the node. Views belong to the caller.
type Intents interface {
	// Submit checks an order against the executed state and takes it into the book; the hash is its id. An order that is there
	// already is no error. It may block for as long as a few calls of the EVM take.
	Submit(ctx context.Context, order *intentsettler.GaslessCrossChainOrder, signature []byte) (common.Hash, error)
	// Get is an order of the book, or one that it still remembers.
	Get(id common.Hash) (*IntentView, error)
	// List are at most so many of the orders that are open or pending, zone by zone in order of arrival: those behind another one, which may be
	// over by now, or from the first one on if that is zero.
	List(after common.Hash, limit int) ([]*IntentView, error)
	// Solve simulates a bundle that fills an order and keeps it for the auction. It blocks for as long as the simulation takes.
	Solve(ctx context.Context, id common.Hash, b core.DecodedBundle) (*SolutionReceipt, error)
	// Cancel takes an order out of the book, with the user's signature over core.CancelIntentDigest.
	Cancel(ctx context.Context, id common.Hash, signature []byte) (*CancelIntentReceipt, error)
	// Subscribe tells of every order from now on, those that are there first.
	Subscribe() (IntentFeed, error)
}

// IntentFeed is a subscriber's place in what happens in the book.
type IntentFeed interface {
	// Next is the next message. It blocks until there is one, ctx ends, or (ErrSlowConsumer) too many were not taken.
	Next(ctx context.Context) (*IntentMessage, error)
	// Close ends it. It is idempotent.
	Close()
}

// book is the node's book, or why there is none.
func (g *Gateway) book() (Intents, error) {
	if g.deps.Intents == nil {
		return nil, &Refusal{Cause: ErrNotServed, Detail: "this node keeps no book of intents"}
	}
	return g.deps.Intents, nil
}

// SubmitIntent is lockstep_submitIntent.
func (a *API) SubmitIntent(ctx context.Context, intent Param) (common.Hash, error) {
	book, err := a.g.book()
	if err != nil {
		return common.Hash{}, a.g.lockstepError(err)
	}
	order, signature, err := readSignedOrder(intent.raw)
	if err != nil {
		return common.Hash{}, a.g.lockstepError(err)
	}
	id, err := book.Submit(ctx, order, signature)
	if err != nil {
		return id, a.g.lockstepError(err)
	}
	noteAlone(ctx)
	return id, nil
}

// GetIntent is lockstep_getIntent.
func (a *API) GetIntent(orderID Param) (*IntentView, error) {
	id, err := readHash("orderId", orderID.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	book, err := a.g.book()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	view, err := book.Get(id)
	return view, a.g.lockstepError(err)
}

// GetIntents is lockstep_getIntents.
func (a *API) GetIntents(page *Param) ([]*IntentView, error) {
	book, err := a.g.book()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	after, limit, err := readIntentPage(page)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	views, err := book.List(after, limit)
	return views, a.g.lockstepError(err)
}

// SubmitSolution is lockstep_submitSolution.
func (a *API) SubmitSolution(ctx context.Context, orderID, bundle Param) (*SolutionReceipt, error) {
	id, err := readHash("orderId", orderID.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	book, err := a.g.book()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	d, err := a.decode(bundle)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	receipt, err := book.Solve(ctx, id, d)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	noteAlone(ctx)
	return receipt, nil
}

// CancelIntent is lockstep_cancelIntent.
func (a *API) CancelIntent(ctx context.Context, cancellation Param) (*CancelIntentReceipt, error) {
	book, err := a.g.book()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	id, signature, err := readIntentCancellation(cancellation.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	receipt, err := book.Cancel(ctx, id, signature)
	return receipt, a.g.lockstepError(err)
}

// Intents is the subscription lockstep_subscribe("intents").
func (a *API) Intents(ctx context.Context) (*rpc.Subscription, error) {
	book, err := a.g.book()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	if _, ok := rpc.NotifierFromContext(ctx); !ok {
		return nil, rpc.ErrNotificationsUnsupported
	}
	feed, err := book.Subscribe()
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	sub, err := a.g.subscribe(ctx, func(s *subscriber) {
		defer feed.Close()
		a.g.sendIntents(s, feed)
	})
	if err != nil {
		feed.Close()
	}
	return sub, err
}

// sendIntents serves a subscription to the book until the client leaves, the gateway shuts down, or it lags too far behind.
func (g *Gateway) sendIntents(s *subscriber, feed IntentFeed) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.sub.Err():
		case <-s.draining:
		case <-ctx.Done():
		}
		cancel()
	}()
	for {
		message, err := feed.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.send(&ErrorMessage{Type: messageError, Error: g.errorView(err)})
			return
		case !s.send(message):
			return
		}
	}
}
