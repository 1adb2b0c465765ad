package opstack

import (
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// settleLimit is how long safe and finalized may take: a channel, its L1 block, eight more until that is final, and what
// a busy machine adds.
const settleLimit = 2 * time.Minute

// headsAdvance waits until what is the head now is safe and then finalized.
func headsAdvance(c *chain) (string, error) {
	start, err := c.node.syncStatus()
	if err != nil {
		return "", err
	}
	from, target := time.Now(), start.UnsafeL2.Number
	var safeAfter, finalAfter time.Duration
	err = eventually(settleLimit, func() error {
		status, err := c.node.syncStatus()
		if err != nil {
			return err
		}
		if status.SafeL2.Number < target {
			return fmt.Errorf("safe is %d, and not %d;", status.SafeL2.Number, target)
		}
		if safeAfter == 0 {
			safeAfter = time.Since(from)
		}
		if status.FinalizedL2.Number < target {
			return fmt.Errorf("finalized is %d, and not %d;", status.FinalizedL2.Number, target)
		}
		finalAfter = time.Since(from)
		return nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("block %d safe after %.0f s, finalized after %.0f s", target, safeAfter.Seconds(), finalAfter.Seconds()), nil
}

// followerAgrees waits until the node that knows only L1 has what is the chain's head now, and compares every block.
func followerAgrees(c *chain) (string, error) {
	status, err := c.node.syncStatus()
	if err != nil {
		return "", err
	}
	target := status.UnsafeL2.Number
	err = eventually(settleLimit, func() error {
		number, err := c.follower.BlockNumber(interrupted)
		if err == nil && number < target {
			return fmt.Errorf("the follower is at %d, and not at %d;", number, target)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	transactions := 0
	for number := range target + 1 {
		ours, err := c.sequencer.BlockByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return "", err
		}
		theirs, err := c.follower.HeaderByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return "", err
		}
		if ours.Hash() != theirs.Hash() {
			return "", fmt.Errorf("block %d is %s here and %s by L1;", number, ours.Hash(), theirs.Hash())
		}
		transactions += len(ours.Transactions())
	}
	return fmt.Sprintf("%d blocks with %d transactions have the hashes that follow from L1", target+1, transactions), nil
}

// depositArrives forces a transaction from L1.
func depositArrives(c *chain) (string, error) {
	from := newAccount(fmt.Sprint("depositor", c.id))
	if err := c.l1.fund(from); err != nil {
		return "", err
	}
	before, err := c.sequencer.BalanceAt(interrupted, from.address, nil)
	if err != nil {
		return "", err
	}
	sent, mint := time.Now(), big.NewInt(12_345)
	if err := c.l1.deposit(onL1(depositContract, c.id), from, mint); err != nil {
		return "", err
	}
	err = eventually(time.Minute, func() error {
		after, err := c.sequencer.BalanceAt(interrupted, from.address, nil)
		if err == nil && new(big.Int).Sub(after, before).Cmp(mint) != 0 {
			return fmt.Errorf("the balance goes from %v to %v, and not up by %v;", before, after, mint)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("a deposit of L1 arrives after %.1f s", time.Since(sent).Seconds()), nil
}

// hashes are those of a chain's blocks up to its head.
func (c *chain) hashes() ([]common.Hash, error) {
	head, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return nil, err
	}
	var all []common.Hash
	for number := range head + 1 {
		header, err := c.sequencer.HeaderByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return nil, err
		}
		all = append(all, header.Hash())
	}
	return all, nil
}

// afterReorg waits until a chain has followed an L1 that lost blocks: blocks of its own have changed, it is past where it
// was, and its head's origin is one that L1 has.
func (c *chain) afterReorg(before []common.Hash) (string, error) {
	from := time.Now()
	var status *eth.SyncStatus
	var changed int
	err := eventually(time.Minute, func() (err error) {
		if status, err = c.node.syncStatus(); err != nil {
			return err
		}
		if status.UnsafeL2.Number < uint64(len(before)) {
			return fmt.Errorf("the head is %d, and was %d before;", status.UnsafeL2.Number, len(before)-1)
		}
		there, err := c.l1.isCanonical(status.UnsafeL2.L1Origin)
		if err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("the head's origin is L1 block %v, which L1 has not;", status.UnsafeL2.L1Origin)
		}
		after, err := c.hashes()
		if err != nil {
			return err
		}
		if changed = differing(before, after); changed == 0 {
			return fmt.Errorf("no block has changed;")
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d blocks made anew, past the old head after %.1f s", changed, time.Since(from).Seconds()), nil
}

// differing counts the blocks of a chain that another has differently.
func differing(a, b []common.Hash) int {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
