package opstack

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// shared lets the lane fill the chains' blocks.
func (s *stack) shared(t *testing.T) {
	s.report.each(t, s.chains, "shared: switched to, and the lane fills blocks", (*chain).toShared)
	s.report.each(t, s.chains, "shared: blocks keep their pace", paceFor(15*time.Second))
	s.report.each(t, s.chains, "shared: hostile transactions stay out, and the order is the lane's", (*chain).hostile)
	s.report.each(t, s.chains, "shared: the proxy is killed, and back after 7 s", func(c *chain) (string, error) { return c.outage(7 * time.Second) })
	s.report.each(t, s.chains, "shared: the order is the lane's after that", func(c *chain) (string, error) { return c.fills(nil) })
	s.report.each(t, s.chains, "shared: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "shared: L1 alone gives the same blocks", followerAgrees)
}

// toShared switches a chain to shared; nothing is restarted.
func (c *chain) toShared() (string, error) {
	head, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	if err := c.proxy.switchTo(shared); err != nil {
		return "", err
	}
	c.mode, c.sharedAt = shared, head
	return c.fills(nil)
}

// submit hands a transaction in to the chain's lane.
func (c *chain) submit(raw []byte) error {
	var answer struct{ Hash []byte }
	return c.network.post("Submit", map[string]any{"rollup": fmt.Sprint(c.id), "transaction": raw}, &answer)
}

// fills hands in transfers, one of each user at a time, with others between them, waits until they are in blocks, and compares what
// blocks hold with the lane. A user's next transfer comes when the one before is in a block: the network knows no nonces of the chain.
func (c *chain) fills(others [][]byte) (string, error) {
	var waits []time.Duration
	for range 4 {
		txs, err := c.transfers(1)
		if err != nil {
			return "", err
		}
		var raws [][]byte
		for i, tx := range txs {
			raw, err := tx.MarshalBinary()
			if err != nil {
				return "", err
			}
			if raws = append(raws, raw); i == 1 && len(others) > 0 {
				raws, others = append(raws, others[0]), others[1:]
			}
		}
		from := time.Now()
		for _, raw := range raws {
			if err := c.submit(raw); err != nil {
				return "", fmt.Errorf("submit: %w", err)
			}
		}
		for _, tx := range txs {
			err := eventually(time.Minute, func() error {
				_, err := c.sequencer.TransactionReceipt(interrupted, tx.Hash())
				return err
			})
			if err != nil {
				return "", fmt.Errorf("transaction %s: %w", tx.Hash(), err)
			}
			waits = append(waits, time.Since(from))
		}
	}
	slices.Sort(waits)
	n, err := c.inLaneOrder()
	return fmt.Sprintf("%d transactions since the switch, in the lane's order; from submission to block: median %.1f s, longest %.1f s of %d",
		n, waits[len(waits)/2].Seconds(), waits[len(waits)-1].Seconds(), len(waits)), err
}

// hostile hands in what must not get into a block, between transfers that must.
func (c *chain) hostile() (string, error) {
	for name, raw := range map[string][]byte{"a forged deposit": {0x7e, 0xc0}, "a blob": {3, 0xc0}, "an unknown type": {0x7d, 0xc0}, "garbage": {0xf8, 0xff, 1}} {
		if err := c.submit(raw); err == nil {
			return "", fmt.Errorf("the network takes %s;", name)
		}
	}
	stranger := newAccount(fmt.Sprint("stranger", c.id))
	id := new(big.Int).SetUint64(c.id)
	sign := func(key account, edit func(*gethtypes.DynamicFeeTx)) []byte {
		tx := &gethtypes.DynamicFeeTx{ChainID: id, GasTipCap: big.NewInt(1e6), GasFeeCap: big.NewInt(1e11), Gas: 21_000, To: &sink}
		edit(tx)
		raw, err := gethtypes.MustSignNewTx(key.key, gethtypes.LatestSignerForChainID(id), tx).MarshalBinary()
		if err != nil {
			panic(err) // fixed types
		}
		return raw
	}
	bad := [][]byte{
		sign(stranger, func(*gethtypes.DynamicFeeTx) {}), // no funds
		sign(c.users[0], func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 1 << 20 }),
		sign(c.users[1], func(tx *gethtypes.DynamicFeeTx) { tx.Nonce, tx.Value = 0, big.NewInt(3) }),
		sign(c.users[2], func(tx *gethtypes.DynamicFeeTx) {
			tx.Nonce, tx.GasFeeCap, tx.GasTipCap = 1<<20, big.NewInt(1), new(big.Int)
		}),
	}
	result, err := c.fills(bad)
	if err != nil {
		return "", err
	}
	for _, raw := range bad {
		if _, err := c.sequencer.TransactionReceipt(interrupted, crypto.Keccak256Hash(raw)); err == nil {
			return "", errors.New("a bad transaction is in a block;")
		}
	}
	return fmt.Sprintf("%d refused by the network, %d skipped; %s", 4, len(bad), result), nil
}

// inLaneOrder compares the transactions of all blocks since the switch, deposits left out, with the lane's: there are no others, and
// none is before one that was ordered earlier.
func (c *chain) inLaneOrder() (n int, err error) {
	places := map[common.Hash]int{}
	entries, err := c.network.entries(c.id)
	if err != nil {
		return 0, err
	}
	for i, data := range entries {
		places[crypto.Keccak256Hash(data)] = i
	}
	head, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return 0, err
	}
	last := -1
	for number := c.sharedAt + 1; number <= head; number++ {
		block, err := c.hashesOf(number)
		if err != nil {
			return 0, err
		}
		for _, hash := range block {
			at, ordered := places[hash]
			if !ordered || at <= last {
				return 0, fmt.Errorf("block %d: transaction %s is at place %d of the lane (%t), behind that at %d;", number, hash, at, ordered, last)
			}
			last, n = at, n+1
		}
	}
	return n, nil
}

// hashesOf are a block's transactions without its deposits. go-ethereum cannot decode these, so they are told by their type.
func (c *chain) hashesOf(number uint64) (all []common.Hash, err error) {
	var block struct {
		Transactions []struct {
			Hash common.Hash `json:"hash"`
			Type string      `json:"type"`
		} `json:"transactions"`
	}
	if err := c.sequencer.Client.Client().CallContext(interrupted, &block, "eth_getBlockByNumber", fmt.Sprintf("%#x", number), true); err != nil {
		return nil, err
	}
	for _, tx := range block.Transactions {
		if tx.Type != "0x7e" {
			all = append(all, tx.Hash)
		}
	}
	return all, nil
}
