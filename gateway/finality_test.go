package gateway_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const getFinality = "lockstep_getFinality"

// told is a block of the chain; fork tells versions of it apart, l1 its L1 origin.
func told(branch, number uint64, fork, l1Fork byte, l1 uint64) core.Transaction {
	b := &core.Block{
		Rollup: gatewaytest.Chain, Branch: branch, Number: number, Hash: common.Hash{fork, byte(number)}, Parent: common.Hash{fork, byte(number - 1)},
		L1Number: l1, L1Hash: common.Hash{l1Fork, byte(l1)}, Signature: make([]byte, 65),
	}
	if l1 == 0 {
		b.L1Hash = common.Hash{}
	}
	return core.NewBlockEntry(b)
}

func TestFinality_NamesWhatOrphanedABlock(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	ask := func(block any) gateway.FinalityView {
		t.Helper()
		return call[gateway.FinalityView](t, c, getFinality, gatewaytest.Chain, block)
	}
	cause := func(block common.Hash, want string) {
		t.Helper()
		v := ask(block)
		if v.Status != "orphaned" || v.Orphaned == nil || v.Orphaned.Cause != want {
			t.Errorf("block %s: %+v, want orphaned(%s)", block, v, want)
		}
	}
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{told(0, 1, 1, 1, 10), told(0, 2, 1, 1, 11), told(0, 3, 1, 1, 12)}})
	if v := ask("latest"); v.Number != 3 || v.Status != "ordered" || v.Checkpoint != nil || v.Orphaned != nil {
		t.Errorf("%+v", v)
	}
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{told(1, 2, 2, 1, 11)}})
	cause(common.Hash{1, 3}, "unknown") // the new branch has not come as far
	cause(common.Hash{1, 2}, "chain")   // and at 2 it names the same L1
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{told(1, 3, 2, 2, 12)}})
	cause(common.Hash{1, 3}, "l1")
	if v := ask(common.Hash{1, 1}); v.Status != "ordered" || v.Orphaned != nil {
		t.Errorf("block 1 is below the new branch: %+v", v)
	}
	if v := ask(2); v.Hash != (common.Hash{2, 2}) || v.Newest.Number != 3 {
		t.Errorf("by number: %+v", v)
	}
}

func TestFinality_IsSafeWhenTheOriginIsDeep(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{told(0, 1, 1, 1, 10), told(0, 2, 1, 1, 0), told(0, 3, 1, 1, 20)}})
	tick := h.Log.Append(gatewaytest.Content{})
	h.Checkpoints.Add(completeCheckpoint(t, h.Genesis.NetworkID(), tick, 100))
	for _, q := range []struct {
		number, depth uint64
		status        string
		l1            uint64
	}{{1, 10, "safe", 10}, {1, 11, "proven", 10}, {1, 0, "safe", 10}, {2, 0, "proven", 0}, {3, 1, "proven", 0}} {
		v := call[gateway.FinalityView](t, c, getFinality, gatewaytest.Chain, q.number, q.depth)
		if v.Status != q.status || v.L1Depth != q.l1 || v.WantedDepth != q.depth || v.Checkpoint == nil {
			t.Errorf("block %d, depth %d: %+v, want %s", q.number, q.depth, v, q.status)
		}
	}
}

func TestFinality_RefusesWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	refused := func(code int, args ...any) {
		t.Helper()
		if got := failure(t, c.Call(nil, getFinality, args...)); got.Code != code {
			t.Errorf("%v: %+v, want %d", args, got, code)
		}
	}
	refused(47204, gatewaytest.Chain, "latest") // nothing is told yet
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{told(0, 1, 1, 1, 10)}})
	refused(47204, gatewaytest.Chain, 2)
	refused(47204, gatewaytest.Chain, common.Hash{9})
	refused(47200, 77, "latest")
	refused(47600, gatewaytest.A, "latest")
	refused(47600, gatewaytest.Opaque, "latest") // without an operator
	refused(47102, gatewaytest.Chain, "earliest")
	refused(47102, gatewaytest.Chain, 1, 1<<21)
}
