package core

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// CheckSingle checks the rules that a single transaction must keep to be ordered, whatever the state: its rollup is
// registered, its form is the one of the rollup's kind, it is within the caps, and it is not protected. A protected
// transaction for which everything else is right gives ErrProtectedAlone, so a caller may park it for its bundle.
//
// Of a block or a report it checks the form; who signed it is for CheckOperator to say.
func (g *Genesis) CheckSingle(tx Transaction) error {
	g = g.InForce()
	if tx.Kind() != EncTransaction {
		return g.checkOperatorEntry(tx)
	}
	if err := g.checkTransaction(tx); err != nil {
		return err
	}
	if _, named := g.protectedKeys(tx); named {
		return fmt.Errorf("accessList: %w", ErrProtectedAlone)
	}
	return nil
}

// CheckBundle checks the rules that a bundle must keep to be ordered at consensus time timeMs (ms since the Unix epoch),
// whatever the state. ErrTooEarly is found last: such a bundle may be kept for later.
func (g *Genesis) CheckBundle(b DecodedBundle, timeMs uint64) error {
	g = g.InForce()
	if err := g.checkBundleForm(b); err != nil {
		return err
	}
	if err := g.checkLegs(b); err != nil {
		return err
	}
	return g.checkWindow(b.Bundle, timeMs)
}

// checkBundleForm checks the bundle's own fields and its size.
func (g *Genesis) checkBundleForm(b DecodedBundle) error {
	switch n := uint64(len(b.Legs)); {
	case n == 0:
		return fmt.Errorf("legs: %w", ErrNoLegs)
	case n > g.Params.MaxBundleLegs:
		return fmt.Errorf("legs: %w: have %d, cap %d", ErrTooManyLegs, n, g.Params.MaxBundleLegs)
	}
	if len(b.Txs) != len(b.Legs) {
		return fmt.Errorf("legs: %w: %d legs, %d of them decoded", ErrMalformed, len(b.Legs), len(b.Txs))
	}
	if b.Atomicity != AtomicExecution && b.Atomicity != AtomicInclusion {
		return fmt.Errorf("atomicity: %w: %d", ErrAtomicity, uint8(b.Atomicity))
	}
	if b.ParentTick != 0 && b.Atomicity != AtomicExecution {
		return fmt.Errorf("parentTick: %w, this one has atomicity %s", ErrParentTick, b.Atomicity)
	}
	if b.Bid != 0 {
		return fmt.Errorf("bid: %w", ErrBid)
	}
	if n := uint64(len(b.Encode())); n > g.Params.MaxBundleBytes {
		return fmt.Errorf("legs: %w: bundle of %d bytes, cap %d", ErrTooLarge, n, g.Params.MaxBundleBytes)
	}
	return nil
}

// checkLegs checks each leg and what the legs must have in common. Legs are few (params.maxBundleLegs), so pairs are compared.
func (g *Genesis) checkLegs(b DecodedBundle) error {
	var gas uint64 // cannot overflow: legs are few and each is below its cap
	for i, leg := range b.Legs {
		tx := b.Txs[i]
		if tx.Rollup() != leg.Rollup || !bytes.Equal(tx.Raw(), leg.Tx) {
			return fmt.Errorf("legs[%d].tx: %w: not the transaction it was decoded to", i, ErrMalformed)
		}
		if err := g.checkTransaction(tx); err != nil {
			return fmt.Errorf("legs[%d].tx: %w", i, err)
		}
		for j, other := range b.Txs[:i] {
			if other.Rollup() == tx.Rollup() && other.Hash() == tx.Hash() {
				return fmt.Errorf("legs[%d].tx: %w: as legs[%d]", i, ErrDuplicateLeg, j)
			}
		}
		if b.Atomicity == AtomicExecution {
			if zone := g.ZoneOf(leg.Rollup); zone == 0 || zone != g.ZoneOf(b.Legs[0].Rollup) {
				return fmt.Errorf("legs[%d].rollup: %w: %s", i, ErrNoCommonZone, g.whyNotExecution(leg.Rollup))
			}
		}
		if err := g.checkProtectedLeg(b.Bundle, tx); err != nil {
			return fmt.Errorf("legs[%d].tx: %w", i, err)
		}
		if g.ZoneOf(leg.Rollup) != 0 {
			gas += tx.Eth().Gas()
		}
	}
	if gas > g.Params.BundleGasCapacity {
		return fmt.Errorf("legs: %w: all together %d, cap per bundle %d", ErrGasAboveCap, gas, g.Params.BundleGasCapacity)
	}
	return nil
}

