package opstack_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/core"
)

const chain10 core.RollupID = 10

// patience bounds waits on a loaded machine; it is no measure of anything.
const patience = 30 * time.Second

// scene is a chain behind a proxy, and a network.
type scene struct {
	engine  *opstacktest.Execution
	network *opstacktest.Network
	node    side
	cfg     opstack.Config
	deps    *opstack.Operator
	proxy   running
	op      *opstacktest.Sequencer
}

func newScene(t *testing.T, style opstacktest.Style) *scene {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{engine: opstacktest.StartExecution(t, style, uint64(chain10)), network: opstacktest.NewNetwork(), node: newSide(t)}
	s.deps = &opstack.Operator{Rollup: chain10, NetworkID: core.NetworkID{7}, Key: key, Network: s.network}
	s.cfg = opstack.Config{Engine: s.engine.URL, JWTIn: s.node.path, JWTOut: s.engine.JWT, Mode: opstack.Confirm}
	s.run(t)
	s.op = sequencer(t, s.proxy, s.node, s.engine)
	return s
}

// run starts the proxy, at the address where it was before.
func (s *scene) run(t *testing.T) {
	t.Helper()
	s.proxy = startWith(t, s.cfg, s.deps)
	s.cfg.Listen = s.proxy.Addr().String()
}

// settled waits until the lane tells the chain up to its head, and compares all of it.
func (s *scene) settled(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.network.Await(ctx, s.op.Head.Hash()); err != nil {
		state, _ := json.Marshal(s.proxy.State())
		t.Fatalf("the lane does not come to block %d: %v; state %s", s.op.Head.Number, err, state)
	}
	told, want := s.network.Chain(), s.engine.Canonical()
	want = want[len(want)-len(told):]
	for i, b := range told {
		if b.Hash != want[i].Hash() || b.Parent != want[i].Parent || b.Number != want[i].Number || b.Timestamp != want[i].Timestamp || b.TxsHash != want[i].TxsRoot() {
			t.Fatalf("position %d tells %+v, the chain has %+v", i, b, want[i])
		}
		signer, err := core.RecoverCheckpoint(b.Digest(core.NetworkID{7}), b.Signature)
		if err != nil || signer != s.deps.Address() {
			t.Fatalf("position %d is signed by %s: %v", i, signer, err)
		}
	}
}

// once checks that no block was told twice, or left out.
func (s *scene) once(t *testing.T) {
	t.Helper()
	lane := s.network.Lane()
	first, last := lane[0], lane[len(lane)-1]
	if uint64(len(lane)) != last.Number-first.Number+1 || last.Branch != 0 || first.Number > 1 {
		t.Errorf("the lane has %d blocks, from %d to %d, the last one of branch %d", len(lane), first.Number, last.Number, last.Branch)
	}
}

func eachStyle(t *testing.T, test func(*testing.T, opstacktest.Style)) {
	t.Parallel()
	for _, style := range []opstacktest.Style{opstacktest.Geth, opstacktest.Reth} {
		t.Run(string(style), func(t *testing.T) {
			t.Parallel()
			test(t, style)
		})
	}
}

func TestConfirm_TellsEveryBlock(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newScene(t, style)
		seal(t, s.op, 5)
		s.op.Origin = opstacktest.L1{Number: 2, Hash: common.Hash{2}}
		if _, err := s.op.Seal(t.Context(), true); err != nil { // a fork's activation block: hands off, and told like the others
			t.Fatal(err)
		}
		seal(t, s.op, 5)
		s.settled(t)
		told := s.network.Lane()
		if last := told[len(told)-1]; last.L1Number != 2 || last.L1Hash != (common.Hash{2}) || last.Branch != 0 {
			t.Errorf("the last block's origin: %+v", last)
		}
	})
}

// The first block is that of the first head; what was before is nobody's business.
func TestConfirm_BeginsWithTheHead(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	if err := s.proxy.SetMode(opstack.PassThrough); err != nil {
		t.Fatal(err)
	}
	seal(t, s.op, 4)
	if n := len(s.network.Lane()); n != 0 {
		t.Fatalf("%d blocks told in pass-through", n)
	}
	if err := s.proxy.SetMode(opstack.Confirm); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
	if n := len(s.network.Lane()); n != 1 {
		t.Errorf("%d blocks told, want the head alone", n)
	}
}

func TestConfirm_TellsReorgs(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newScene(t, style)
		seal(t, s.op, 8)
		s.settled(t)
		chain := s.engine.Canonical()
		if err := s.op.Rewind(t.Context(), chain[4], opstacktest.L1{Number: 1, Hash: common.Hash{0xbb}}); err != nil {
			t.Fatal(err)
		}
		s.settled(t) // the shorter chain is told before there is another one
		seal(t, s.op, 6)
		s.settled(t)
		if lane := s.network.Lane(); lane[len(lane)-1].Branch != 1 {
			t.Errorf("branches of the lane end with %d", lane[len(lane)-1].Branch)
		}
	})
}

// The chain goes on at its pace while the network is away, and everything is told when it is back.
func TestConfirm_NetworkGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	for name, hangs := range map[string]bool{"fails": false, "hangs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, opstacktest.Geth)
			seal(t, s.op, 3)
			s.settled(t)
			before := len(s.network.Lane())
			s.network.Down(hangs)
			begun := time.Now()
			seal(t, s.op, 300)
			took := time.Since(begun)
			if n := len(s.network.Lane()); n != before {
				t.Errorf("%d blocks ordered without a network", n)
			}
			if took > patience/2 { // a call that waited for the network even once took its time limit
				t.Errorf("300 blocks took %s without a network", took)
			}
			s.network.Up()
			s.settled(t)
		})
	}
}

