package opstack

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// account is what a sender's transactions are weighed against.
type account struct {
	nonce   uint64
	balance *big.Int
	// code: it has some, so that others may spend from it.
	code bool
}

// ledger foresees what an execution client would refuse of a list of transactions, and proves it by a block that was built without
// them: pure. Because of the proof its foresight needs not be right, and what is in a block does not depend on it. It saves the
// builds that an execution client takes to name what it refuses one by one.
type ledger struct {
	charges charges
	// baseFee is the block's.
	baseFee *big.Int
	// parent are accounts behind the block's parent; of senders that are not among them little is foreseen.
	parent map[common.Address]account
}

// foresee gives the reasons for which transactions of a list, in its order, would not get into a block. Those that were tried are
// taken for good, and those that are gone for bad, of which a reason is foreseen at most.
func (l *ledger) foresee(all []candidate, tried map[uint64]bool, gone func(seq uint64) bool) map[uint64]core.OutcomeCode {
	reasons := make(map[uint64]core.OutcomeCode)
	running := make(map[common.Address]account)
	of := func(a common.Address) (account, bool) {
		if now, ok := running[a]; ok {
			return now, true
		}
		then, ok := l.parent[a]
		return then, ok
	}
	for _, c := range all {
		from, known := of(c.from)
		if code := l.weigh(c, from, known); code != core.Included && !tried[c.seq] {
			reasons[c.seq] = code
			continue
		}
		if !known || gone(c.seq) {
			continue
		}
		from.nonce, from.balance = c.tx.Nonce()+1, new(big.Int).Sub(from.balance, l.spends(c))
		running[c.from] = from
		if c.tx.To() == nil {
			continue
		}
		if to, known := of(*c.tx.To()); known {
			to.balance = new(big.Int).Add(to.balance, c.tx.Value())
			running[*c.tx.To()] = to
		}
	}
	return reasons
}

// weigh looks at a transaction in go-ethereum's order.
func (l *ledger) weigh(c candidate, from account, known bool) core.OutcomeCode {
	switch {
	case known && c.tx.Nonce() < from.nonce:
		return core.VoidNonceTooLow
	case known && c.tx.Nonce() > from.nonce:
		return core.VoidNonceTooHigh
	case c.tx.GasFeeCapIntCmp(l.baseFee) < 0:
		return core.VoidFeeCapTooLow
	case known && from.balance.Cmp(l.needs(c)) < 0:
		return core.VoidInsufficientFunds
	}
	return core.Included
}

// needs is what a sender must have: value, gas at the fee cap, and the charges for all of the gas.
func (l *ledger) needs(c candidate) *big.Int {
	sum := new(big.Int).SetUint64(c.tx.Gas())
	sum.Add(sum.Mul(sum, c.tx.GasFeeCap()), c.tx.Value())
	return sum.Add(sum, l.charges.of(c.raw, c.tx.Gas()))
}

// spends is the least that a transaction costs its sender unless it reverts.
func (l *ledger) spends(c candidate) *big.Int {
	price := new(big.Int).Add(l.baseFee, c.tx.GasTipCap())
	if c.tx.GasFeeCapIntCmp(price) < 0 {
		price.Set(c.tx.GasFeeCap())
	}
	sum := price.Mul(price, big.NewInt(int64(leastGas)))
	return sum.Add(sum.Add(sum, c.tx.Value()), l.charges.of(c.raw, leastGas))
}

// prove checks what was foreseen of the part of the lane that a block was built from, by that block: those that it holds of the part,
// and the senders' accounts behind it. It gives the positions of which nothing is proven.
func (l *ledger) prove(part []candidate, reasons map[uint64]core.OutcomeCode, held map[uint64]bool, behind map[common.Address]account) []uint64 {
	var unproven []uint64
	before, after := make(map[common.Address]uint64), make(map[common.Address][]candidate)
	delegates := make(map[common.Address]bool)
	for _, c := range part {
		if !held[c.seq] {
			continue
		}
		after[c.from] = append(after[c.from], c)
		for _, a := range c.tx.SetCodeAuthorizations() {
			if authority, err := a.Authority(); err == nil {
				delegates[authority] = true
			}
		}
	}
	for _, c := range part {
		if held[c.seq] {
			before[c.from]++
			after[c.from] = after[c.from][1:]
			continue
		}
		code, foreseen := reasons[c.seq]
		if !foreseen {
			continue
		}
		end, known := behind[c.from]
		end.code = end.code || delegates[c.from]
		if code != core.VoidFeeCapTooLow && (!known || !l.certain(c, code, standing{before[c.from], after[c.from], end})) {
			unproven = append(unproven, c.seq)
		}
	}
	return unproven
}

// standing is what a block says about a sender at a place of the lane's part: how many of its transactions are in it ahead of the
// place, which ones behind it, and the account behind the block.
type standing struct {
	before uint64
	after  []candidate
	end    account
}

// certain tells whether a transaction cannot have been valid at its place. Nonces only grow; and of an account without code nobody
// but its own transactions takes anything.
func (l *ledger) certain(c candidate, code core.OutcomeCode, at standing) bool {
	switch code {
	case core.VoidNonceTooLow:
		return c.tx.Nonce() < l.parent[c.from].nonce+at.before
	case core.VoidNonceTooHigh:
		return c.tx.Nonce() > at.end.nonce-min(at.end.nonce, uint64(len(at.after)))
	case core.VoidInsufficientFunds:
		most := new(big.Int).Set(at.end.balance)
		for _, later := range at.after {
			most.Add(most, l.needs(later))
		}
		return !at.end.code && most.Cmp(l.needs(c)) < 0
	}
	return false
}

// senders are those of transactions, each once, in their order, and not more than maxAccounts.
func senders(all []candidate) (list []common.Address) {
	seen := make(map[common.Address]bool)
	for _, c := range all {
		if !seen[c.from] && len(list) < maxAccounts {
			seen[c.from] = true
			list = append(list, c.from)
		}
	}
	return list
}

// maxAccounts bounds the accounts that are read for a block.
const maxAccounts = 2048