// whyNotExecution says why a leg on a rollup does not fit into an execution bundle, and what would.
func (g *Genesis) whyNotExecution(id RollupID) string {
	if kind, ok := g.Kind(id); ok && kind != KindEVM {
		return fmt.Sprintf(`rollup %s is of kind %s, which the network orders and does not execute, so a bundle with it is never atomic in execution; `+
			`want atomicity "inclusion" (the legs are ordered together and each has an outcome of its own), or no leg on it`, id, kind)
	}
	return fmt.Sprintf("rollup %s", id)
}

// checkProtectedLeg applies the protected-transaction rule of ARCHITECTURE.md §4 to a leg.
func (g *Genesis) checkProtectedLeg(b *Bundle, tx Transaction) error {
	keys, named := g.protectedKeys(tx)
	if !named {
		return nil
	}
	if b.Atomicity != AtomicExecution {
		return fmt.Errorf("accessList: %w, not of an %s bundle", ErrProtectedAlone, b.Atomicity)
	}
	if b.Commitment == (common.Hash{}) {
		return fmt.Errorf("accessList: %w: the bundle's commitment is zero", ErrProtectedKeys)
	}
	if len(keys) == 0 {
		return fmt.Errorf("accessList: %w: it names none", ErrProtectedKeys)
	}
	for _, key := range keys {
		if key != g.Predeploy.Marker && key != b.Commitment {
			return fmt.Errorf("accessList: %w: it names %s", ErrProtectedKeys, key)
		}
	}
	return nil
}

// checkWindow compares the bundle's window with a consensus time.
func (g *Genesis) checkWindow(b *Bundle, timeMs uint64) error {
	switch {
	case b.NotBefore > b.NotAfter:
		return fmt.Errorf("notBefore: %w: %d, notAfter %d", ErrWindowInverted, b.NotBefore, b.NotAfter)
	case timeMs > b.NotAfter:
		return fmt.Errorf("notAfter: %w: %d, consensus time %d", ErrExpired, b.NotAfter, timeMs)
	case b.NotAfter-timeMs > g.Params.MaxBundleWindow:
		return fmt.Errorf("notAfter: %w: %d ms after consensus time %d, cap %d ms", ErrWindowTooLong, b.NotAfter-timeMs, timeMs, g.Params.MaxBundleWindow)
	case timeMs < b.NotBefore:
		return fmt.Errorf("notBefore: %w: %d, consensus time %d", ErrTooEarly, b.NotBefore, timeMs)
	}
	return nil
}

// checkTransaction checks what holds for singles and legs alike.
func (g *Genesis) checkTransaction(tx Transaction) error {
	kind, ok := g.Kind(tx.Rollup())
	if !ok {
		return fmt.Errorf("rollup: %w", &UnknownRollupError{tx.Rollup()})
	}
	if g.Retired(tx.Rollup()) {
		return fmt.Errorf("rollup: %w: rollup %s", ErrRetired, tx.Rollup())
	}
	if (kind == KindOpaque) != (tx.Eth() == nil) || tx.Kind() != EncTransaction {
		return fmt.Errorf("%w: not decoded as a transaction of a rollup of kind %s", ErrMalformed, kind)
	}
	switch n := uint64(len(tx.Raw())); {
	case n == 0:
		return fmt.Errorf("%w: transaction", ErrEmpty)
	case n > g.Params.MaxTxBytes:
		return fmt.Errorf("%w: transaction of %d bytes, cap %d", ErrTooLarge, n, g.Params.MaxTxBytes)
	}
	if kind == KindEVM && tx.Eth().Gas() > g.Params.MaxTxGas {
		return fmt.Errorf("gas: %w: have %d, cap %d", ErrGasAboveCap, tx.Eth().Gas(), g.Params.MaxTxGas)
	}
	return nil
}

// protectedKeys are the keys that the transaction's access list names under the predeploy; see PredeployKeys.
func (g *Genesis) protectedKeys(tx Transaction) (keys []common.Hash, named bool) {
	if tx.Eth() == nil {
		return nil, false
	}
	return PredeployKeys(tx.Eth(), g.Predeploy.Address)
}
