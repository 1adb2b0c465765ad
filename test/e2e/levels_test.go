package e2e

import (
	"context"
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// seen is what a client read before the block was sealed, or at once, without knowing.
type seen struct {
	mu       sync.Mutex
	receipts map[common.Hash][]map[string]any
	logs     []gethtypes.Log
	events   []*client.TickEvent
}

// receipt reads a receipt as JSON.
func receipt(t *testing.T, c *rpc.Client, hash common.Hash) map[string]any {
	t.Helper()
	var r map[string]any
	if err := c.CallContext(t.Context(), &r, "eth_getTransactionReceipt", hash); err != nil {
		t.Error(err)
	}
	return r
}

// withoutBlockHash removes the one field that may differ, from the receipt and its logs, and gives it back.
func withoutBlockHash(t *testing.T, r map[string]any) (map[string]any, common.Hash) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var copied map[string]any
	if err := json.Unmarshal(b, &copied); err != nil {
		t.Fatal(err)
	}
	hash := common.HexToHash(copied["blockHash"].(string))
	delete(copied, "blockHash")
	for _, entry := range copied["logs"].([]any) {
		delete(entry.(map[string]any), "blockHash")
	}
	return copied, hash
}

// TestEverythingReadBeforeTheSealIsWhatIsSealed loads a network while clients over HTTP and WebSocket collect all receipts,
// logs and ticks events as early as they can get them, and compares them with the sealed chain.
func TestEverythingReadBeforeTheSealIsWhatIsSealed(t *testing.T) {
	t.Parallel()
	n := start(t)
	contract := n.deploy(t, rollupA, n.funded(t), emitter)
	ws := n.eth[rollupA]
	plain, err := ethclient.DialContext(t.Context(), n.devnet.Info().RPC+"/rollup/"+rollupA.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.Close)

	s := &seen{receipts: make(map[common.Hash][]map[string]any)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	logs, ticks := make(chan gethtypes.Log, 1<<14), make(chan *client.TickEvent, 1<<14)
	logSub, err := ws.SubscribeFilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{contract}}, logs)
	if err != nil {
		t.Fatal(err)
	}
	tickSub, err := n.client.SubscribeTicks(ctx, ticks)
	if err != nil {
		t.Fatal(err)
	}

	const users, each = 4, 40
	var load sync.WaitGroup
	for i := range users {
		u := n.funded(t)
		reader := []*ethclient.Client{ws, plain}[i%2]
		load.Go(func() {
			for nonce := range uint64(each) {
				data := common.BigToHash(new(big.Int).SetUint64(nonce))
				tx := signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{Nonce: nonce, To: &contract, Data: data[:]})
				if err := reader.SendTransaction(t.Context(), tx); err != nil {
					t.Error(err)
					return
				}
				if _, err := n.client.WaitFor(t.Context(), tx.Hash(), core.LevelExecuted, 20*time.Second); err != nil {
					t.Error(err)
					return
				}
				for _, c := range []*ethclient.Client{ws, plain} {
					r := receipt(t, c.Client(), tx.Hash())
					s.mu.Lock()
					s.receipts[tx.Hash()] = append(s.receipts[tx.Hash()], r)
					s.mu.Unlock()
				}
			}
		})
	}
	load.Wait()
	s.collect(t, logs, ticks, users*each)
	logSub.Unsubscribe()
	tickSub.Unsubscribe()

	last := n.mine(t, rollupA, n.sign(t, rollupA, n.funded(t), &gethtypes.DynamicFeeTx{To: &common.Address{1}}))
	n.awaitSealed(t, plain, last.BlockNumber.Uint64())
	// How many depends on how busy the machine is; most of them if it is not.
	provisional := s.compareReceipts(t, plain)
	t.Logf("%d of %d receipts were read before the seal", provisional, 2*users*each)
	if provisional == 0 {
		t.Error("no receipt was read before the seal: the test shows nothing")
	}
	s.compareLogs(t, plain, contract)
	s.compareEvents(t, plain)
}

// collect takes what the subscriptions sent until everything of the load was told.
func (s *seen) collect(t *testing.T, logs <-chan gethtypes.Log, ticks <-chan *client.TickEvent, want int) {
	t.Helper()
	decided := 0
	deadline := time.After(patience)
	for decided < want || len(s.logs) < want {
		select {
		case l := <-logs:
			s.logs = append(s.logs, l)
		case e := <-ticks:
			s.events = append(s.events, e)
			for _, o := range e.Outcomes {
				if _, ok := s.receipts[o.TxHash]; ok {
					decided++
				}
			}
		case <-deadline:
			t.Fatalf("%d outcomes and %d logs were told, want %d", decided, len(s.logs), want)
		}
	}
}

// awaitSealed waits until a block is sealed.
func (n *network) awaitSealed(t *testing.T, c *ethclient.Client, number uint64) {
	t.Helper()
	heads := make(chan *gethtypes.Header, 16)
	sub, err := n.eth[rollupA].SubscribeNewHead(t.Context(), heads)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	deadline := time.After(patience)
	for {
		if head, err := c.BlockNumber(t.Context()); err == nil && head >= number {
			return
		}
		select {
		case <-heads:
		case <-deadline:
			t.Fatalf("block %d is not sealed", number)
		}
	}
}

