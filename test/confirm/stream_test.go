package confirm

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
)

// told is what the stream says of one block, and when it said the block's transactions.
type told struct {
	number  uint64
	txs     []hexutil.Bytes
	resets  int
	arrived map[common.Hash]time.Time
}

// read reads the stream until the connection ends: every block as far as it is told, by its number.
func read(conn *websocket.Conn, into chan<- map[uint64]*told) {
	blocks := make(map[uint64]*told)
	defer func() { into <- blocks }()
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var m struct {
			Index    uint64
			Diff     struct{ Transactions []hexutil.Bytes }
			Metadata struct {
				Number   uint64 `json:"block_number"`
				Receipts map[common.Hash]json.RawMessage
			}
		}
		if json.Unmarshal(text, &m) != nil {
			return
		}
		b := blocks[m.Metadata.Number]
		if b == nil {
			b = &told{number: m.Metadata.Number, arrived: make(map[common.Hash]time.Time)}
			blocks[b.number] = b
		} else if m.Index == 0 {
			b.txs, b.resets = nil, b.resets+1
		}
		for _, raw := range m.Diff.Transactions {
			hash := crypto.Keccak256Hash(raw)
			if _, known := m.Metadata.Receipts[hash]; known {
				b.arrived[hash] = time.Now()
			}
			b.txs = append(b.txs, raw)
		}
	}
}

// stream makes blocks as op-node does, open for a second each, with users who hand in all the time.
func (s *sharedStage) stream(t *testing.T) {
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), s.proxy.stream, nil)
	if err != nil {
		t.Fatal(err)
	}
	blocks := make(chan map[uint64]*told, 1)
	go read(conn, blocks)
	w := opstacktest.NewWallet(t, uint64(chain))
	const lead = 50 * time.Millisecond // op-node's --sequencer.sealing-duration
	sealed := make(map[common.Hash]time.Time)
	first := s.op.Head.Number + 1
	for range 12 {
		next := max(uint64(time.Now().Unix()), s.op.Head.Timestamp) + 1
		seal := time.After(time.Until(time.Unix(int64(next), 0).Add(-lead)))
		s.op.At = next
		id, err := s.op.Open(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		users := time.NewTicker(90 * time.Millisecond)
		for open := true; open; {
			select {
			case <-seal:
				open = false
			case <-users.C:
				s.submit(t, w.Transfer(), true)
			}
		}
		users.Stop()
		b, err := s.op.Finish(t.Context(), id)
		if err != nil {
			t.Fatalf("%v; state %+v", err, s.state(t))
		}
		for _, raw := range b.Transactions {
			sealed[crypto.Keccak256Hash(raw)] = time.Now()
		}
	}
	s.drained(t)
	last := s.state(t)
	for deadline := time.Now().Add(patience); last.Stream.Height < s.op.Head.Number && time.Now().Before(deadline); last = s.state(t) {
		<-time.After(10 * time.Millisecond)
	}
	_ = conn.Close()
	all := <-blocks
	var early, late []time.Duration
	for _, b := range s.engine.Canonical()[first:] {
		said := all[b.Number]
		if said == nil || said.resets > 0 || fmt.Sprint(said.txs) != fmt.Sprint(b.Transactions) {
			t.Fatalf("block %d has %d transactions, the stream has told %+v", b.Number, len(b.Transactions), said)
		}
		for _, raw := range b.Transactions[1:] {
			hash := crypto.Keccak256Hash(raw)
			if at, counted := sealed[hash]; counted {
				early, late = append(early, said.arrived[hash].Sub(s.at[string(raw)])), append(late, at.Sub(s.at[string(raw)]))
			}
		}
	}
	if len(early) < 50 || last.Stream.Resets != 0 {
		t.Fatalf("%d transactions, state %+v", len(early), last.Stream)
	}
	slices.Sort(early)
	slices.Sort(late)
	p50, p95 := len(early)/2, len(early)*95/100
	t.Logf("from the submission, 1 s blocks, %d transactions: pre-confirmed with a receipt after p50 %s, p95 %s; in a block after p50 %s, p95 %s",
		len(early), early[p50].Round(time.Millisecond), early[p95].Round(time.Millisecond), late[p50].Round(time.Millisecond), late[p95].Round(time.Millisecond))
	if early[p50] >= late[p50] {
		t.Error("pre-confirmed no earlier than made")
	}
}
