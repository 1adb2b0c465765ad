package opstack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
)

// message is a message of the stream as a subscriber reads it.
type message struct {
	ID    string `json:"payload_id"`
	Index uint64 `json:"index"`
	Base  *struct {
		Parent    common.Hash    `json:"parent_hash"`
		Number    hexutil.Uint64 `json:"block_number"`
		Timestamp hexutil.Uint64 `json:"timestamp"`
	} `json:"base"`
	Diff struct {
		Transactions []hexutil.Bytes `json:"transactions"`
		Hash         common.Hash     `json:"block_hash"`
		GasUsed      hexutil.Uint64  `json:"gas_used"`
	} `json:"diff"`
	Metadata struct {
		Number   uint64 `json:"block_number"`
		Receipts map[common.Hash]struct {
			Tx     common.Hash    `json:"transactionHash"`
			Number hexutil.Uint64 `json:"blockNumber"`
			Status hexutil.Uint64 `json:"status"`
		} `json:"receipts"`
	} `json:"metadata"`
	text []byte
}

// subscriber reads the stream, and puts the blocks together as op-reth does.
type subscriber struct {
	conn *websocket.Conn
	all  []message
	// id, index and so far are of the newest block.
	id    string
	index uint64
	// number and parent are that block's.
	number uint64
	parent common.Hash
	block  []hexutil.Bytes
}

// previewScene is a chain whose blocks are told while they are built.
type previewScene struct {
	*sharedScene
	sub *subscriber
	// at is the timestamp of the block that is open, an hour behind the one before it: no test comes there.
	at uint64
}

func newPreviewScene(t *testing.T, style opstacktest.Style, edits ...func(*opstack.Config)) *previewScene {
	t.Helper()
	stream := func(cfg *opstack.Config) { cfg.Stream, cfg.StreamInterval = "127.0.0.1:0", 10*time.Millisecond }
	s := &previewScene{sharedScene: newSharedScene(t, style, append([]func(*opstack.Config){stream}, edits...)...)}
	s.sub = s.subscribe(t)
	s.at = uint64(time.Now().Unix())
	return s
}

// subscribe connects to the stream.
func (s *previewScene) subscribe(t *testing.T) *subscriber {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.proxy.State().Stream.Address+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &subscriber{conn: conn}
}

// next reads a message and checks that it continues what came before.
func (s *subscriber) next(t *testing.T) message {
	t.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, text, err := s.conn.ReadMessage()
	if err != nil {
		t.Fatalf("after %d messages: %v", len(s.all), err)
	}
	m := message{text: text}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	switch {
	case m.Index == 0:
		if m.Base == nil || uint64(m.Base.Number) != m.Metadata.Number || m.ID == s.id || slices.ContainsFunc(s.all, func(o message) bool { return o.ID == m.ID }) {
			t.Fatalf("a block begins with %s", text)
		}
		s.id, s.number, s.parent, s.block = m.ID, m.Metadata.Number, m.Base.Parent, nil
	case len(s.all) == 0 || m.ID != s.id || m.Index != s.index+1 || m.Metadata.Number != s.number || m.Base != nil:
		t.Fatalf("message %d of %s does not continue %d of %s: %s", m.Index, m.ID, s.index, s.id, text)
	}
	if len(m.Diff.Transactions) == 0 || len(m.Metadata.Receipts) != len(m.Diff.Transactions) || m.Diff.Hash != (common.Hash{}) {
		t.Fatalf("%d transactions, %d receipts, hash %s", len(m.Diff.Transactions), len(m.Metadata.Receipts), m.Diff.Hash)
	}
	for _, raw := range m.Diff.Transactions {
		hash := crypto.Keccak256Hash(raw)
		if r := m.Metadata.Receipts[hash]; r.Tx != hash || uint64(r.Number) != m.Metadata.Number || r.Status != 1 {
			t.Fatalf("receipt %+v of %s", r, hash)
		}
	}
	s.index, s.block, s.all = m.Index, append(s.block, m.Diff.Transactions...), append(s.all, m)
	return m
}

// until reads until a block is told with n transactions behind its deposit.
func (s *subscriber) until(t *testing.T, number uint64, n int) {
	t.Helper()
	for s.number != number || len(s.block) < n+1 {
		s.next(t)
	}
	if len(s.block) != n+1 {
		t.Fatalf("block %d is told with %d transactions, want %d", number, len(s.block)-1, n)
	}
}