// What is on its way when a reorg happens is not lost, and what is told in the end is the chain.
func TestConfirm_ReorgWithoutNetwork(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	seal(t, s.op, 6)
	s.settled(t)
	s.network.Down(false)
	seal(t, s.op, 5)
	chain := s.engine.Canonical()
	if err := s.op.Rewind(t.Context(), chain[3], opstacktest.L1{Number: 3, Hash: common.Hash{0xcc}}); err != nil {
		t.Fatal(err)
	}
	seal(t, s.op, 10)
	s.network.Up()
	s.settled(t)
}

// A proxy has nothing to remember: it goes on from the lane and the chain, also when the chain went on, or back, without it.
func TestConfirm_ProxyRestarts(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newScene(t, style)
		seal(t, s.op, 1)
		s.settled(t) // it begins with this one
		seal(t, s.op, 3)
		s.settled(t)
		s.proxy.stop()
		direct, err := opstacktest.NewSequencer(t.Context(), s.engine.URL, s.engine.Secret(), s.op.Head)
		if err != nil {
			t.Fatal(err)
		}
		defer direct.Close()
		seal(t, direct, 4)
		s.op.Head = direct.Head
		s.run(t)
		seal(t, s.op, 2)
		s.settled(t)
		s.once(t)
		s.proxy.stop()
		if err := direct.Rewind(t.Context(), s.engine.Canonical()[3], opstacktest.L1{Number: 1, Hash: common.Hash{0xdd}}); err != nil {
			t.Fatal(err)
		}
		seal(t, direct, 5)
		s.op.Head = direct.Head
		s.run(t)
		seal(t, s.op, 1)
		s.settled(t)
	})
}

func TestConfirm_SwitchesUnderLoad(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	seal(t, s.op, 1)
	s.settled(t)
	for range 6 {
		for _, mode := range []opstack.Mode{opstack.PassThrough, opstack.Confirm} {
			if err := s.proxy.SetMode(mode); err != nil {
				t.Fatal(err)
			}
			seal(t, s.op, 10)
		}
	}
	s.settled(t)
	s.once(t)
}

// An op-node that only follows the chain has nothing to tell: it may be behind, and that would look like a reorg.
func TestConfirm_FollowersTellNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	for range 5 {
		if _, err := s.op.Seal(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if s.proxy.State().Confirm.Sequencing || len(s.network.Lane()) != 0 {
		t.Errorf("state %+v, %d blocks told", s.proxy.State().Confirm, len(s.network.Lane()))
	}
	seal(t, s.op, 1)
	s.settled(t)
}

// Blocks that a real op-geth made over all forks, with real L1 attributes of each.
func TestConfirm_ReadsRecordedBlocks(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	calls := recording(t)
	token := func() string { return opstacktest.Token(s.node.secret, time.Now()) }
	type payload struct {
		Hash   common.Hash `json:"blockHash"`
		Parent common.Hash `json:"parentHash"`
	}
	var last payload
	heads := 0
	for _, c := range calls {
		var request struct {
			Method string
			Params []json.RawMessage
		}
		if err := json.Unmarshal(c.request, &request); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(request.Method, "engine_newPayload") || strings.Contains(string(c.answer), "INVALID") {
			continue
		}
		var p payload
		if err := json.Unmarshal(request.Params[0], &p); err != nil {
			t.Fatal(err)
		}
		if heads == 0 {
			s.engine.Root(p.Parent)
		} else if p.Parent != last.Hash {
			break // the recorded chain goes back here
		}
		last, heads = p, heads+1
		post(t, s.proxy.url, token(), strings.NewReader(string(c.request)))
		attributes := "null"
		if heads == 1 { // op-node sequences
			attributes = `{"timestamp":"0x7b003779","transactions":[]}`
		}
		post(t, s.proxy.url, token(), strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"engine_forkchoiceUpdatedV3","params":[{"headBlockHash":"`+p.Hash.Hex()+`"},`+attributes+`]}`))
		if heads == 1 {
			s.await(t, p.Hash)
		}
	}
	s.await(t, last.Hash)
	told := s.network.Lane()
	if len(told) != heads || heads < 20 {
		t.Errorf("%d blocks told, %d heads", len(told), heads)
	}
	numbers := make([]uint64, 0, len(told))
	for _, b := range told {
		if b.L1Hash == (common.Hash{}) {
			t.Errorf("block %d without an L1 origin", b.Number)
		}
		numbers = append(numbers, b.L1Number)
	}
	if !slices.IsSorted(numbers) || numbers[len(numbers)-1] == numbers[0] {
		t.Errorf("L1 origins %v", numbers)
	}
}

func (s *scene) await(t *testing.T, head common.Hash) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.network.Await(ctx, head); err != nil {
		t.Fatalf("%s: %v; state %+v", head, err, s.proxy.State().Confirm)
	}
}

// A wrong chain is never told.
func TestConfirm_RefusesAnotherChain(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	s.proxy.stop()
	s.deps.Rollup = 11
	s.run(t)
	seal(t, s.op, 3)
	for deadline := time.Now().Add(patience); s.proxy.State().Confirm.Problem == ""; {
		if time.Now().After(deadline) {
			t.Fatal("no problem is shown")
		}
		seal(t, s.op, 1)
	}
	if problem := s.proxy.State().Confirm.Problem; !strings.Contains(problem, "chain id is 10") || len(s.network.Lane()) != 0 {
		t.Errorf("problem %q, %d blocks told", problem, len(s.network.Lane()))
	}
}

func TestConfirm_NeedsAnOperator(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path})
	if err := p.SetMode(opstack.Confirm); !errors.Is(err, opstack.ErrMode) || !strings.Contains(err.Error(), "--operator-key") {
		t.Errorf("got %v", err)
	}
}
