package opstack

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// shared lets the lane fill the chains' blocks.
func (s *stack) shared(t *testing.T) {
	s.chains[1].onGap = "local" // from its next start on
	s.report.each(t, s.chains, "shared: switched to, and the lane fills blocks", (*chain).toShared)
	s.report.each(t, s.chains, "shared: blocks keep their pace", paceFor(15*time.Second))
	s.report.each(t, s.chains, "shared: from submission to the unsafe block, under load", func(c *chain) (string, error) { return c.latency(scaled(10 * time.Second)) })
	s.report.each(t, s.chains, "shared: the engine's calls beside a direct connection, under load", func(c *chain) (string, error) { return c.compares(scaled(24 * time.Second)) })
	s.report.each(t, s.chains, "shared: receipts before the block are those of the block", (*chain).preconfirms)
	s.report.each(t, s.chains, "shared: hostile transactions stay out, and the order is the lane's", (*chain).hostile)
	s.report.each(t, s.chains, "shared: blocks up to the limit of the data's footprint", (*chain).fillsFootprint)
	s.report.each(t, s.chains, "shared: switched to and fro under load", (*chain).toAndFro)
	s.report.each(t, s.chains, "shared: the proxy is killed, and back after 7 s", func(c *chain) (string, error) { return c.outage(7 * time.Second) })
	s.report.each(t, s.chains, "shared: the order is the lane's after that", func(c *chain) (string, error) { return c.fills(nil) })
	s.sharedReorg(t)
	s.withoutNetwork(t)
	s.report.each(t, s.chains, "shared: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "shared: L1 alone gives the same blocks", followerAgrees)
	s.report.each(t, s.chains, "shared: op-node saw no error of its engine's", (*chain).undisturbed)
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
func (c *chain) fills(bad [][]byte) (string, error) {
	others := bad
	var waits []time.Duration
	each := (len(others) + 3) / 4
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
			if raws = append(raws, raw); i == 1 {
				n := min(each, len(others))
				raws, others = append(raws, others[:n]...), others[n:]
			}
		}
		from := time.Now()
		for _, raw := range raws {
			if err := c.submit(raw); err != nil && !slices.ContainsFunc(bad, func(b []byte) bool { return bytes.Equal(b, raw) }) {
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
			if c.own[hash] {
				continue
			}
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