// compareReceipts compares all receipts with the sealed ones, and counts those that were read before the seal.
func (s *seen) compareReceipts(t *testing.T, c *ethclient.Client) (provisional int) {
	t.Helper()
	for hash, early := range s.receipts {
		sealed, sealedHash := withoutBlockHash(t, receipt(t, c.Client(), hash))
		for _, r := range early {
			got, gotHash := withoutBlockHash(t, r)
			if !reflect.DeepEqual(got, sealed) {
				t.Fatalf("receipt of %s was %v, sealed is %v", hash, got, sealed)
			}
			if gotHash == sealedHash {
				continue
			}
			provisional++
			if block, err := c.HeaderByHash(t.Context(), gotHash); err != nil || block.Hash() != sealedHash {
				t.Fatalf("provisional hash %s of %s gives %v, %v; want block %s", gotHash, hash, block, err, sealedHash)
			}
		}
	}
	return provisional
}

func (s *seen) compareLogs(t *testing.T, c *ethclient.Client, contract common.Address) {
	t.Helper()
	sealed, err := c.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: new(big.Int), Addresses: []common.Address{contract}})
	if err != nil {
		t.Fatal(err)
	}
	byPlace := make(map[[2]uint64]gethtypes.Log)
	for _, l := range sealed {
		l.BlockHash = common.Hash{}
		byPlace[[2]uint64{l.BlockNumber, uint64(l.Index)}] = l
	}
	if len(s.logs) != len(sealed) {
		t.Errorf("%d logs were told, %d are sealed", len(s.logs), len(sealed))
	}
	for _, l := range s.logs {
		l.BlockHash = common.Hash{}
		if want := byPlace[[2]uint64{l.BlockNumber, uint64(l.Index)}]; !reflect.DeepEqual(l, want) {
			t.Fatalf("log was %+v, sealed is %+v", l, want)
		}
	}
}

func (s *seen) compareEvents(t *testing.T, c *ethclient.Client) {
	t.Helper()
	for _, e := range s.events {
		for _, o := range e.Outcomes {
			if o.Rollup != rollupA || o.Outcome.Void() {
				continue
			}
			r, err := c.TransactionReceipt(t.Context(), o.TxHash)
			if err != nil || r.BlockNumber.Uint64() != *o.Block || uint64(r.TransactionIndex) != *o.TxIndex || (r.Status == 0) != o.Reverted {
				t.Fatalf("event was %+v, sealed is %+v, %v", o, r, err)
			}
		}
	}
}

// TestLevelsNeverGoBackOverRestartsAndReconnects asks for the levels of everything that was sent, all the time and with new
// connections, while the node that answers is stopped and started again.
func TestLevelsNeverGoBackOverRestartsAndReconnects(t *testing.T) {
	t.Parallel()
	n := start(t)
	load := n.stream(t, map[core.RollupID]user{rollupA: n.funded(t)})
	load.await(t, 60)
	ids := load.end()

	stop := make(chan struct{})
	var askers sync.WaitGroup
	var answers [2]int
	for i, scheme := range []string{"http://", "ws://"} {
		askers.Go(func() { answers[i] = n.askForLevels(t, scheme, ids, stop) })
	}
	for range 3 {
		if err := n.devnet.Stop(0); err != nil {
			t.Fatal(err)
		}
		if err := n.devnet.Start(0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		node := n.devnet.Node(0)
		if err := node.Zone(zoneID).WaitExecuted(ctx, node.Log().Head()+30); err != nil {
			t.Error(err)
		}
		cancel()
	}
	close(stop)
	askers.Wait()
	if answers[0] < len(ids) || answers[1] < len(ids) {
		t.Errorf("%v answers about %d transactions: the test shows too little", answers, len(ids))
	}
	n.agree(t, 0, 1, 2, 3)
}

// askForLevels counts the answers.
func (n *network) askForLevels(t *testing.T, scheme string, ids []common.Hash, stop <-chan struct{}) (answers int) {
	type promise struct {
		level   core.Level
		tick    uint64
		outcome core.OutcomeCode
	}
	promised := make(map[common.Hash]promise)
	url := strings.Replace(n.devnet.Info().RPC, "http://", scheme, 1)
	for round := 0; ; round++ {
		c, err := client.Dial(context.Background(), url)
		for _, id := range ids {
			select {
			case <-stop:
				return answers
			default:
			}
			if err != nil {
				break // the node is down: a new connection
			}
			status, askErr := c.Status(context.Background(), id)
			if err = askErr; err != nil || len(status.Attempts) == 0 {
				if p := promised[id]; err == nil && p.level >= core.LevelOrdered {
					t.Errorf("%s was %s, is %s", id, p.level, status.Level)
				}
				continue
			}
			answers++
			now := promise{level: status.Level, tick: status.Attempts[0].Tick}
			before, known := promised[id]
			if now.level >= core.LevelAttested {
				now.outcome = *status.Attempts[0].Outcome
			}
			if known && (now.level < before.level || now.tick != before.tick || before.level == core.LevelAttested && now.outcome != before.outcome) {
				t.Errorf("%s was %+v, is %+v", id, before, now)
			}
			if now.level != core.LevelExecuted || !known {
				if now.level == core.LevelExecuted {
					now.level = core.LevelOrdered // one node's claim; its order is a promise
				}
				promised[id] = now
			}
		}
		if c != nil {
			c.Close()
		}
	}
}

// deploy creates a contract.
func (n *network) deploy(t *testing.T, id core.RollupID, u user, code []byte) common.Address {
	t.Helper()
	return n.mine(t, id, n.sign(t, id, u, &gethtypes.DynamicFeeTx{Data: code, Gas: 200_000})).ContractAddress
}