// open lets op-node ask for the next build.
func (s *previewScene) open(t *testing.T) string {
	t.Helper()
	s.at += 3600
	s.op.At = s.at
	id, err := s.op.Open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// finish lets consensus time go on behind a block's and op-node take it.
func (s *previewScene) finish(t *testing.T, id string) *opstacktest.Block {
	t.Helper()
	s.network.Tick(s.at * 1000)
	b, err := s.op.Finish(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is told of a block is, at every moment, how the block begins; in the end it is all of it.
func TestPreview_TellsABlockWhileItIsBuilt(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newPreviewScene(t, style)
		alice, bob, late := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
		for block := range 3 {
			id := s.open(t)
			number := s.op.Head.Number + 1
			s.sub.until(t, number, 0)
			if s.sub.parent != s.op.Head.Hash() {
				t.Fatalf("block %d is told on %s", number, s.sub.parent)
			}
			for i := range 4 {
				s.network.Order(chain10, opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 9 })) // bad
				s.order(alice.Transfer(), bob.Transfer())
				s.sub.until(t, number, 2*(i+1))
			}
			if block == 1 {
				s.engine.Add(late.Transfer()) // the pool is nobody's business
			}
			b := s.finish(t, id)
			s.sub.until(t, number, len(b.Transactions)-1)
			if len(b.Transactions) != 9 || !equal(s.sub.block, b.Transactions) {
				t.Fatalf("block %d has %d transactions, %d were told", number, len(b.Transactions), len(s.sub.block))
			}
		}
		if v := s.proxy.State().Stream; v.Resets != 0 || v.Problem != "" || v.Subscribers != 1 || v.Height != s.op.Head.Number || v.Transactions != 9 {
			t.Errorf("state %+v", v)
		}
		if !equal(s.taken(1), s.sent) {
			t.Errorf("blocks hold %d transactions, the lane has %d", len(s.taken(1)), len(s.sent))
		}
	})
}

// With or without a stream, the same lane makes the same blocks, with the same skips for the same reasons.
func TestPreview_ChangesNothing(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		const seed = 11
		rng := rand.New(rand.NewPCG(seed, 9))
		with := newPreviewScene(t, style, func(cfg *opstack.Config) { cfg.GapWait = patience / 5 })
		without := &previewScene{sharedScene: newSharedScene(t, style, func(cfg *opstack.Config) { cfg.GapWait = patience / 5 }), at: with.at}
		alice, bob := opstacktest.NewWallet(t, 10), opstacktest.NewWallet(t, 10)
		kinds := []func() hexutil.Bytes{
			func() hexutil.Bytes { return alice.Transfer() }, func() hexutil.Bytes { return bob.Transfer() }, func() hexutil.Bytes { return alice.Transfer() },
			func() hexutil.Bytes {
				return opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 9 })
			},
			func() hexutil.Bytes {
				return opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap = big.NewInt(1) })
			},
			func() hexutil.Bytes { return opstacktest.NewWallet(t, 10).Blob() },
			func() hexutil.Bytes {
				return opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 300_000 })
			},
		}
		outcome := func(s *previewScene) (all []string) {
			for _, r := range s.reported(t) {
				line := fmt.Sprint(r.Number, r.Decision)
				for _, skip := range r.Skips {
					line += " " + skip.Code.String()
				}
				all = append(all, line)
			}
			return all
		}
		for range 6 {
			scenes := []*previewScene{with, without}
			ids := make([]string, len(scenes))
			for i, s := range scenes {
				s.op.GasLimit = 400_000 // room for ten
				ids[i] = s.open(t)
			}
			for range 4 {
				for range 1 + rng.IntN(5) {
					raw := kinds[rng.IntN(len(kinds))]()
					with.order(raw)
					without.order(raw)
				}
				told := with.proxy.State().Stream.Transactions
				for deadline := time.Now().Add(50 * time.Millisecond); with.proxy.State().Stream.Transactions == told && time.Now().Before(deadline); {
					with.network.Grown(t.Context())
				}
			}
			blocks := make([]*opstacktest.Block, len(scenes))
			for i, s := range scenes {
				blocks[i] = s.finish(t, ids[i])
			}
			if !equal(blocks[0].Transactions[1:], blocks[1].Transactions[1:]) {
				t.Fatalf("seed %d: block %d has %d transactions with a stream, and %d without, or others", seed, blocks[0].Number, len(blocks[0].Transactions), len(blocks[1].Transactions))
			}
		}
		if a, b := outcome(with), outcome(without); !slices.Equal(a, b) {
			t.Errorf("seed %d: reports with a stream %q, without %q", seed, a, b)
		}
		if resets := with.proxy.State().Stream.Resets; resets != 0 {
			t.Errorf("seed %d: %d resets", seed, resets)
		}
	})
}

