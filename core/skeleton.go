package core

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// Skeleton is an execution bundle whose legs are not signed yet: exactly what a commitment binds. It is local to the node
// that somebody told it to, and no part of the protocol.
type Skeleton struct {
	Atomicity Atomicity
	// NotBefore and NotAfter are those of the bundle, ms since the Unix epoch.
	NotBefore, NotAfter uint64
	Legs                []CommittedLeg
}

// Commitment is that of the bundle that the signed legs will make.
func (s *Skeleton) Commitment(network NetworkID) common.Hash {
	b := Bundle{Atomicity: s.Atomicity, NotBefore: s.NotBefore, NotAfter: s.NotAfter}
	return b.ComputeCommitment(network, s.Legs)
}

// CheckSkeleton checks what CheckBundle will want of the bundle and can be said before anything is signed. timeMs is
// consensus time, in ms since the Unix epoch.
func (g *Genesis) CheckSkeleton(s *Skeleton, timeMs uint64) error {
	g = g.InForce()
	switch n := uint64(len(s.Legs)); {
	case n == 0:
		return fmt.Errorf("legs: %w", ErrNoLegs)
	case n > g.Params.MaxBundleLegs:
		return fmt.Errorf("legs: %w: have %d, cap %d", ErrTooManyLegs, n, g.Params.MaxBundleLegs)
	}
	if s.Atomicity != AtomicExecution {
		return fmt.Errorf("atomicity: %w: only legs of execution bundles are protected", ErrAtomicity)
	}
	var gas uint64 // cannot overflow: legs are few and each is below its cap
	for i, leg := range s.Legs {
		rollup := RollupID(leg.Rollup)
		switch zone := g.ZoneOf(rollup); {
		case zone == 0 || zone != g.ZoneOf(RollupID(s.Legs[0].Rollup)):
			return fmt.Errorf("legs[%d].rollup: %w: %s", i, ErrNoCommonZone, g.whyNotExecution(rollup))
		case leg.Gas > g.Params.MaxTxGas:
			return fmt.Errorf("legs[%d].gas: %w: have %d, cap %d", i, ErrGasAboveCap, leg.Gas, g.Params.MaxTxGas)
		}
		gas += leg.Gas
	}
	if gas > g.Params.BundleGasCapacity {
		return fmt.Errorf("legs: %w: all together %d, cap per bundle %d", ErrGasAboveCap, gas, g.Params.BundleGasCapacity)
	}
	return g.checkWindow(&Bundle{NotBefore: s.NotBefore, NotAfter: s.NotAfter}, timeMs)
}

// CommitmentOf is the commitment that a protected transaction names: its only key under the predeploy besides the marker.
// ok is false if it names none, or several.
func (g *Genesis) CommitmentOf(tx Transaction) (commitment common.Hash, ok bool) {
	keys, _ := g.protectedKeys(tx)
	for _, key := range keys {
		if key == g.Predeploy.Marker || ok && key == commitment {
			continue
		}
		if ok {
			return common.Hash{}, false
		}
		commitment, ok = key, true
	}
	return commitment, ok && commitment != common.Hash{}
}

// Equal reports whether a commitment binds the same of both.
func (l *CommittedLeg) Equal(other *CommittedLeg) bool {
	return l.Rollup == other.Rollup && l.TxType == other.TxType && l.Sender == other.Sender && l.Nonce == other.Nonce &&
		(l.To == nil) == (other.To == nil) && (l.To == nil || *l.To == *other.To) && bytes.Equal(l.Value, other.Value) &&
		l.DataHash == other.DataHash && l.Gas == other.Gas && l.AuthHash == other.AuthHash && l.MayRevert == other.MayRevert
}
