package opstack_test

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/core"
)

// sharedScene is a chain that the lane fills.
type sharedScene struct {
	*scene
	// sent are the good transactions, in the lane's order.
	sent []hexutil.Bytes
}

func newSharedScene(t *testing.T, style opstacktest.Style, edits ...func(*opstack.Config)) *sharedScene {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &sharedScene{scene: &scene{engine: opstacktest.StartExecution(t, style, uint64(chain10)), network: opstacktest.NewNetwork(), node: newSide(t)}}
	s.deps = &opstack.Operator{Rollup: chain10, NetworkID: core.NetworkID{7}, Key: key, Network: s.network}
	s.cfg = opstack.Config{
		Engine: s.engine.URL, JWTIn: s.node.path, JWTOut: s.engine.JWT, Mode: opstack.Shared, Journal: filepath.Join(t.TempDir(), "journal"), OnGap: opstack.GapWait, GapWait: time.Second,
	}
	for _, edit := range edits {
		edit(&s.cfg)
	}
	s.run(t)
	s.op = sequencer(t, s.proxy, s.node, s.engine)
	return s
}

// restart runs the proxy again, with what happened between, and op-node connects anew.
func (s *sharedScene) restart(t *testing.T, between func()) {
	t.Helper()
	s.proxy.stop()
	between()
	s.run(t)
	before := s.op
	s.op = sequencer(t, s.proxy, s.node, s.engine)
	s.op.GasLimit, s.op.Origin = before.GasLimit, before.Origin
}

// order puts good transactions into the lane.
func (s *sharedScene) order(all ...hexutil.Bytes) {
	s.sent = append(s.sent, all...)
	for _, raw := range all {
		s.network.Order(chain10, raw)
	}
}

// tick lets consensus time go on to the next block's and waits until a proxy in shared has read it, for one that gave up waiting
// builds from what it knows.
func (s *sharedScene) tick(t *testing.T) {
	t.Helper()
	at := (s.op.Head.Timestamp + 1) * 1000
	s.network.Tick(at)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for state := s.proxy.State(); state.Mode == opstack.Shared && state.Shared.Clock < at; state = s.proxy.State() {
		if ctx.Err() != nil {
			t.Fatalf("the proxy reads consensus time %d ms, it is %d ms", state.Shared.Clock, at)
		}
		s.network.Grown(ctx)
	}
}

// block lets consensus time go on to the next block's and makes it.
func (s *sharedScene) block(t *testing.T) *opstacktest.Block {
	t.Helper()
	s.tick(t)
	b, err := s.op.Seal(t.Context(), false)
	if err != nil {
		t.Fatalf("block %d: %v", s.op.Head.Number+1, err)
	}
	return b
}

// taken are the transactions behind the deposits of all blocks from a number on.
func (s *sharedScene) taken(from uint64) (all []hexutil.Bytes) {
	for _, b := range s.engine.Canonical() {
		if b.Number >= max(from, 1) {
			all = append(all, b.Transactions[1:]...)
		}
	}
	return all
}

func equal(a, b []hexutil.Bytes) bool {
	return slices.EqualFunc(a, b, func(a, b hexutil.Bytes) bool { return string(a) == string(b) })
}

// reported waits until the lane says what the head took, and gives all reports.
func (s *sharedScene) reported(t *testing.T) []*core.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		reports := s.network.Reports()
		if n := len(reports); n > 0 && reports[n-1].Hash == s.op.Head.Hash() {
			for _, r := range reports {
				if signer, err := core.RecoverCheckpoint(r.Digest(core.NetworkID{7}), r.Signature); err != nil || signer != s.deps.Address() {
					t.Fatalf("report %+v is signed by %s: %v", r, signer, err)
				}
			}
			return reports
		}
		if ctx.Err() != nil {
			t.Fatalf("block %d is not reported: %d reports, state %+v", s.op.Head.Number, len(reports), s.proxy.State().Shared)
		}
		s.network.Grown(ctx)
	}
}

