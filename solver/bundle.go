package solver

import (
	"fmt"
	"math/big"

	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// fees are what a rollup's transactions offer for gas.
type fees struct{ tip, cap *big.Int }

// signing is what it takes to make a bundle of calls.
type signing struct {
	network   core.NetworkID
	predeploy core.Predeploy
	account   *account
	// nonces are the account's next ones.
	nonces   map[core.RollupID]uint64
	fees     map[core.RollupID]fees
	notAfter uint64 // ms since the Unix epoch
}

// bundle signs the legs. Each names the bundle's commitment, so that none of them can be executed without the others; the
// commitment does not cover access lists, so the legs are first made without.
func (s *signing) bundle(calls []call) (*core.Bundle, error) {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: s.notAfter, Legs: make([]core.Leg, len(calls))}
	committed := make([]core.CommittedLeg, len(calls))
	for i, tx := range s.transactions(calls) {
		committed[i] = core.CommitLeg(gethtypes.NewTx(tx), calls[i].rollup, s.account.address, false)
	}
	b.Commitment = b.ComputeCommitment(s.network, committed)
	for i, tx := range s.transactions(calls) {
		tx.AccessList = s.predeploy.AccessList(b.Commitment)
		if calls[i].asserts {
			tx.AccessList = s.predeploy.AssertingAccessList(b.Commitment)
		}
		signed, err := gethtypes.SignNewTx(s.account.key, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
		if err != nil {
			return nil, fmt.Errorf("sign leg %d: %w", i, err)
		}
		raw, err := signed.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("encode leg %d: %w", i, err)
		}
		b.Legs[i] = core.Leg{Rollup: calls[i].rollup, Tx: raw}
	}
	return b, nil
}

func (s *signing) transactions(calls []call) []*gethtypes.DynamicFeeTx {
	used := make(map[core.RollupID]uint64)
	txs := make([]*gethtypes.DynamicFeeTx, len(calls))
	for i, c := range calls {
		f := s.fees[c.rollup]
		txs[i] = &gethtypes.DynamicFeeTx{
			ChainID: new(big.Int).SetUint64(uint64(c.rollup)), Nonce: s.nonces[c.rollup] + used[c.rollup], GasTipCap: f.tip, GasFeeCap: f.cap,
			Gas: c.gas, To: &c.to, Value: c.value, Data: c.data,
		}
		used[c.rollup]++
	}
	return txs
}
