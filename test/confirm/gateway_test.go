package confirm

import (
	"context"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// executed is a rollup of the devnet that the network executes.
const executed core.RollupID = 901

// servedStage is a shared chain whose JSON-RPC the devnet's gateway serves.
type servedStage struct {
	*sharedStage
	rpc *rpc.Client
}

func newServedStage(t *testing.T) *servedStage {
	t.Helper()
	base := newStage(t, func(s *stage, o *devnet.Options) {
		l, err := net.Listen("tcp", "127.0.0.1:0") // the gateway is told where the stream will be
		if err != nil {
			t.Fatal(err)
		}
		s.stream = l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		serve(o, chainrpc.Config{Execution: s.engine.StartPublic(t), Stream: "ws://" + s.stream})
	})
	s := &servedStage{sharedStage: &sharedStage{stage: base, at: make(map[string]time.Time)}, rpc: base.dialChain(t)}
	s.mode(t, opstack.Shared)
	return s
}

// serve makes the devnet's gateway serve the chain's JSON-RPC.
func serve(o *devnet.Options, served chainrpc.Config) {
	o.Configure = func(_ int, c *node.Config) {
		c.OPStack = map[core.RollupID]chainrpc.Config{chain: served}
		if c.Gateway != nil {
			c.Gateway.AcceptWait = 2 * time.Second // a test waits for the end of it
		}
	}
}

// dialChain connects to the chain's JSON-RPC at the gateway.
func (s *stage) dialChain(t *testing.T) *rpc.Client {
	t.Helper()
	c, err := rpc.DialContext(t.Context(), s.devnet.Info().RPC+"/rollup/"+chain.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// pooled sends a transaction to a chain in mode confirm: it goes to the chain's own pool, and the network knows nothing of it.
func (s *stage) pooled(t *testing.T) {
	c, w := s.dialChain(t), opstacktest.NewWallet(t, uint64(chain))
	raw := w.Transfer()
	var hash common.Hash
	if err := c.CallContext(within(t), &hash, "eth_sendRawTransaction", raw); err != nil || hash != crypto.Keccak256Hash(raw) {
		t.Fatalf("%s, %v", hash, err)
	}
	s.seal(t, 1, 1)
	var r receipt
	if err := c.CallContext(within(t), &r, "eth_getTransactionReceipt", hash); err != nil || r.BlockHash != s.op.Head.Hash() || r.Preconfirmed {
		t.Errorf("receipt %+v, %v, want block %s", r, err, s.op.Head.Hash())
	}
	if status, err := s.client.Status(within(t), hash); err != nil || status.Kind != "unknown" {
		t.Errorf("status %+v, %v", status, err)
	}
	s.status(t, s.op.Head.Hash(), "proven") // of the block the network knows
}

// receipt is what a test looks at of one.
type receipt struct {
	BlockHash    common.Hash
	BlockNumber  hexutil.Uint64
	Preconfirmed bool
}

// receiptOf asks once; nil if there is none.
func (s *servedStage) receiptOf(t *testing.T, hash common.Hash) (r *receipt) {
	t.Helper()
	if err := s.rpc.CallContext(within(t), &r, "eth_getTransactionReceipt", hash); err != nil {
		t.Fatal(err)
	}
	return r
}

// await asks until it is enough.
func await[T any](t *testing.T, what string, ask func() T, enough func(T) bool) T {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	ctx := within(t)
	for {
		got := ask()
		if enough(got) {
			return got
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never %s: %+v", what, got)
		}
	}
}

// attempt is the only place of an entry in the order.
func (s *servedStage) attempt(t *testing.T, id common.Hash, what string, enough func(gateway.Attempt) bool) gateway.Attempt {
	t.Helper()
	return await(t, what, func() gateway.Attempt {
		status, err := s.client.Status(within(t), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(status.Attempts) != 1 {
			return gateway.Attempt{}
		}
		return status.Attempts[0]
	}, enough)
}

// open begins a block that op-node wants in three seconds, and gives what makes it.
func (s *servedStage) open(t *testing.T) (finish func() *opstacktest.Block) {
	t.Helper()
	at := max(uint64(time.Now().Unix()), s.op.Head.Timestamp) + 3
	s.op.At = at
	id, err := s.op.Open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	return func() *opstacktest.Block {
		t.Helper()
		select {
		case <-time.After(time.Until(time.Unix(int64(at), 0).Add(-50 * time.Millisecond))):
		case <-t.Context().Done():
		}
		b, err := s.op.Finish(t.Context(), id)
		if err != nil {
			t.Fatalf("%v; state %+v", err, s.state(t).Shared)
		}
		return b
	}
}

func (s *servedStage) send(ctx context.Context, raw hexutil.Bytes) (hash common.Hash, err error) {
	err = s.rpc.CallContext(ctx, &hash, "eth_sendRawTransaction", raw)
	return hash, err
}

func TestGateway_OnADevnet(t *testing.T) {
	s := newServedStage(t)
	t.Run("transaction", s.transaction)
	t.Run("nonces", s.nonces)
	t.Run("bundle", s.bundle)
	t.Run("refusals", s.refusedBundle)
}

// transaction goes the way of a user's: the receipt is there before the block, and then the block's.
func (s *servedStage) transaction(t *testing.T) {
	w := opstacktest.NewWallet(t, uint64(chain))
	finish := s.open(t)
	hash, err := s.send(within(t), w.Transfer())
	if err != nil {
		t.Fatal(err)
	}
	early := await(t, "pre-confirmed", func() *receipt { return s.receiptOf(t, hash) }, func(r *receipt) bool { return r != nil })
	if !early.Preconfirmed || early.BlockHash != (common.Hash{}) || uint64(early.BlockNumber) != s.op.Head.Number+1 {
		t.Errorf("pre-confirmed receipt %+v on head %d", early, s.op.Head.Number)
	}
	if a := s.attempt(t, hash, "in a status", func(a gateway.Attempt) bool { return a.Level >= core.LevelExecuted }); !a.PreConfirmed || a.Reported != nil {
		t.Errorf("status before the block %+v", a)
	}
	var nonce hexutil.Uint64
	for at, want := range map[string]hexutil.Uint64{"pending": 1, "latest": 0} {
		if err := s.rpc.CallContext(within(t), &nonce, "eth_getTransactionCount", w.Address(), at); err != nil || nonce != want {
			t.Errorf("%s nonce %d, %v, want %d", at, nonce, err, want)
		}
	}
	b := finish()
	if len(b.Transactions) != 2 || crypto.Keccak256Hash(b.Transactions[1]) != hash {
		t.Fatalf("block %+v", b)
	}
	late := await(t, "in a block", func() *receipt { return s.receiptOf(t, hash) }, func(r *receipt) bool { return r != nil && !r.Preconfirmed })
	if late.BlockHash != b.Hash() || uint64(late.BlockNumber) != b.Number {
		t.Errorf("receipt %+v, block %d %s", late, b.Number, b.Hash())
	}
	a := s.attempt(t, hash, "reported", func(a gateway.Attempt) bool { return a.Reported != nil })
	if a.Reported.Number != b.Number || a.Reported.Hash != b.Hash() || *a.Outcome != core.Included || a.PreConfirmed {
		t.Errorf("reported %+v: %+v", a.Reported, a)
	}
	if _, err := s.send(within(t), b.Transactions[1]); err == nil {
		t.Error("what is in a block is taken again")
	}
}

// nonces come in the wrong order, and the block has them in theirs.
func (s *servedStage) nonces(t *testing.T) {
	w := opstacktest.NewWallet(t, uint64(chain))
	first, second, third := w.Transfer(), w.Transfer(), w.Transfer()
	finish := s.open(t)
	for _, raw := range []hexutil.Bytes{third, second} { // until their turn this gateway alone has them, and says so
		var coded rpc.Error
		if _, err := s.send(within(t), raw); !errors.As(err, &coded) || coded.ErrorCode() != 47511 {
			t.Fatalf("got %v, want error 47511", err)
		}
	}
	if _, err := s.send(within(t), first); err != nil {
		t.Fatal(err)
	}
	got := finish().Transactions[1:]
	for len(got) < 3 {
		got = append(got, s.block(t).Transactions[1:]...)
	}
	for i, want := range []hexutil.Bytes{first, second, third} {
		if string(got[i]) != string(want) {
			t.Errorf("transaction %d is not that of nonce %d", i, i)
		}
	}
}

// transfer is a signed one of a development account, on the rollup that the network executes.
func transfer(t *testing.T, account int, nonce uint64) []byte {
	t.Helper()
	id := new(big.Int).SetUint64(uint64(executed))
	tx, err := gethtypes.SignNewTx(devnet.Accounts()[account].Key, gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: nonce, Gas: 21000, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e11), To: &common.Address{1}, Value: big.NewInt(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func bundleOf(atomicity core.Atomicity, legs ...core.Leg) *core.Bundle {
	return &core.Bundle{Atomicity: atomicity, NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli()), Legs: legs}
}

// bundle has a leg on the chain that takes effect, one there that is skipped, and one that the network executes: its atomicity is that of
// the order, and it says so.
func (s *servedStage) bundle(t *testing.T) {
	w, poor := opstacktest.NewWallet(t, uint64(chain)), opstacktest.NewWallet(t, uint64(chain))
	skipped := poor.Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Value = new(big.Int).Mul(opstacktest.Funds, big.NewInt(2)) })
	id, err := s.client.SendBundle(within(t), bundleOf(core.AtomicInclusion,
		core.Leg{Rollup: chain, Tx: w.Transfer()}, core.Leg{Rollup: chain, Tx: skipped}, core.Leg{Rollup: executed, Tx: transfer(t, 0, 0)}))
	if err != nil {
		t.Fatal(err)
	}
	s.attempt(t, id, "ordered", func(a gateway.Attempt) bool { return a.Level >= core.LevelOrdered })
	finish := s.open(t)
	finish()
	a := s.attempt(t, id, "reported", func(a gateway.Attempt) bool {
		return len(a.Legs) == 3 && a.Legs[0].Reported != nil && a.Legs[1].Reported != nil && a.Legs[2].Outcome != nil
	})
	if a.Atomicity != core.AtomicInclusion || a.FailingLeg != nil || a.Outcome != nil {
		t.Errorf("bundle %+v, want atomicity inclusion and no outcome of all", a)
	}
	for i, want := range []core.OutcomeCode{core.Included, core.VoidInsufficientFunds, core.Included} {
		if leg := a.Legs[i]; leg.Tick != a.Tick || *leg.Outcome != want {
			t.Errorf("leg %d in tick %d: %s, want %s in tick %d", i, leg.Tick, leg.Outcome, want, a.Tick)
		}
	}
	if a.Legs[2].Reported != nil || a.Legs[2].Receipt == nil {
		t.Errorf("leg that the network executes: %+v", a.Legs[2])
	}
}

func (s *servedStage) refusedBundle(t *testing.T) {
	w := opstacktest.NewWallet(t, uint64(chain))
	b := bundleOf(core.AtomicExecution, core.Leg{Rollup: executed, Tx: transfer(t, 1, 0)}, core.Leg{Rollup: chain, Tx: w.Transfer()})
	_, err := s.client.SendBundle(within(t), b)
	for _, want := range []string{"legs[1].rollup", "kind opstack", "never atomic in execution", `want atomicity "inclusion"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("refused with %v, want %q in it", err, want)
		}
	}
	if _, err := s.client.SimulateBundle(within(t), b); err == nil || !strings.Contains(err.Error(), "of kind opstack, want rollups that the network executes") {
		t.Errorf("simulation: %v", err)
	}
}
