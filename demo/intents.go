package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
)

// doraGives is what Dora offers on the first rollup, for ETH on the other one.
var doraGives = ether(2)

const (
	orderLife = 5 * time.Minute
	tickPace  = 20 * time.Millisecond
	contests  = 3
)

// intent has two solvers compete for an order.
func (s *stage) intent(ctx context.Context) error {
	here, there := s.cheap.Rollup, s.dear.Rollup
	limit, err := s.cheap.Quote(ctx, doraGives, s.cheap.Token, s.cheap.WETH)
	if err != nil {
		return err
	}
	s.heading("8. An intent: Dora signs %s TOK on rollup %s for at least %s on rollup %s; two solvers compete, one keeps %.1f %%, one %.1f %%",
		units(doraGives, 0), here, inEther(limit), there, smallMargin/100.0, largeMargin/100.0)
	a, err := s.contest(ctx, limit)
	if err != nil {
		return err
	}
	if err := judgeIntent(a, s.modest, s.greedy); err != nil {
		return err
	}
	fill := a.closed.Fills[0]
	a.step.Winner, a.step.Output = &fill.Filler, units((*big.Int)(fill.OutputAmount), 4)
	s.line("offers of both; awarded after %.0f ms to the one that gives more: %s, %s above Dora's limit",
		a.step.AwardedMs, inEther((*big.Int)(fill.OutputAmount)), inEther(new(big.Int).Sub((*big.Int)(fill.OutputAmount), limit)))
	s.line("Dora sent no transaction and paid no gas; the other solver lost nothing by its offer")
	return nil
}

// contest plays orders until both solvers have made an offer for one: on a busy machine one of them may be too late.
func (s *stage) contest(ctx context.Context, limit *big.Int) (*auction, error) {
	for attempt := 1; ; attempt++ {
		order, in, err := s.order(limit)
		if err != nil {
			return nil, err
		}
		a, err := s.auction(ctx, order, in)
		if err != nil || attempt == contests || a.offers[s.modest.name] > 0 && a.offers[s.greedy.name] > 0 {
			return a, err
		}
		s.line("only one solver was in time for that auction; once more")
		s.report.Steps = s.report.Steps[:len(s.report.Steps)-1]
	}
}

// unservable asks for more than anybody can give, refuses an offer below that, and is cancelled.
func (s *stage) unservable(ctx context.Context) error {
	limit := new(big.Int).Mul(doraGives, big.NewInt(100))
	s.heading("9. An order that nobody can serve: Dora wants %s ETH for the same %s TOK", units(limit, 0), units(doraGives, 0))
	before, err := s.readBook(ctx)
	if err != nil {
		return err
	}
	order, in, err := s.order(limit)
	if err != nil {
		return err
	}
	id, signature, err := s.submit(ctx, order)
	if err != nil {
		return err
	}
	refusal, err := s.underbid(ctx, order, signature, new(big.Int).Sub(in.MinOutput, common.Big1))
	if err != nil {
		return err
	}
	s.line("Bob offers one wei less than that: refused, because the settler on rollup %s would revert (TooLittle)", s.dear.Rollup)
	if err := s.awaitWindow(ctx, id); err != nil {
		return err
	}
	cancelled, err := s.cancel(ctx, id)
	if err != nil {
		return err
	}
	after, err := s.readBook(ctx)
	if err != nil {
		return err
	}
	if err := judgeUnserved(cancelled, refusal, before, after); err != nil {
		return err
	}
	s.report.Unserved = fmt.Sprintf("%s, %d offers", cancelled.Status, cancelled.Solutions)
	s.line("no solver makes an offer, window after window; Dora cancels by a signature: %s", s.report.Unserved)
	s.line("balances, supplies, nonces and ETH of everybody are as before")
	return nil
}

// order is one of Dora's: all or nothing, by Permit2.
func (s *stage) order(limit *big.Int) (order orders.Order, in orders.Intent, err error) {
	nonce := make([]byte, 31) // Permit2's nonces have no order
	if _, err = rand.Read(nonce); err != nil {
		return order, in, err
	}
	in = orders.Intent{
		InputToken: s.cheap.Token, InputAmount: doraGives, MinOutput: limit, Recipient: common.BytesToHash(s.dora.address[:]),
		DestinationChainId: actor.ChainID(s.dear.Rollup), DestinationSettler: common.BytesToHash(s.contracts.IntentSettler[:]),
	}
	data, err := orders.EncodeIntent(in)
	deadline := uint32(time.Now().Add(orderLife).Unix())
	return orders.Order{
		OriginSettler: s.contracts.IntentSettler, User: s.dora.address, Nonce: new(big.Int).SetBytes(nonce), OriginChainId: actor.ChainID(s.cheap.Rollup),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType, OrderData: data,
	}, in, err
}

// submit signs an order as Dora and brings it to the gateway's book.
func (s *stage) submit(ctx context.Context, order orders.Order) (id common.Hash, signature []byte, err error) {
	if signature, err = orders.Sign(order, s.dora.key); err != nil {
		return id, nil, fmt.Errorf("sign the order: %w", err)
	}
	if id, err = s.client.SubmitIntent(ctx, &order, signature); err != nil {
		return id, nil, fmt.Errorf("submit the order: %w", err)
	}
	want, err := orders.ID(order)
	if err == nil && id != want {
		err = fmt.Errorf("%w: the network calls the order %s, want %s", ErrFailed, id, want)
	}
	return id, signature, err
}