func TestShared_FillsBlocksInTheOrderOfTheLane(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newSharedScene(t, style)
		alice, bob := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
		s.engine.Add(opstacktest.NewWallet(t, 10).Transfer()) // the chain's own pool is nobody's business
		for i := range 8 {
			for range i {
				s.order(alice.Transfer(), bob.Transfer())
			}
			if b := s.block(t); len(b.Transactions) != 1+2*i {
				t.Fatalf("block %d has %d transactions, want %d", b.Number, len(b.Transactions), 1+2*i)
			}
		}
		if !equal(s.taken(1), s.sent) {
			t.Errorf("blocks hold %d transactions, the lane has %d, or in another order", len(s.taken(1)), len(s.sent))
		}
		next := uint64(0)
		for _, r := range s.reported(t) {
			if r.FirstSeq != next || r.Decision != core.CutByTicks || len(r.Skips) != 0 || r.Branch != 0 {
				t.Errorf("report %+v, want one from %d on", r, next)
			}
			next = r.NextSeq
		}
		s.settled(t) // and the blocks are told, as in confirm
	})
}

// What comes after the cut belongs to the next block, whenever it is heard of.
func TestShared_TakesTheLaneUpToTheCut(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	at := (s.op.Head.Timestamp + 1) * 1000
	s.network.Tick(at - 250)
	s.order(w.Transfer())
	s.network.Tick(at - 249)
	s.order(w.Transfer())
	if b := s.block(t); len(b.Transactions) != 2 {
		t.Errorf("%d transactions, want the one up to the cut", len(b.Transactions)-1)
	}
	if b := s.block(t); len(b.Transactions) != 2 || !equal(s.taken(1), s.sent) {
		t.Errorf("%d transactions, want the one behind the cut", len(b.Transactions)-1)
	}
}

func TestShared_HostileTransactions(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newSharedScene(t, style)
		good, evil := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
		gap := func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 7 }
		again := good.Transfer()
		for _, c := range []struct {
			name string
			raw  hexutil.Bytes
			want core.OutcomeCode
		}{
			{"forged deposit", opstacktest.L1{Number: 1}.Attributes(1), core.VoidTxType},
			{"post-exec", hexutil.Bytes{0x7d, 0xc0}, core.VoidTxType},
			{"blob", evil.Blob(), core.VoidTxType},
			{"type 5", hexutil.Bytes{5, 0xc0}, core.VoidTxType},
			{"not RLP", hexutil.Bytes{2, 0xff, 0xff}, core.VoidUndecodable},
			{"text", hexutil.Bytes("hello"), core.VoidTxType},
			{"cut", evil.Transfer(gap)[:60], core.VoidUndecodable},
			{"huge", make(hexutil.Bytes, 200<<10), core.VoidUndecodable},
			{"huge data", evil.Transfer(gap, func(tx *gethtypes.DynamicFeeTx) { tx.Data = make([]byte, 127<<10) }), core.VoidIntrinsicGas},
			{"another chain", opstacktest.NewWallet(t, 11).Transfer(), core.VoidBadSignature},
			{"nonce gap", evil.Transfer(gap, func(tx *gethtypes.DynamicFeeTx) { tx.Value = big.NewInt(5) }), core.VoidNonceTooHigh},
			{"fee cap", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap = big.NewInt(1) }), core.VoidFeeCapTooLow},
			{"too little gas", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 20000 }), core.VoidIntrinsicGas},
			{"more gas than a block", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1 << 40 }), core.VoidGasAboveCap},
			{"all the gas of a block", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 60_000_000 }), 0},
			{"no funds", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Value = new(big.Int).Add(opstacktest.Funds, big.NewInt(1)) }), core.VoidInsufficientFunds},
			{"tip above the fee cap", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.GasTipCap = big.NewInt(1e12) }), core.VoidTipAboveFeeCap},
			{"more data than gas", opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Data, tx.Gas = make([]byte, 1000), 26_000 }), core.VoidFloorDataGas},
			{"the same again", again, core.VoidNonceTooLow},
		} {
			s.order(again, good.Transfer())
			s.network.Order(chain10, c.raw)
			s.order(good.Transfer())
			again = good.Transfer()
			b := s.block(t)
			if c.want == 0 { // it has no room: what is behind it comes later
				s.sent = slices.Insert(s.sent, len(s.sent)-1, c.raw)
				b = s.block(t)
			}
			report := s.reported(t)
			last := report[len(report)-1]
			if c.want == 0 && len(last.Skips) == 0 {
				continue
			}
			if len(last.Skips) != 1 || last.Skips[0].Code != c.want || last.Hash != b.Hash() {
				t.Errorf("%s: skips %+v, want one of %s", c.name, last.Skips, c.want)
			}
		}
		s.block(t)
		if !equal(s.taken(1), s.sent) {
			t.Errorf("blocks hold %d transactions, %d good ones were sent", len(s.taken(1)), len(s.sent))
		}
	})
}