// A block that a preview has made already is not built again when op-node wants it.
func TestPreview_SparesTheLastBuild(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newPreviewScene(t, style)
		w := opstacktest.NewWallet(t, 10)
		for range 12 { // more than the builds that an execution client keeps
			s.network.Order(chain10, opstacktest.NewWallet(t, 10).Transfer(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 9 }))
		}
		s.order(w.Transfer())
		id := s.open(t)
		s.sub.until(t, 1, 1)
		for i := range 12 {
			s.order(w.Transfer())
			s.sub.until(t, 1, 2+i)
		}
		builds := s.engine.Calls("engine_forkchoiceUpdatedV3")
		b := s.finish(t, id)
		if len(b.Transactions) != 14 || s.engine.Calls("engine_forkchoiceUpdatedV3") != builds+1 {
			t.Errorf("%d transactions, %d calls for builds and heads", len(b.Transactions), s.engine.Calls("engine_forkchoiceUpdatedV3")-builds)
		}
		if reports := s.reported(t); len(reports[0].Skips) != 12 || reports[0].NextSeq < 25 {
			t.Errorf("report %+v", reports[0])
		}
	})
}

// When everything fails in the end, op-node gets the deposits, though the execution client has forgotten them, and who listens learns that
// what was told is void.
func TestPreview_TellsThatABlockIsAnother(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newPreviewScene(t, style)
		w := opstacktest.NewWallet(t, 10)
		id := s.open(t)
		for i := range 12 {
			s.order(w.Transfer())
			s.sub.until(t, 1, i+1)
		}
		// Another one, and no build any more.
		s.engine.Plan(slices.Repeat([]bool{false}, 100)...)
		s.order(w.Transfer())
		b := s.finish(t, id)
		if len(b.Transactions) != 1 {
			t.Fatalf("%d transactions", len(b.Transactions)-1)
		}
		void := s.sub.id
		for s.sub.id == void {
			s.sub.next(t)
		}
		if s.sub.number != 1 || !equal(s.sub.block, b.Transactions) || s.proxy.State().Stream.Resets != 1 {
			t.Errorf("block %d is told with %d transactions; %+v", s.sub.number, len(s.sub.block), s.proxy.State().Stream)
		}
		s.engine.Plan()
		id = s.open(t)
		s.sub.until(t, 2, 13)
		s.finish(t, id)
		if !equal(s.taken(1), s.sent) {
			t.Errorf("blocks hold %d transactions, the lane has %d", len(s.taken(1)), len(s.sent))
		}
	})
}

// op-node goes elsewhere while a block is built: the next one begins anew, on another parent.
func TestPreview_BeginsAnewAfterAReorg(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		s := newPreviewScene(t, style)
		w := opstacktest.NewWallet(t, 10)
		s.order(w.Transfer())
		first := s.finish(t, s.open(t))
		s.order(w.Transfer())
		_ = s.open(t)
		s.sub.until(t, 2, 1)
		genesis := s.engine.Canonical()[0]
		if err := s.op.Rewind(t.Context(), genesis, opstacktest.L1{Number: 9, Hash: common.Hash{9}}); err != nil {
			t.Fatal(err)
		}
		s.at = first.Timestamp - 3600
		id := s.open(t)
		s.sub.until(t, 1, 1)
		if s.sub.parent != genesis.Hash() || s.proxy.State().Stream.Resets != 1 {
			t.Errorf("told on %s; %+v", s.sub.parent, s.proxy.State().Stream)
		}
		s.finish(t, id)
		id = s.open(t)
		s.sub.until(t, 2, 1)
		s.finish(t, id)
		if !equal(s.taken(1), s.sent) {
			t.Errorf("blocks hold %d transactions, the lane has %d", len(s.taken(1)), len(s.sent))
		}
	})
}

