package opstack

import (
	"errors"
	"fmt"
	"math/big"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// refusable are what no node of the network may take, by name.
func (c *chain) refusable() map[string][]byte {
	other := new(big.Int).SetUint64(c.id + 1000)
	elsewhere, err := gethtypes.MustSignNewTx(c.users[0].key, gethtypes.LatestSignerForChainID(other), &gethtypes.DynamicFeeTx{
		ChainID: other, GasFeeCap: big.NewInt(1e11), Gas: 21_000, To: &sink,
	}).MarshalBinary()
	if err != nil {
		panic(err) // fixed types
	}
	return map[string][]byte{
		"a forged deposit": {0x7e, 0xc0}, "a transaction after execution": {0x7d, 0xc0}, "a blob": {3, 0xc0}, "an unknown type": {5, 0xc0},
		"garbage": {0xf8, 0xff, 1}, "nothing": {}, "what is huge": append([]byte{2}, make([]byte, 1<<20)...), "another chain's transaction": elsewhere,
	}
}

// strangers is how many accounts without funds, and repetitions of the nonce games, are tried.
const strangers = 60

// unfit are transactions that cannot be executed: the execution client would refuse each of them.
func (c *chain) unfit() (all [][]byte) {
	id := new(big.Int).SetUint64(c.id)
	add := func(key account, edit func(*gethtypes.DynamicFeeTx)) {
		tx := &gethtypes.DynamicFeeTx{ChainID: id, GasTipCap: big.NewInt(1e6), GasFeeCap: big.NewInt(1e11), Gas: 21_000, To: &sink}
		edit(tx)
		raw, err := gethtypes.MustSignNewTx(key.key, gethtypes.LatestSignerForChainID(id), tx).MarshalBinary()
		if err != nil {
			panic(err) // fixed types
		}
		all = append(all, raw)
	}
	for i := range strangers {
		n := int64(i + 1)
		add(newAccount(fmt.Sprint("stranger", c.id, i)), func(tx *gethtypes.DynamicFeeTx) { tx.Value = big.NewInt(n) })
		add(c.users[i%4], func(tx *gethtypes.DynamicFeeTx) { tx.Value = big.NewInt(100 + n) })                             // a nonce that was used
		add(c.users[i%4], func(tx *gethtypes.DynamicFeeTx) { tx.Nonce, tx.Value = 1<<20, big.NewInt(n) })                  // one far ahead
		add(c.crowd[i], func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap, tx.GasTipCap = big.NewInt(n), new(big.Int) })     // below the base fee
		add(c.crowd[i], func(tx *gethtypes.DynamicFeeTx) { tx.Gas = l2GasLimit + uint64(n) })                              // more gas than a block has
		add(c.crowd[i], func(tx *gethtypes.DynamicFeeTx) { tx.GasTipCap = new(big.Int).Add(tx.GasFeeCap, big.NewInt(n)) }) // tip above the cap
		add(c.crowd[i], func(tx *gethtypes.DynamicFeeTx) { tx.Data = make([]byte, 2000+n) })                               // too little gas for its data
		add(c.crowd[i], func(tx *gethtypes.DynamicFeeTx) { tx.Value = new(big.Int).Add(million, big.NewInt(n)) })          // more than there is
	}
	return all
}

// hostile hands in what must not get into a block, between transfers that must.
func (c *chain) hostile() (string, error) {
	refused := c.refusable()
	for name, raw := range refused {
		if err := c.submit(raw); err == nil {
			return "", fmt.Errorf("the network takes %s;", name)
		}
	}
	rounds, err := c.proxy.metric("lockstep_opstack_rounds_total")
	if err != nil {
		return "", err
	}
	bad := c.unfit()
	result, err := c.fills(bad)
	if err != nil {
		return "", err
	}
	after, err := c.proxy.metric("lockstep_opstack_rounds_total")
	if err != nil {
		return "", err
	}
	for _, raw := range bad {
		if _, err := c.sequencer.TransactionReceipt(interrupted, crypto.Keccak256Hash(raw)); err == nil {
			return "", errors.New("a bad transaction is in a block;")
		}
	}
	if builds := after - rounds; builds > float64(len(bad))/4 {
		return result, fmt.Errorf("%.0f builds for %d bad transactions;", builds, len(bad))
	}
	return fmt.Sprintf("%d tried: %d for the network to refuse, %d for the proxy to skip, in %.0f builds; %s", len(refused)+len(bad), len(refused), len(bad), after-rounds, result), nil
}
