package confirm

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/proof"
)

// sharedStage is a chain that the lane of a devnet fills, in real time.
type sharedStage struct {
	*stage
	lane *lane.Client
	// sent are the good transactions as they were handed in, at what times; seen is when a block had them.
	sent []hexutil.Bytes
	at   map[string]time.Time
	took []time.Duration
}

// mode changes the mode by the command line.
func (s *sharedStage) mode(t *testing.T, mode opstack.Mode) {
	t.Helper()
	s.command(t, "opstack", "mode", string(mode), "--admin", s.proxy.admin)
}

func (s *sharedStage) state(t *testing.T) (state opstack.State) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.command(t, "opstack", "state", "--admin", s.proxy.admin)), &state); err != nil {
		t.Fatal(err)
	}
	return state
}

// submit hands in one transaction; good ones are remembered.
func (s *sharedStage) submit(t *testing.T, raw hexutil.Bytes, good bool) {
	t.Helper()
	if good {
		s.sent, s.at[string(raw)] = append(s.sent, raw), time.Now()
	}
	if _, err := s.lane.Submit(within(t), raw); err != nil && good {
		t.Fatal(err)
	}
}

// block waits for the next whole second and makes the block of it.
func (s *sharedStage) block(t *testing.T) *opstacktest.Block {
	t.Helper()
	next := max(uint64(time.Now().Unix()), s.op.Head.Timestamp) + 1
	select {
	case <-time.After(time.Until(time.Unix(int64(next), 0))):
	case <-t.Context().Done():
	}
	s.op.At = next
	b, err := s.op.Seal(t.Context(), false)
	if err != nil {
		t.Fatalf("block %d: %v; state %+v", s.op.Head.Number+1, err, s.state(t).Shared)
	}
	for _, raw := range b.Transactions[1:] {
		if at, ours := s.at[string(raw)]; ours {
			s.took = append(s.took, time.Since(at))
		}
	}
	return b
}

// taken are the transactions of the chain's blocks that were handed in to the lane.
func (s *sharedStage) taken() (all []hexutil.Bytes) {
	for _, b := range s.engine.Canonical()[1:] {
		for _, raw := range b.Transactions[1:] {
			if _, ours := s.at[string(raw)]; ours {
				all = append(all, raw)
			}
		}
	}
	return all
}

// drained makes blocks until all that was sent is in one, and compares the order.
func (s *sharedStage) drained(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); len(s.taken()) < len(s.sent) && time.Now().Before(deadline); {
		s.block(t)
	}
	if !slices.EqualFunc(s.taken(), s.sent, func(a, b hexutil.Bytes) bool { return string(a) == string(b) }) {
		t.Fatalf("blocks hold %d transactions, %d were sent, or the order is another; state %+v", len(s.taken()), len(s.sent), s.state(t).Shared)
	}
}

func TestShared_OnADevnet(t *testing.T) {
	base := newStage(t)
	s := &sharedStage{stage: base, at: make(map[string]time.Time)}
	genesis := s.devnet.Genesis()
	s.lane = lane.New(chain, proof.FromGenesis(genesis), s.devnet.Info().RPC)
	w, evil := opstacktest.NewWallet(t, uint64(chain)), opstacktest.NewWallet(t, uint64(chain))
	s.mode(t, opstack.Shared)
	for range 4 {
		for range 5 {
			s.submit(t, w.Transfer(), true)
		}
		s.submit(t, evil.Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce += 9 }), false)
		s.submit(t, s.op.Origin.Attributes(99), false)
		s.submit(t, evil.Blob(), false)
		s.block(t)
	}
	s.drained(t)
	s.status(t, s.op.Head.Hash(), "proven") // blocks are told, as in confirm
	for _, b := range s.engine.Canonical()[1:] {
		for i, raw := range b.Transactions {
			if i > 0 && raw[0] == 0x7e {
				t.Errorf("block %d holds a forged deposit", b.Number)
			}
		}
	}

	t.Run("reorg", func(t *testing.T) {
		before := s.engine.Canonical()
		from := len(before) - 4
		if err := s.op.Rewind(t.Context(), before[from-1], opstacktest.L1{Number: 9, Hash: common.Hash{9}}); err != nil {
			t.Fatal(err)
		}
		for _, old := range before[from:] { // as op-node does it: at once, with timestamps of the past
			s.op.At = old.Timestamp
			b, err := s.op.Seal(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(b.Transactions[1:], old.Transactions[1:], func(a, b hexutil.Bytes) bool { return string(a) == string(b) }) {
				t.Errorf("block %d has %d transactions, it had %d", b.Number, len(b.Transactions), len(old.Transactions))
			}
		}
		s.drained(t)
	})
	t.Run("stream", s.stream)
	t.Run("switches", func(t *testing.T) {
		for _, mode := range []opstack.Mode{opstack.Confirm, opstack.Shared, opstack.PassThrough, opstack.Shared} {
			s.mode(t, mode)
			s.submit(t, w.Transfer(), true)
			s.submit(t, w.Transfer(), true)
			s.block(t)
		}
		s.drained(t)
	})
	t.Run("kill", func(t *testing.T) {
		s.submit(t, w.Transfer(), true)
		s.block(t)
		listen := s.proxy.listen
		if err := s.proxy.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = s.proxy.cmd.Wait()
		s.submit(t, w.Transfer(), true)
		s.start(t, listen)
		s.mode(t, opstack.Shared)
		s.drained(t)
		s.submit(t, w.Transfer(), true)
		s.drained(t)
	})
	state := s.state(t).Shared
	deadline := time.Now().Add(patience)
	for state.Reported < s.op.Head.Number && time.Now().Before(deadline) {
		state = s.state(t).Shared
	}
	if state.Reported != s.op.Head.Number || state.Problem != "" {
		t.Errorf("state %+v, the head is %d", state, s.op.Head.Number)
	}
	slices.Sort(s.took)
	t.Logf("from the submission to the block with it, 1 s blocks: median %s, longest %s of %d", s.took[len(s.took)/2], s.took[len(s.took)-1], len(s.took))
}
