package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
)

// What the strangers agree upon, at the price of the pools, and what Bob tries to get away with.
var (
	alicePays = ether(5)
	bobPays   = ether(4)
	bobCheats = ether(3)
)

const (
	swapLife = time.Hour
	// legGas is ample for a leg whose gas cannot be estimated: outside of its bundle what it asserts reverts.
	legGas = 500_000
)

// swap lets two strangers pay each other, each on condition that the other one does.
func (s *stage) swap(ctx context.Context) error {
	here, there := s.cheap.Rollup, s.dear.Rollup
	s.heading("4. Swap between strangers: Alice pays %s TOK on rollup %s if Bob pays %s TOK on rollup %s, and Bob pays if she does",
		units(alicePays, 0), here, units(bobPays, 0), there)
	terms, err := s.terms()
	if err != nil {
		return err
	}
	e, err := s.broadcast(ctx, "swap", s.pays(s.alice.on[here], terms), s.pays(s.bob.on[there], terms))
	if err != nil {
		return err
	}
	if err := judgeSwap(e, s.contracts.Swap, terms); err != nil {
		return err
	}
	s.line("Alice has %s TOK less on %s and %s more on %s, Bob the contrary: no escrow, nobody went first, nobody was trusted",
		units(alicePays, 0), here, units(bobPays, 0), there)
	return nil
}

// unevenSwap is the same, but Bob's leg pays less than was agreed.
func (s *stage) unevenSwap(ctx context.Context) error {
	here, there := s.cheap.Rollup, s.dear.Rollup
	s.heading("5. One pays less: Alice signs the same again, but Bob's leg gives her %s TOK instead of %s", units(bobCheats, 0), units(bobPays, 0))
	terms, err := s.terms()
	if err != nil {
		return err
	}
	cheat := actor.Call{To: &s.dear.Token, Data: bridgederc20.NewBridgedERC20().PackTransfer(s.alice.address, bobCheats), Gas: legGas}
	e, err := s.broadcast(ctx, "swap, one cheats", s.pays(s.alice.on[here], terms), act{by: s.bob.on[there], call: cheat})
	if err != nil {
		return err
	}
	if err := judgeNothing(e, failure{core.VoidAssertion, 0, "assertion: chain " + there.String()}); err != nil {
		return err
	}
	s.line("Alice's leg asserts that rollup %s says Bob paid; it does not, so neither leg took place: balances, nonces and ETH are as before", there)
	return nil
}

// terms are a new agreement between Alice and Bob.
func (s *stage) terms() (swap.SwapTerms, error) {
	terms := swap.SwapTerms{
		First:    swap.SwapSide{ChainId: actor.ChainID(s.cheap.Rollup), Payer: s.alice.address, Payee: s.bob.address, Token: s.cheap.Token, Amount: alicePays},
		Second:   swap.SwapSide{ChainId: actor.ChainID(s.dear.Rollup), Payer: s.bob.address, Payee: s.alice.address, Token: s.dear.Token, Amount: bobPays},
		Deadline: big.NewInt(time.Now().Add(swapLife).Unix()),
	}
	_, err := rand.Read(terms.Salt[:])
	return terms, err
}

// pays is one party's leg.
func (s *stage) pays(party *actor.Account, terms swap.SwapTerms) act {
	return act{by: party, call: actor.Call{To: &s.contracts.Swap, Data: swap.NewSwap().PackPay(terms), Gas: legGas}, asserts: true}
}

// broadcast plays a bundle of two parties who share nothing but what the node tells both: each signs its leg for the bundle's
// commitment and sends it to its own rollup, as any wallet does, and the bundle is there when both are.
func (s *stage) broadcast(ctx context.Context, name string, first, second act) (*evidence, error) {
	notAfter := soon()
	skeleton, err := skeletonOf(ctx, first, second)
	if err != nil {
		return nil, err
	}
	prepared, err := s.client.PrepareBundle(ctx, 0, notAfter, skeleton)
	if err != nil {
		return nil, fmt.Errorf("prepare the bundle: %w", err)
	}
	legs, err := signLegs(ctx, s.naming(prepared.Commitment, []act{first, second})...)
	if err != nil {
		return nil, err
	}
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: notAfter, Commitment: prepared.Commitment, Legs: bundleLegs(legs)}
	if err := s.park(ctx, first.by, legs[0].tx); err != nil {
		return nil, err
	}
	return s.play(ctx, trial{name: name, bundle: b, legs: legs, submit: func(ctx context.Context) error {
		err := second.by.Eth.SendTransaction(ctx, legs[1].tx)
		if answer := rpc.Error(nil); errors.As(err, &answer) {
			return nil // it says what became of the leg, which is for the judge
		}
		return err
	}})
}

// park sends a leg to its rollup before the other one is there.
func (s *stage) park(ctx context.Context, by *actor.Account, tx *gethtypes.Transaction) error {
	if err := by.Eth.SendTransaction(ctx, tx); err != nil {
		return fmt.Errorf("send the first leg: %w", err)
	}
	status, err := s.client.Status(ctx, tx.Hash())
	if err != nil {
		return fmt.Errorf("status of the first leg: %w", err)
	}
	if err := judgeParked(status); err != nil {
		return err
	}
	s.line("Alice has sent her leg to rollup %s, Bob not yet: it is parked, with %d of %d legs missing", by.Rollup, len(status.Parked.Missing), len(status.Parked.Legs))
	return nil
}

// skeletonOf is what a node has to know of legs that are not signed yet.
func skeletonOf(ctx context.Context, acts ...act) ([]gateway.SkeletonLeg, error) {
	legs := make([]gateway.SkeletonLeg, len(acts))
	for i, a := range acts {
		nonce, err := a.by.Eth.PendingNonceAt(ctx, a.by.Address)
		if err != nil {
			return nil, fmt.Errorf("nonce: %w", err)
		}
		legs[i] = gateway.SkeletonLeg{
			Rollup: a.by.Rollup, From: a.by.Address, Nonce: nonce, To: a.call.To, Data: a.call.Data, Gas: a.call.Gas,
		}
		if a.call.Value != nil {
			legs[i].Value = (*hexutil.Big)(a.call.Value)
		}
	}
	return legs, nil
}
