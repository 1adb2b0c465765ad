package opstack

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// load is transfers of the crowd that are handed in one after the other, each account's next one in its turn.
type load struct {
	mu   sync.Mutex
	sent map[common.Hash]time.Time
	err  error
	stop chan struct{}
	done chan struct{}
}

// startLoad hands in transfers of some accounts by way of send, until finish.
func (c *chain) startLoad(accounts []account, every time.Duration, send func(*gethtypes.Transaction) error) (*load, error) {
	l := &load{sent: map[common.Hash]time.Time{}, stop: make(chan struct{}), done: make(chan struct{})}
	nonces := make([]uint64, len(accounts))
	for i, a := range accounts {
		var err error
		if nonces[i], err = c.sequencer.PendingNonceAt(interrupted, a.address); err != nil {
			return nil, err
		}
	}
	go func() {
		defer close(l.done)
		for i := 0; ; i = (i + 1) % len(accounts) {
			tx, err := c.sign(accounts[i], nonces[i], nil, 21_000)
			if err == nil {
				nonces[i]++
				l.mu.Lock()
				l.sent[tx.Hash()] = time.Now()
				l.mu.Unlock()
				err = send(tx)
			}
			if err != nil {
				l.err = fmt.Errorf("load: %w", err)
				return
			}
			select {
			case <-l.stop:
				return
			case <-interrupted.Done():
				return
			case <-time.After(every):
			}
		}
	}()
	return l, nil
}

// finish ends the load.
func (l *load) finish() (map[common.Hash]time.Time, error) {
	close(l.stop)
	<-l.done
	return l.sent, l.err
}

// sign is a transfer, with data.
func (c *chain) sign(from account, nonce uint64, data []byte, gas uint64) (*gethtypes.Transaction, error) {
	id := new(big.Int).SetUint64(c.id)
	return gethtypes.SignNewTx(from.key, gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: nonce, GasTipCap: big.NewInt(1e6), GasFeeCap: big.NewInt(1e11), Gas: gas, To: &sink, Value: big.NewInt(1), Data: data,
	})
}

// toLane hands a transaction in to the lane.
func (c *chain) toLane(tx *gethtypes.Transaction) error {
	raw, err := tx.MarshalBinary()
	if err != nil {
		return err
	}
	return c.submit(raw)
}

