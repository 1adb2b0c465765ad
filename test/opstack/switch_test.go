package opstack

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// metric reads one of the proxy's figures.
func (p *proxy) metric(name string) (float64, error) {
	text, err := p.ask("GET", "/metrics", nil)
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("no metric %s;", name)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// toAndFro switches through all modes while transactions go to the lane. When another mode has begun, what the lane held at the
// switch is in blocks.
func (c *chain) toAndFro() (string, error) {
	l, err := c.startLoad(c.crowd[:32], 50*time.Millisecond, c.toLane)
	if err != nil {
		return "", err
	}
	var left []string
	for _, mode := range []string{confirm, shared, passThrough, shared} {
		if err = pause(c.blockTime * 2); err != nil {
			break
		}
		var held []common.Hash
		if c.mode == shared {
			if held, err = c.inLane(l); err != nil {
				break
			}
		}
		from := time.Now()
		if err = c.proxy.switchTo(mode); err != nil {
			break
		}
		c.mode = mode
		if mode != shared {
			if err = c.taken(held); err != nil {
				break
			}
			left = append(left, fmt.Sprintf("%s after %.1f s", mode, time.Since(from).Seconds()))
		}
	}
	sent, loadErr := l.finish()
	if err := errors.Join(err, loadErr); err != nil {
		return "", err
	}
	if _, err := c.arrive(sent); err != nil {
		return "", err
	}
	n, err := c.inLaneOrder()
	return fmt.Sprintf("%d handed in, all in blocks; left for %v; %d since the first switch, in the lane's order", len(sent), left, n), err
}

// inLane are those of the load's transactions that the lane has now and the proxy has read.
func (c *chain) inLane(l *load) (there []common.Hash, err error) {
	entries, err := c.network.entries(c.id)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, data := range entries {
		hash := crypto.Keccak256Hash(data)
		if _, ours := l.sent[hash]; ours {
			there = append(there, hash)
		}
	}
	return there, eventually(10*time.Second, func() error {
		state, err := c.proxy.state()
		if err == nil && (state.Shared == nil || state.Shared.Lane < uint64(len(entries))) {
			err = fmt.Errorf("the proxy has not read the lane up to %d;", len(entries))
		}
		return err
	})
}

// taken checks that transactions are in blocks.
func (c *chain) taken(all []common.Hash) error {
	for _, hash := range all {
		if _, err := c.sequencer.TransactionReceipt(interrupted, hash); err != nil {
			return fmt.Errorf("transaction %s was in the lane before the switch and is in no block: %w", hash, err)
		}
	}
	return nil
}

// withoutNetwork freezes the network in mode shared, with each policy.
func (s *stack) withoutNetwork(t *testing.T) {
	freeze := func(name string, check check) {
		if err := s.network.freeze(); err != nil {
			t.Fatal(err)
		}
		s.report.each(t, s.chains, name, check)
		if err := s.network.thaw(); err != nil {
			t.Fatal(err)
		}
		s.report.each(t, s.chains, "shared: the network is back, and the order is the lane's", func(c *chain) (string, error) { return c.fills(nil) })
	}
	freeze("shared: the network hangs, blocks are made by --on-gap", func(c *chain) (string, error) { return c.gaps(scaled(12 * time.Second)) })
	for _, c := range s.chains {
		c.onGap = "wait"
	}
	s.report.each(t, s.chains, "shared: the proxy restarted with --on-gap wait", func(c *chain) (string, error) { return c.outage(time.Second) })
	freeze("shared: the network hangs, blocks wait for it", func(c *chain) (string, error) { return c.waits(6 * time.Second) })
}

// gaps lets blocks be made while the network hangs: of the deposits alone, or of op-geth's own pool.
func (c *chain) gaps(d time.Duration) (string, error) {
	if err := pause(c.blockTime + 500*time.Millisecond); err != nil { // what was ordered before may still come
		return "", err
	}
	from, own := time.Now(), 0
	first, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	if c.onGap == "local" {
		txs, err := c.transfers(2)
		if err != nil {
			return "", err
		}
		for _, tx := range txs {
			c.own[tx.Hash()] = true
			own++
		}
		if _, err := c.included(c.sequencer, txs); err != nil {
			return "", err
		}
	}
	if err := pause(d - time.Since(from)); err != nil {
		return "", err
	}
	head, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	found := 0
	for number := first + 1; number <= head; number++ {
		hashes, err := c.hashesOf(number)
		if err != nil {
			return "", err
		}
		found += len(hashes)
	}
	if found != own {
		return "", fmt.Errorf("blocks hold %d transactions while the network hangs, want %d;", found, own)
	}
	if want := uint64(time.Since(from)/c.blockTime) - 2; head-first < want {
		return "", fmt.Errorf("%d blocks while the network hangs, %d are due;", head-first, want)
	}
	return fmt.Sprintf("%s: %d blocks in %.0f s, with %d transactions of op-geth's own pool; %v", c.onGap, head-first, time.Since(from).Seconds(), found, c.pace.since(from)), nil
}

// waits looks that no block is made while the network hangs.
func (c *chain) waits(d time.Duration) (string, error) {
	if err := pause(c.blockTime + 500*time.Millisecond); err != nil {
		return "", err
	}
	first, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	if err := pause(d); err != nil {
		return "", err
	}
	head, err := c.sequencer.BlockNumber(interrupted)
	if err == nil && head > first+1 {
		err = fmt.Errorf("%d blocks without the network;", head-first)
	}
	return fmt.Sprintf("no block in %.0f s", d.Seconds()), err
}

// sharedReorg replaces L1's newest blocks under chains that the lane fills.
func (s *stack) sharedReorg(t *testing.T) {
	before := map[uint64][]common.Hash{}
	lists := map[uint64][][]common.Hash{}
	for _, c := range s.chains {
		hashes, err := c.hashes()
		if err != nil {
			t.Fatal(err)
		}
		before[c.id] = hashes
		for number := range hashes {
			list, err := c.hashesOf(uint64(number))
			if err != nil {
				t.Fatal(err)
			}
			lists[c.id] = append(lists[c.id], list)
		}
	}
	if err := s.l1.reorg(reorgDepth); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("shared: L1 replaces its newest %d blocks", reorgDepth)
	s.report.each(t, s.chains, name, func(c *chain) (string, error) {
		result, err := c.afterReorg(before[c.id])
		if err != nil {
			return result, err
		}
		return c.sameLists(before[c.id], lists[c.id], result)
	})
	s.report.each(t, s.chains, "shared: the order is the lane's after that", func(c *chain) (string, error) { return c.fills(nil) })
	s.report.each(t, s.chains, "shared: the lane has the new blocks", s.proves)
}

// sameLists compares what blocks hold that were made anew with what they held before.
func (c *chain) sameLists(before []common.Hash, lists [][]common.Hash, result string) (string, error) {
	anew, transactions := 0, 0
	for number, hash := range before {
		header, err := c.sequencer.HeaderByNumber(interrupted, big.NewInt(int64(number)))
		if err != nil {
			return "", err
		}
		if header.Hash() == hash {
			continue
		}
		list, err := c.hashesOf(uint64(number))
		if err != nil {
			return "", err
		}
		if !slices.Equal(list, lists[number]) {
			return "", fmt.Errorf("block %d holds %d transactions after the reorg, and held %d, or others;", number, len(list), len(lists[number]))
		}
		anew, transactions = anew+1, transactions+len(list)
	}
	return fmt.Sprintf("%s; %d blocks with the same %d transactions at their places", result, anew, transactions), nil
}

// wrong is what op-node says about a payload that its engine does not take, or does not give.
var wrong = regexp.MustCompile(`(?i)lvl=crit|deposit only block was invalid|-38003|status: INVALID|payload is invalid|invalid payload`)

// undisturbed looks for errors of the engine in op-node's log, and for blocks that the proxy could not fill.
func (c *chain) undisturbed() (string, error) {
	text, err := os.ReadFile(c.node.process.log)
	if err != nil {
		return "", err
	}
	if line := wrong.Find(text); line != nil {
		return "", fmt.Errorf("op-node says %q, see %s;", line, c.node.process.log)
	}
	unfilled, err := c.proxy.metric("lockstep_opstack_unfilled_total")
	if err == nil && unfilled+c.unfilled > 0 {
		err = fmt.Errorf("%.0f blocks could not be filled;", unfilled+c.unfilled)
	}
	return "none in its log; no block was left unfilled", err
}