// Who comes late hears the newest block from its beginning, as the others heard it.
func TestPreview_LateSubscriber(t *testing.T) {
	t.Parallel()
	s := newPreviewScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	s.finish(t, s.open(t))
	id := s.open(t)
	for i := range 3 {
		s.order(w.Transfer())
		s.sub.until(t, 2, i+1)
	}
	late := s.subscribe(t)
	said := s.sub.all[slices.IndexFunc(s.sub.all, func(m message) bool { return m.ID == s.sub.id }):]
	for i := range said {
		if m := late.next(t); string(m.text) != string(said[i].text) {
			t.Fatalf("message %d: %s, the others got %s", i, m.text, said[i].text)
		}
	}
	s.order(w.Transfer())
	late.until(t, 2, 4)
	s.finish(t, id)
}

// A preview that hangs delays neither op-node's block nor what follows.
func TestPreview_HangsAndDelaysNobody(t *testing.T) {
	t.Parallel()
	s := newPreviewScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	id := s.open(t)
	s.sub.until(t, 1, 0)
	stuck := s.engine.Hold()
	s.order(w.Transfer())
	select {
	case <-stuck:
	case <-time.After(patience):
		t.Fatal("no preview")
	}
	begun := time.Now()
	b := s.finish(t, id)
	if took := time.Since(begun); len(b.Transactions) != 2 || took > 5*time.Second {
		t.Errorf("%d transactions after %s", len(b.Transactions)-1, took)
	}
	s.sub.until(t, 1, 1)
	s.order(w.Transfer())
	id = s.open(t)
	s.sub.until(t, 2, 1)
	s.finish(t, id)
}

// In another mode nothing is built ahead, and who leaves at once takes back what was told.
func TestPreview_EndsWithTheMode(t *testing.T) {
	t.Parallel()
	s := newPreviewScene(t, opstacktest.Geth)
	w := opstacktest.NewWallet(t, 10)
	id := s.open(t)
	s.order(w.Transfer())
	s.sub.until(t, 1, 1)
	if err := s.proxy.SetModeNow(opstack.Confirm); err != nil {
		t.Fatal(err)
	}
	s.order(w.Transfer())
	void := s.sub.id
	if b := s.finish(t, id); len(b.Transactions) != 1 {
		t.Fatalf("%d transactions of a lane that is left", len(b.Transactions)-1)
	}
	if s.sub.next(t); s.sub.id == void || s.sub.number != 1 || len(s.sub.block) != 1 {
		t.Errorf("block %d is told with %d transactions after the mode was left", s.sub.number, len(s.sub.block)-1)
	}
	s.finish(t, s.open(t))
	if err := s.proxy.SetMode(opstack.Shared); err != nil {
		t.Fatal(err)
	}
	id = s.open(t)
	if s.sub.next(t); s.sub.number != 3 { // without a word about block 2
		t.Errorf("block %d is told", s.sub.number)
	}
	s.sub.until(t, 3, 2)
	s.finish(t, id)
	if !equal(s.taken(1), s.sent) {
		t.Errorf("blocks hold %d transactions, the lane has %d", len(s.taken(1)), len(s.sent))
	}
}

func TestPreview_RefusesWhatIsNoSubscriber(t *testing.T) {
	t.Parallel()
	s := newPreviewScene(t, opstacktest.Geth)
	address := s.proxy.State().Stream.Address
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("status %s", answer.Status)
	}
	if _, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+address, http.Header{"Origin": {"http://evil.example"}}); err == nil {
		t.Error("a page of somewhere else is a subscriber")
	}
	// Who says more than there is to say goes.
	if err := s.sub.conn.WriteMessage(websocket.TextMessage, make([]byte, 8<<10)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for s.proxy.State().Stream.Subscribers > 0 && ctx.Err() == nil {
		s.network.Grown(ctx)
	}
	if ctx.Err() != nil {
		t.Error("who says more than there is to say stays")
	}
	for _, cfg := range []opstack.Config{{Stream: "here", Journal: "x"}, {Stream: "127.0.0.1:0"}, {Stream: "127.0.0.1:0", Journal: "x", StreamInterval: time.Microsecond}} {
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "stream") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
