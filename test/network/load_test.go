package network

import (
	"context"
	"crypto/ecdsa"
	"math/big"
	"net/http"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902

	// sendersOf each gateway, in turn on the two rollups; only the first gateway of each region has any. A gateway answers when it
	// knows the result, so each of them has one transaction under way.
	sendersOf = 15
	callTime  = 5 * time.Second
)

// load is clients in the regions, each in front of the gateway of its own.
type load struct {
	n      *network
	ctx    context.Context //nolint:containedctx // a load is a set of goroutines, and this ends them
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	accepted int
	failures int // calls that a gateway did not take
	began    time.Time
}

// begin makes a load without clients yet.
func (n *network) begin() *load {
	l := &load{n: n, began: time.Now()}
	l.ctx, l.cancel = context.WithCancel(n.t.Context())
	return l
}

// transfers sends so many a second in all, through the gateways of some validators.
func (n *network) transfers(rate int, gateways ...int) *load {
	n.t.Helper()
	l := n.begin()
	l.through(rate, gateways...)
	return l
}

func (l *load) through(rate int, gateways ...int) {
	senders := len(gateways) * sendersOf
	pause := time.Duration(senders) * time.Second / time.Duration(rate)
	for g, at := range gateways {
		for i := range sendersOf {
			s := &sender{load: l, at: at, rollup: rollupA + core.RollupID(i%2), key: l.n.keys[at*sendersOf+i]}
			phase := pause * time.Duration(g*sendersOf+i) / time.Duration(senders)
			l.done.Go(func() { s.run(phase, pause) })
		}
	}
}

// end stops the load, waits until everything that was accepted is attested, and gives the rate at which it was accepted.
func (l *load) end() (perSecond float64) {
	l.n.t.Helper()
	l.cancel()
	l.done.Wait()
	took := time.Since(l.began)
	l.n.until("all accepted transactions are attested", func() bool { return l.n.history.pending() == 0 })
	return float64(l.accepted) / took.Seconds()
}

// sender is an account that nobody else uses.
type sender struct {
	load   *load
	at     int
	rollup core.RollupID
	key    *ecdsa.PrivateKey
	eth    *ethclient.Client
	nonce  uint64
	known  bool
}

// run sends one transfer after another, at equal intervals as long as the gateway keeps up.
func (s *sender) run(phase, pause time.Duration) {
	c, err := rpc.DialOptions(s.load.ctx, "http://"+s.load.n.members[s.at].rpc+"/rollup/"+s.rollup.String(),
		rpc.WithHTTPClient(&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}))
	if err != nil {
		return
	}
	defer c.Close()
	s.eth = ethclient.NewClient(c)
	next := time.Now().Add(phase)
	for s.wait(next) {
		next = next.Add(pause)
		if behind := time.Now(); next.Before(behind) {
			next = behind
		}
		s.send()
	}
}

func (s *sender) wait(until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.load.ctx.Done():
		return false
	}
}

// send sends the next transfer. The load's end does not interrupt it: what became of it is known.
func (s *sender) send() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.load.ctx), callTime)
	defer cancel()
	if !s.known {
		nonce, err := s.eth.PendingNonceAt(ctx, crypto.PubkeyToAddress(s.key.PublicKey))
		if err != nil {
			s.load.count(false)
			return
		}
		s.nonce, s.known = nonce, true
	}
	tx, err := transfer(s.key, s.rollup, s.nonce)
	if err != nil {
		s.load.n.t.Error(err)
		return
	}
	s.load.n.history.submitted(tx.Hash(), s.at)
	if err := s.eth.SendTransaction(ctx, tx); err != nil {
		s.known = false
		s.load.n.history.refused(tx.Hash())
		s.load.count(false)
		return
	}
	s.nonce++
	s.load.count(true)
}

func transfer(key *ecdsa.PrivateKey, rollup core.RollupID, nonce uint64) (*gethtypes.Transaction, error) {
	chain := new(big.Int).SetUint64(uint64(rollup))
	return gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(chain), &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: nonce, To: &common.Address{0xaa}, Value: big.NewInt(1), Gas: params.TxGas,
		GasFeeCap: big.NewInt(100 * params.GWei), GasTipCap: big.NewInt(1),
	})
}

func (l *load) count(accepted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if accepted {
		l.accepted++
	} else {
		l.failures++
	}
}