// A lane full of what cannot be executed costs no builds, and takes no room.
func TestShared_BadTransactionsCostNoBuilds(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newSharedScene(t, style)
		good, games := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
		s.order(games.Transfer())
		for i := range 400 {
			poor := opstacktest.NewWallet(t, 10)
			s.engine.Fund(poor.Address(), big.NewInt(int64(i)))
			value := func(tx *gethtypes.DynamicFeeTx) { tx.Value = big.NewInt(int64(i + 1)) }
			s.network.Order(chain10,
				poor.Transfer(),
				games.Transfer(value, func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 0 }),
				games.Transfer(value, func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 1000 }),
				good.Transfer(value, func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap, tx.Nonce = big.NewInt(1), good.Nonce-1 }),
			)
			good.Nonce--
			if i%50 == 0 {
				s.order(good.Transfer())
			}
		}
		before := s.engine.Calls("engine_forkchoiceUpdatedV3")
		s.block(t)
		if builds := s.engine.Calls("engine_forkchoiceUpdatedV3") - before; builds > 6 {
			t.Errorf("%d builds and heads for a block", builds)
		}
		reports := s.reported(t)
		if last := reports[len(reports)-1]; !equal(s.taken(1), s.sent) || len(last.Skips) != 1600 {
			t.Errorf("%d of %d transactions, %d skipped, want 1600", len(s.taken(1)), len(s.sent), len(last.Skips))
		}
	})
}

// Full by gas limits, and by the footprint in the data, which no execution client looks at while it builds.
func TestShared_CarriesWhatHasNoRoom(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		for name, c := range map[string]struct {
			limit, gas uint64
			per        int
		}{"footprint": {400 * 450, 21000, 4}, "gas": {1_000_000, 300_000, 34}} {
			s := newSharedScene(t, style)
			s.op.GasLimit = c.limit
			w := opstacktest.NewWallet(t, 10)
			for range 3 * c.per {
				s.order(w.Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = c.gas }))
			}
			first := len(s.block(t).Transactions) - 1
			for range 12 {
				s.block(t)
			}
			if first < 3 || first > c.per || !equal(s.taken(1), s.sent) {
				t.Errorf("%s: %d in the first block, want up to %d; %d of %d in all", name, first, c.per, len(s.taken(1)), len(s.sent))
			}
			for _, r := range s.reported(t) {
				if len(r.Skips) != 0 {
					t.Errorf("%s: skipped %+v", name, r.Skips)
				}
			}
		}
	})
}

// A block of which op-node has given all transactions is left alone; the lane waits for the next one.
func TestShared_LeavesDerivedBlocksAlone(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	s.order(w.Transfer())
	s.network.Tick((s.op.Head.Timestamp + 1) * 1000)
	if b, err := s.op.Seal(t.Context(), true); err != nil || len(b.Transactions) != 1 {
		t.Fatalf("derived: %+v, %v", b, err)
	}
	s.order(w.Transfer())
	s.block(t)
	s.block(t)
	if !equal(s.taken(1), s.sent) {
		t.Errorf("%d of %d transactions", len(s.taken(1)), len(s.sent))
	}
}

