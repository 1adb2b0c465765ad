package sim

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// action is what a transaction does.
type action struct {
	to    *common.Address // nil: a deployment
	value int64
	gas   uint64
	data  []byte
	// mark is the storage slot that it sets in the marker, zero for none.
	mark common.Hash
	// feeCap in wei per gas; a tenth of it is the tip.
	feeCap int64
}

// action draws one; most set a mark, by which its effect can be told.
func (l *load) action(rollup core.RollupID) action {
	a := l.draw(rollup)
	a.feeCap = 4000 + l.rand.Int64N(4000)
	return a
}

func (l *load) draw(rollup core.RollupID) action {
	l.serial++
	var mark common.Hash
	binary.BigEndian.PutUint64(mark[:], uint64(rollup))
	binary.BigEndian.PutUint64(mark[24:], l.serial)
	if l.crowded() && l.rand.IntN(2) == 0 {
		return action{to: &spinner, gas: maxTxGas}
	}
	target := l.s.net.accounts[l.rand.IntN(accountCount)].address
	switch l.rand.IntN(24) {
	case 0, 1, 2, 3:
		return action{to: &target, value: l.rand.Int64N(1e12), gas: 21_000}
	case 4, 5:
		return action{to: &counter, gas: 50_000}
	case 6:
		return action{to: &reverter, gas: 30_000, data: mark[:]}
	case 7:
		return action{to: &spinner, gas: 25_000 + l.rand.Uint64N(200_000)}
	case 8, 9:
		return action{to: &payer, value: l.rand.Int64N(1e12), gas: 80_000, data: common.LeftPadBytes(target[:], 32)}
	case 10:
		return action{gas: 120_000, data: deployMarker}
	case 11:
		return action{value: l.rand.Int64N(1e12), gas: 120_000, data: bornAndGone}
	case 12:
		return action{to: &treasury, value: 1, gas: maxTxGas, data: mark[:]} // fills blocks by its gas limit
	}
	return action{to: &marker, gas: 60_000, data: mark[:], mark: mark}
}

// sign makes the transaction of an account. keys, if any, are named under the predeploy.
func (l *load) sign(at slot, nonce uint64, a action, keys ...common.Hash) core.Transaction {
	chain := new(big.Int).SetUint64(uint64(at.rollup))
	inner := &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: nonce, To: a.to, Value: big.NewInt(a.value), Gas: a.gas, Data: a.data,
		GasFeeCap: big.NewInt(a.feeCap), GasTipCap: big.NewInt(a.feeCap / 10),
	}
	if len(keys) > 0 {
		inner.AccessList = gethtypes.AccessList{{Address: l.s.net.genesis.Predeploy.Address, StorageKeys: keys}}
	}
	eth, err := gethtypes.SignNewTx(l.s.net.accounts[at.account].key, gethtypes.LatestSignerForChainID(chain), inner)
	if err != nil {
		panic(fmt.Sprintf("sim: sign: %v", err)) // fixed inputs
	}
	tx, err := core.NewTransaction(at.rollup, eth)
	if err != nil {
		panic(fmt.Sprintf("sim: sign: %v", err))
	}
	l.users[tx.Hash()], l.eths[tx.Hash()] = at, eth
	if l.signed = append(l.signed, tx); len(l.signed) > 512 {
		l.signed = l.signed[256:]
	}
	if a.mark != (common.Hash{}) {
		l.marks[tx.Hash()] = a.mark
	}
	return tx
}

// draft is a bundle before it is signed.
type draft struct {
	atomicity           core.Atomicity
	notBefore, notAfter uint64
	parentTick          uint64
	// protected: the legs name the bundle's commitment. wrong: the bundle carries a commitment that is not its own.
	protected, wrong bool
	legs             []draftLeg
}

type draftLeg struct {
	at        slot
	nonce     uint64
	action    action
	mayRevert bool
}

// build signs a draft.
func (l *load) build(d *draft) (core.DecodedBundle, error) {
	b := &core.Bundle{Atomicity: d.atomicity, NotBefore: d.notBefore, NotAfter: d.notAfter, ParentTick: d.parentTick}
	var keys []common.Hash
	if d.protected {
		b.Commitment = l.commitment(d, b)
		keys = []common.Hash{l.s.net.genesis.Predeploy.Marker, b.Commitment}
	}
	if d.wrong {
		b.Commitment = common.Hash{1, 2, 3}
	}
	for _, leg := range d.legs {
		a := leg.action
		if d.protected {
			a.gas = min(a.gas+10_000, maxTxGas) // the access list costs gas
		}
		tx := l.sign(leg.at, leg.nonce, a, keys...)
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw(), MayRevert: leg.mayRevert})
	}
	return b.DecodeLegs(l.s.net.id, l.s.net.genesis.Kind)
}

// commitment is what the legs name before they are signed.
func (l *load) commitment(d *draft, b *core.Bundle) common.Hash {
	legs := make([]core.CommittedLeg, len(d.legs))
	for i, leg := range d.legs {
		unsigned := gethtypes.NewTx(&gethtypes.DynamicFeeTx{
			Nonce: leg.nonce, To: leg.action.to, Value: big.NewInt(leg.action.value), Data: leg.action.data,
			Gas: min(leg.action.gas+10_000, maxTxGas),
		})
		legs[i] = core.CommitLeg(unsigned, leg.at.rollup, l.s.net.accounts[leg.at.account].address, leg.mayRevert)
	}
	return b.ComputeCommitment(l.s.net.id, legs)
}
