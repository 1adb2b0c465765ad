package testnet

import (
	"context"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

const rollup = core.RollupID(901)

// transfer signs a transfer of 1 wei of a development account.
func transfer(t *testing.T, account int, nonce uint64) *gethtypes.Transaction {
	t.Helper()
	key, err := crypto.HexToECDSA(devnet.Accounts()[account].KeyHex()[2:])
	if err != nil {
		t.Fatal(err)
	}
	tx, err := gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(big.NewInt(int64(rollup))), &gethtypes.DynamicFeeTx{
		ChainID: big.NewInt(int64(rollup)), Nonce: nonce, Gas: 21000, GasFeeCap: big.NewInt(1e10), GasTipCap: big.NewInt(1e9), To: &common.Address{9}, Value: big.NewInt(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// hopper is a client with a session that asks another gateway each time.
type hopper struct {
	gateways []*client.Client
	next     int
}

func newHopper(t *testing.T, s *client.Session, urls ...string) *hopper {
	t.Helper()
	h := new(hopper)
	for _, url := range urls {
		c, err := client.DialSession(t.Context(), url, s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		h.gateways = append(h.gateways, c)
	}
	return h
}

func (h *hopper) hop() *client.Client {
	h.next++
	return h.gateways[h.next%len(h.gateways)]
}

// seen is what a client has seen of the network; nothing of it ever goes back.
type seen struct {
	tick, executed, attested uint64
	nonce                    uint64
	levels                   map[common.Hash]core.Level
}

// look asks for everything at one gateway each, and reports what went back.
func (s *seen) look(ctx context.Context, t *testing.T, h *hopper, account common.Address, txs []common.Hash) error {
	net, err := h.hop().Network(ctx)
	if err != nil {
		return err
	}
	zone := net.Zones[0]
	if net.Head.Tick < s.tick || *zone.Executed < s.executed || zone.Attested < s.attested {
		t.Errorf("head %d < %d, executed %d < %d, or attested %d < %d", net.Head.Tick, s.tick, *zone.Executed, s.executed, zone.Attested, s.attested)
	}
	s.tick, s.executed, s.attested = net.Head.Tick, *zone.Executed, zone.Attested
	eth, err := h.hop().Rollup(ctx, rollup)
	if err != nil {
		return err
	}
	defer eth.Close()
	nonce, err := eth.NonceAt(ctx, account, nil)
	if err != nil {
		return err
	}
	if nonce < s.nonce {
		t.Errorf("nonce %d after %d", nonce, s.nonce)
	}
	s.nonce = nonce
	for _, hash := range txs {
		status, err := h.hop().Status(ctx, hash)
		if err != nil {
			return err
		}
		if level := levelOf(status.Level); level < levelOf(s.levels[hash]) {
			t.Errorf("%s is %s after %s", hash, status.Level, s.levels[hash])
		}
		s.levels[hash] = status.Level
	}
	return nil
}

// levelOf is a level as far as the session keeps it: what only waits in a pool is that one node's claim.
func levelOf(level core.Level) core.Level {
	if level < core.LevelOrdered {
		return core.LevelUnknown
	}
	return level
}

// A client that hops over all gateways of a network with load never sees a lower level than before, and what a follower
// has accepted is executed when the follower dies right after its answer.
func TestSession_NeverSeesLessOnAnotherGateway(t *testing.T) {
	l := initNetwork(t, 2, 1)
	nodes := l.runAll(t, acceptPatiently)
	urls := make([]string, l.count)
	for i := range urls {
		urls[i] = l.url(i)
		if i < l.count-1 { // the last one is a gateway alone, which is as far as those behind it
			reaches(t, urls[i], 5)
		}
	}
	awaitReady(t, urls[l.count-1])

	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		sent  []common.Hash
		looks atomic.Int64
	)
	const enough = 30
	group.Go(func() { // for ten seconds, and longer on a busy machine
		defer cancel()
		poll := time.NewTicker(50 * time.Millisecond)
		defer poll.Stop()
		count := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(sent)
		}
		for began := time.Now(); time.Since(began) < 10*time.Second || count() < enough || looks.Load() < enough; {
			select {
			case <-poll.C:
			case <-ctx.Done():
				return
			}
		}
	})
	for account := range 3 {
		session := new(client.Session)
		h := newHopper(t, session, urls...)
		group.Go(func() { // sends, each time at another gateway: the nonce that it has used is never too low or too high elsewhere
			for nonce := uint64(0); ctx.Err() == nil; nonce++ {
				tx := transfer(t, account, nonce)
				eth, err := h.hop().Rollup(ctx, rollup)
				if err == nil {
					err = eth.SendTransaction(ctx, tx)
					eth.Close()
				}
				if err != nil && ctx.Err() == nil {
					t.Errorf("account %d, nonce %d: %v", account, nonce, err)
					return
				}
				mu.Lock()
				sent = append(sent, tx.Hash())
				mu.Unlock()
			}
		})
		group.Go(func() {
			view := seen{levels: make(map[common.Hash]core.Level)}
			h := newHopper(t, session, urls...)
			for ctx.Err() == nil {
				mu.Lock()
				recent := append([]common.Hash(nil), sent[max(0, len(sent)-5):]...)
				mu.Unlock()
				address := devnet.Accounts()[account].Address
				if err := view.look(ctx, t, h, address, recent); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				looks.Add(1)
			}
		})
	}
	group.Go(func() { falters(ctx, t, nodes[4]) })
	group.Wait()
	t.Logf("%d transactions sent and %d looks at the network, each at another gateway", len(sent), looks.Load())
	if len(sent) < enough || looks.Load() < enough {
		t.Error("too few to say anything")
	}
	losesNothing(t, l, nodes)
}

// falters stops a process again and again for a moment, so that it answers the requests which have waited meanwhile before it
// knows what was ordered meanwhile.
func falters(ctx context.Context, t *testing.T, p *process) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for _, signal := range slices.Repeat([]syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT}, 1000) {
		if signal == syscall.SIGSTOP && ctx.Err() != nil {
			return
		}
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Error(err)
			return
		}
		<-ticker.C
	}
}

// losesNothing kills a follower right after its answer.
func losesNothing(t *testing.T, l layout, nodes []*process) {
	t.Helper()
	const follower, account = 5, 4
	c, err := client.Dial(t.Context(), l.url(follower))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	eth, err := c.Rollup(t.Context(), rollup)
	if err != nil {
		t.Fatal(err)
	}
	defer eth.Close()
	tx := transfer(t, account, 0)
	if err := eth.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	if code := nodes[follower].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	other, err := client.Dial(t.Context(), l.url(l.count-1)) // the gateway alone, one of whose two followers is gone
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	status, err := other.WaitFor(t.Context(), tx.Hash(), core.LevelAttested, 20*time.Second)
	if err != nil || status.Level < core.LevelAttested {
		t.Errorf("%+v %v", status, err)
	}
}