// The same place gives the same list: after a reorg, after a restart, and after the loss of the journal, from the reports alone.
func TestShared_RebuildsTheSameLists(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		for _, restart := range []string{"no restart", "restart", "restart without the journal"} {
			s := newSharedScene(t, style)
			s.op.GasLimit = 400 * 450 // blocks are full, so parts are carried
			w, evil := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
			for range 7 {
				s.order(w.Transfer(), w.Transfer())
				s.network.Order(chain10, evil.Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce += 5 }))
				s.order(w.Transfer())
				s.block(t)
			}
			before := s.engine.Canonical()
			s.reported(t)
			if restart != "no restart" {
				s.restart(t, func() {
					if restart == "restart" {
						return
					}
					if err := os.Remove(s.cfg.Journal); err != nil {
						t.Fatal(err)
					}
				})
			}
			if err := s.op.Rewind(t.Context(), before[3], opstacktest.L1{Number: 1, Hash: common.Hash{0xee}}); err != nil {
				t.Fatal(err)
			}
			for range 9 {
				s.order(w.Transfer())
				s.block(t)
			}
			for i, b := range s.engine.Canonical()[:len(before)] {
				if i > 0 && !equal(b.Transactions[1:], before[i].Transactions[1:]) {
					t.Errorf("%s: block %d has %d transactions, it had %d", restart, i, len(b.Transactions), len(before[i].Transactions))
				}
			}
			for range 8 {
				s.block(t)
			}
			if !equal(s.taken(1), s.sent) {
				t.Errorf("%s: %d of %d transactions, or in another order", restart, len(s.taken(1)), len(s.sent))
			}
			s.reported(t)
		}
	})
}

// A block that nobody has a record of is compared with the lane.
func TestShared_FindsTheCursorOfBlocksWithoutARecord(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	s.order(w.Transfer())
	s.block(t)
	kept, err := os.ReadFile(s.cfg.Journal)
	if err != nil {
		t.Fatal(err)
	}
	s.reported(t)
	for range 3 {
		s.order(w.Transfer(), w.Transfer())
		s.block(t)
	}
	s.restart(t, func() {
		s.network.Forget(1) // but for the first report
		if err := os.WriteFile(s.cfg.Journal, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	s.order(w.Transfer())
	s.block(t)
	if !equal(s.taken(1), s.sent) {
		t.Errorf("%d of %d transactions, or in another order; state %+v", len(s.taken(1)), len(s.sent), s.proxy.State().Shared)
	}
}

func TestShared_NetworkIsBehind(t *testing.T) {
	t.Parallel()
	for _, policy := range opstack.Gaps() {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			s := newSharedScene(t, opstacktest.Geth, func(c *opstack.Config) { c.OnGap, c.GapWait = policy, 50*time.Millisecond })
			w := opstacktest.NewWallet(t, 10)
			s.order(w.Transfer())
			s.block(t)
			s.order(w.Transfer())
			s.engine.Add(opstacktest.NewWallet(t, 10).Transfer())
			if policy == opstack.GapWait {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				if _, err := s.op.Seal(ctx, false); err == nil {
					t.Fatal("a block without a cut")
				}
				s.block(t)
				if !equal(s.taken(1), s.sent) {
					t.Errorf("%d of %d transactions", len(s.taken(1)), len(s.sent))
				}
				return
			}
			b, err := s.op.Seal(t.Context(), false) // consensus time stands still
			if err != nil {
				t.Fatal(err)
			}
			want, decision := 0, core.CutEmpty
			if policy == opstack.GapLocal {
				want, decision = 1, core.CutLocal
			}
			if len(b.Transactions) != 1+want {
				t.Fatalf("%d transactions, want %d", len(b.Transactions)-1, want)
			}
			reports := s.reported(t)
			if last := reports[len(reports)-1]; last.Decision != decision || last.FirstSeq != last.NextSeq {
				t.Errorf("report %+v", last)
			}
			parent := s.engine.Canonical()[b.Number-1]
			if next := s.block(t); len(next.Transactions) != 2 {
				t.Errorf("%d transactions in the block after, want 1", len(next.Transactions)-1)
			}
			// The network has caught up, and the decision stays.
			if err := s.op.Rewind(t.Context(), parent, opstacktest.L1{Number: 2, Hash: common.Hash{2}}); err != nil {
				t.Fatal(err)
			}
			if again := s.block(t); len(again.Transactions) != 1 {
				t.Errorf("%d transactions in the block that is made again", len(again.Transactions)-1)
			}
			s.block(t)
			if !equal(s.taken(1), s.sent) {
				t.Errorf("%d of %d transactions", len(s.taken(1)), len(s.sent))
			}
		})
	}
}

// Since Karst op-node asks for payloads with another version, which is what the execution client is asked with, and a transaction
// has a bound of its own.
func TestShared_Karst(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newSharedScene(t, style)
		s.engine.Karst()
		s.op.GetPayload = "engine_getPayloadV5"
		w := opstacktest.NewWallet(t, 10)
		s.order(w.Transfer(), w.Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1 << 24 }))
		s.network.Order(chain10, opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1<<24 + 1 }))
		s.block(t)
		reports := s.reported(t)
		if last := reports[len(reports)-1]; !equal(s.taken(1), s.sent) || len(last.Skips) != 1 || last.Skips[0].Code != core.VoidGasAboveCap {
			t.Errorf("%d of %d transactions, skips %+v", len(s.taken(1)), len(s.sent), last.Skips)
		}
		if v4 := s.engine.Calls("engine_newPayloadV4"); v4 < 2 {
			t.Errorf("%d calls of newPayload, which stays at version 4", v4)
		}
	})
}