// auction is an order's way through its auction, with what the chains say of it.
type auction struct {
	*evidence
	order orders.Order
	in    orders.Intent
	// awarded and closed are the order as the gateway told of it when the winner was chosen, and at the end.
	awarded, closed *gateway.IntentView
	// offers are how many each solver had made by then.
	offers map[string]float64
	// bundle is the winner's, as it was ordered.
	bundle *gateway.BundleView
	// settler is the contract on both rollups.
	settler common.Address
}

// auction submits an order, follows the winner's bundle and collects what the chains say about it.
func (s *stage) auction(ctx context.Context, order orders.Order, in orders.Intent) (*auction, error) {
	a := &auction{evidence: new(evidence), order: order, in: in, settler: s.contracts.IntentSettler}
	var err error
	if a.before, err = s.readBook(ctx); err != nil {
		return nil, err
	}
	earlier, err := s.offers()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	id, _, err := s.submit(ctx, order)
	if err != nil {
		return nil, err
	}
	if a.awarded, err = s.market.await(ctx, id, "awarded"); err != nil {
		return nil, err
	}
	awarded := time.Since(begin)
	if a.offers, err = s.offers(); err != nil {
		return nil, err
	}
	for name := range a.offers {
		a.offers[name] -= earlier[name]
	}
	if len(a.awarded.Fills) == 0 {
		return nil, fmt.Errorf("%w: order %s was awarded to nobody", ErrFailed, id)
	}
	if a.step, err = s.follow(ctx, "intent", a.awarded.Fills[0].BundleID, begin); err != nil {
		return nil, err
	}
	a.step.OrderID, a.step.AwardedMs = &id, milliseconds(awarded)
	if a.closed, err = s.market.await(ctx, id, "filled", "reopened", "closed"); err != nil {
		return nil, err
	}
	if a.bundle, err = s.bundleOf(ctx, a.step); err != nil {
		return nil, err
	}
	for _, l := range a.bundle.Legs {
		receipt, err := s.receipt(ctx, l.Rollup, l.TxHash)
		if err != nil {
			return nil, err
		}
		a.receipts = append(a.receipts, receipt)
	}
	a.after, err = s.readBook(ctx)
	return a, err
}

// offers are how many offers each solver has made so far.
func (s *stage) offers() (map[string]float64, error) {
	all := make(map[string]float64)
	for _, p := range []*person{s.modest, s.greedy} {
		n, err := s.market.offers(p)
		if err != nil {
			return nil, fmt.Errorf("offers of %s: %w", p.name, err)
		}
		all[p.name] = n
	}
	return all, nil
}

// bundleOf is a step's bundle as its tick has it.
func (s *stage) bundleOf(ctx context.Context, step *Step) (*gateway.BundleView, error) {
	tick, err := s.client.Tick(ctx, step.Tick)
	if err != nil {
		return nil, fmt.Errorf("tick %d: %w", step.Tick, err)
	}
	for i := range tick.Bundles {
		if tick.Bundles[i].ID == step.BundleID {
			return &tick.Bundles[i], nil
		}
	}
	return nil, fmt.Errorf("%w: tick %d does not have bundle %s", ErrFailed, step.Tick, step.BundleID)
}

// underbid offers less for an order than it asks for, and gives the reason why that is refused; empty if it is not.
func (s *stage) underbid(ctx context.Context, order orders.Order, signature []byte, output *big.Int) (string, error) {
	here, there := s.cheap.Rollup, s.dear.Rollup
	offer := orders.Fill{Filler: s.bob.address, InputAmount: doraGives, OutputAmount: output}
	fill, err := orders.FillCall(order, offer)
	if err != nil {
		return "", err
	}
	open, err := orders.OpenForCall(order, signature, offer)
	if err != nil {
		return "", err
	}
	b, _, err := s.protect(ctx,
		act{by: s.bob.on[there], call: actor.Call{To: &s.contracts.IntentSettler, Value: output, Data: fill, Gas: legGas}, asserts: true},
		act{by: s.bob.on[here], call: actor.Call{To: &s.contracts.IntentSettler, Data: open, Gas: legGas}, asserts: true},
	)
	if err != nil {
		return "", err
	}
	id, err := orders.ID(order)
	if err != nil {
		return "", err
	}
	_, err = s.client.SubmitSolution(ctx, id, b)
	if answer := rpc.Error(nil); errors.As(err, &answer) {
		return answer.Error(), nil
	}
	return "", err
}

// awaitWindow waits until the order's first auction is over.
func (s *stage) awaitWindow(ctx context.Context, id common.Hash) error {
	first, err := s.client.Intent(ctx, id)
	if err != nil {
		return fmt.Errorf("order %s: %w", id, err)
	}
	ctx, cancel := context.WithTimeout(ctx, stepWait)
	defer cancel()
	ticker := time.NewTicker(tickPace)
	defer ticker.Stop()
	for {
		view, err := s.client.Intent(ctx, id)
		if err != nil {
			return fmt.Errorf("order %s: %w", id, err)
		}
		if view.Auction.OpensTick > first.Auction.OpensTick || view.Status != "open" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: the auction of order %s does not end within %s", ErrFailed, id, stepWait)
		case <-ticker.C:
		}
	}
}

// cancel takes an order of Dora's out of the book.
func (s *stage) cancel(ctx context.Context, id common.Hash) (*gateway.IntentView, error) {
	open, err := s.client.Intent(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("order %s: %w", id, err)
	}
	signature, err := core.SignCancelIntent(s.dora.key, s.network.NetworkID, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.client.CancelIntent(ctx, id, signature); err != nil {
		return nil, fmt.Errorf("cancel order %s: %w", id, err)
	}
	view, err := s.client.Intent(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("order %s: %w", id, err)
	}
	view.Solutions = max(view.Solutions, open.Solutions)
	return view, nil
}
