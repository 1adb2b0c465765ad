package demo

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// protectedBundle makes the arbitrage with legs that are valid in this bundle only: each names the bundle's commitment
// in its access list under the predeploy. The commitment does not cover access lists, so it is computed from
// the unprotected calls.
func (s *stage) protectedBundle(ctx context.Context) (*core.Bundle, []leg, error) {
	buy, sell, err := s.arbitrageCalls(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	draft, err := s.signLegs(ctx, buy, sell)
	if err != nil {
		return nil, nil, err
	}
	senders := []common.Address{s.buyer.address, s.seller.address}
	committed := make([]core.CommittedLeg, len(draft))
	for i, l := range draft {
		committed[i] = core.CommitLeg(l.tx, l.rollup, senders[i], false)
	}
	b := newBundle(draft)
	b.Commitment = b.ComputeCommitment(s.network.NetworkID, committed)
	access := gethtypes.AccessList{{Address: s.network.Predeploy.Address, StorageKeys: []common.Hash{b.Commitment}}}
	buy.Access, sell.Access = access, access
	legs, err := s.signLegs(ctx, buy, sell)
	if err != nil {
		return nil, nil, fmt.Errorf("protect: %w", err)
	}
	b.Legs = bundleLegs(legs)
	return b, legs, nil
}