// Only the first block of an outage waits for the network.
func TestShared_WaitsOnceForAnOutage(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth, func(c *opstack.Config) { c.OnGap, c.GapWait = opstack.GapEmpty, time.Second })
	s.block(t)
	begun := time.Now()
	for range 8 { // consensus time stands still
		if _, err := s.op.Seal(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("eight blocks took %s", took)
	}
	w := opstacktest.NewWallet(t, 10)
	s.order(w.Transfer())
	if b := s.block(t); len(b.Transactions) != 2 {
		t.Errorf("%d transactions in the block after it", len(b.Transactions)-1)
	}
}

// Whatever the modes in between: what was ordered gets into blocks, once each, in the lane's order.
func TestShared_SwitchesUnderLoad(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newSharedScene(t, style)
		w := opstacktest.NewWallet(t, 10)
		local := 0
		for range 3 {
			for _, mode := range []opstack.Mode{opstack.Shared, opstack.Confirm, opstack.Shared, opstack.PassThrough} {
				if err := s.proxy.SetModeNow(mode); err != nil {
					t.Fatal(err)
				}
				for range 4 {
					s.order(w.Transfer(), w.Transfer())
					if mode != opstack.Shared {
						s.engine.Add(opstacktest.NewWallet(t, 10).Transfer())
						local++
					}
					s.block(t)
				}
			}
		}
		if err := s.proxy.SetMode(opstack.Shared); err != nil {
			t.Fatal(err)
		}
		s.block(t)
		var taken []hexutil.Bytes
		for _, raw := range s.taken(1) {
			if slices.ContainsFunc(s.sent, func(o hexutil.Bytes) bool { return string(o) == string(raw) }) {
				taken = append(taken, raw)
			}
		}
		if !equal(taken, s.sent) || len(s.taken(1)) != len(s.sent)+local {
			t.Errorf("%d of %d transactions of the lane, %d in all, %d of the chain's own", len(taken), len(s.sent), len(s.taken(1)), local)
		}
		s.reported(t)
		s.settled(t)
	})
}

// Nothing that goes wrong while a block is filled comes to op-node: the block has its deposits, and the next one takes the lane.
func TestShared_NeverFailsABlock(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	s.order(w.Transfer())
	s.block(t)
	s.engine.Plan(true, false, false)
	s.order(w.Transfer())
	if b := s.block(t); len(b.Transactions) != 1 {
		t.Fatalf("%d transactions of an execution client that refuses every build", len(b.Transactions)-1)
	}
	if problem := s.proxy.State().Shared.Problem; !strings.Contains(problem, "busy") {
		t.Errorf("problem %q", problem)
	}
	s.block(t)
	if !equal(s.taken(1), s.sent) || s.proxy.State().Shared.Problem != "" {
		t.Errorf("%d of %d transactions, problem %q", len(s.taken(1)), len(s.sent), s.proxy.State().Shared.Problem)
	}
}

func TestShared_NeedsAJournal(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	if err := s.proxy.SetMode(opstack.Shared); err == nil || !strings.Contains(err.Error(), "--journal") {
		t.Errorf("got %v", err)
	}
}