// arrive waits until transactions are in blocks, and gives the numbers of these.
func (c *chain) arrive(sent map[common.Hash]time.Time) (map[common.Hash]uint64, error) {
	in := map[common.Hash]uint64{}
	for hash := range sent {
		err := eventually(time.Minute, func() error {
			receipt, err := c.sequencer.TransactionReceipt(interrupted, hash)
			if err == nil {
				in[hash] = receipt.BlockNumber.Uint64()
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%d of %d are in blocks, transaction %s is not: %w", len(in), len(sent), hash, err)
		}
	}
	return in, nil
}

// latency measures from submission until a transaction's block is the unsafe head.
func (c *chain) latency(d time.Duration) (string, error) {
	from := time.Now()
	l, err := c.startLoad(c.crowd[:16], 50*time.Millisecond, c.toLane)
	if err != nil {
		return "", err
	}
	paused := pause(d)
	sent, err := l.finish()
	if err := errors.Join(paused, err); err != nil {
		return "", err
	}
	in, err := c.arrive(sent)
	if err != nil {
		return "", err
	}
	heads := map[uint64]time.Time{}
	for _, h := range c.pace.after(from) {
		heads[h.number] = h.at
	}
	var waits []time.Duration
	for hash, number := range in {
		if at, ok := heads[number]; ok {
			waits = append(waits, at.Sub(sent[hash]))
		}
	}
	if len(waits) < len(sent)*9/10 {
		return "", fmt.Errorf("of %d transactions %d have a head;", len(sent), len(waits))
	}
	slices.Sort(waits)
	n, err := c.inLaneOrder()
	return fmt.Sprintf("%d transactions: p50 %d ms, p99 %d ms; %d since the switch, in the lane's order",
		len(waits), waits[len(waits)/2].Milliseconds(), waits[len(waits)*99/100].Milliseconds(), n), err
}

// compares takes the time of the engine's calls through the proxy, where the lane fills blocks, and past it, where op-geth's own pool does,
// a block each in turns, with the same load on both.
func (c *chain) compares(d time.Duration) (string, error) {
	lane, err := c.startLoad(c.crowd[:16], 50*time.Millisecond, c.toLane)
	if err != nil {
		return "", err
	}
	pool, err := c.startLoad(c.crowd[16:32], 50*time.Millisecond, func(tx *gethtypes.Transaction) error {
		c.own[tx.Hash()] = true
		return c.sequencer.SendTransaction(interrupted, tx)
	})
	if err != nil {
		return "", err
	}
	result, err := c.takesTimes(d)
	ordered, laneErr := lane.finish()
	own, poolErr := pool.finish()
	if err := errors.Join(err, laneErr, poolErr); err != nil {
		return "", err
	}
	// Only a direct connection takes what is left in the pool.
	c.meter.goThrough(c.sequencer.engine)
	_, err = c.arrive(own)
	c.meter.goThrough(c.proxy.url())
	if err != nil {
		return result, err
	}
	if _, err := c.arrive(ordered); err != nil {
		return result, err
	}
	if _, err = c.inLaneOrder(); err != nil {
		return result, err
	}
	return fmt.Sprintf("%s; %d transactions by the lane, %d by op-geth's pool", result, len(ordered), len(own)), nil
}

// takesTimes is added without the budget of confirm: a block is built twice, and handed in once more.
func (c *chain) takesTimes(d time.Duration) (string, error) {
	from := time.Now()
	c.meter.goThrough(c.proxy.url(), c.sequencer.engine)
	err := pause(d)
	c.meter.goThrough(c.proxy.url())
	if err != nil {
		return "", err
	}
	direct, n := c.meter.medians(c.sequencer.engine, from)
	proxied, m := c.meter.medians(c.proxy.url(), from)
	if min(n, m) < 3 || min(len(direct), len(proxied)) < len(engineCalls) {
		return "", fmt.Errorf("too few blocks to compare: %d and %d;", n, m)
	}
	var sums [2]time.Duration
	var calls []string
	for i, call := range engineCalls {
		sums[0], sums[1] = sums[0]+proxied[i], sums[1]+direct[i]
		calls = append(calls, fmt.Sprintf("%s %.1f/%.1f", call, milliseconds(proxied[i]), milliseconds(direct[i])))
	}
	return fmt.Sprintf("%+.1f ms a block, %.2f times (medians through the proxy/directly, %d/%d blocks: %s)", milliseconds(sums[0]-sums[1]),
		float64(sums[0])/float64(sums[1]), m, n, strings.Join(calls, ", ")), nil
}

// heavy is the size of the data, which cannot be compressed, of a transaction that fills blocks by their footprint.
const heavy = 10_000

// fillsFootprint hands in more data than several blocks can hold by the limit of their footprint, which op-geth looks at only once a
// block is built.
func (c *chain) fillsFootprint() (string, error) {
	before, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	sent := map[common.Hash]time.Time{}
	for _, a := range c.crowd {
		nonce, err := c.sequencer.NonceAt(interrupted, a.address, nil)
		if err != nil {
			return "", err
		}
		data := make([]byte, heavy)
		_, _ = rand.Read(data)
		tx, err := c.sign(a, nonce, data, params.TxGas+heavy*params.TxCostFloorPerToken*params.TxTokenPerNonZeroByte)
		if err != nil {
			return "", err
		}
		// Until a report says that it was skipped, the network takes a hostile transaction of this account for one that used its nonce.
		if err := eventually(20*time.Second, func() error { return c.toLane(tx) }); err != nil {
			return "", fmt.Errorf("submit: %w", err)
		}
		sent[tx.Hash()] = time.Now()
	}
	in, err := c.arrive(sent)
	if err != nil {
		return "", err
	}
	last, full, most := before, 0, uint64(0)
	for _, number := range in {
		last = max(last, number)
	}
	for number := before + 1; number <= last; number++ {
		header, err := c.sequencer.HeaderByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return "", err
		}
		used := *header.BlobGasUsed // where Jovian has the footprint
		if most = max(most, used); used > header.GasLimit {
			return "", fmt.Errorf("block %d has a footprint of %d, the limit is %d;", number, used, header.GasLimit)
		}
		if used > header.GasLimit*9/10 {
			full++
		}
	}
	if full == 0 {
		return "", fmt.Errorf("no block comes near the limit: %d at most;", most)
	}
	n, err := c.inLaneOrder()
	return fmt.Sprintf("%d transactions of %d bytes in %d blocks, %d at the limit, %.1f%% of it at most; %d since the switch, in the lane's order",
		len(sent), heavy, last-before, full, 100*float64(most)/l2GasLimit, n), err
}
