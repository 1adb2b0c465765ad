package opstack

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/internal/golden"
)

func startStream(t *testing.T) (*stream, func() *websocket.Conn) {
	t.Helper()
	s, err := newStream("127.0.0.1:0", newMeters(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run() }()
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, func() *websocket.Conn {
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.listener.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
}

// awaitCount waits until so many listen.
func awaitCount(t *testing.T, s *stream, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); s.count() != n; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%d listen, want %d", s.count(), n)
		}
	}
}

// Who does not read is dropped; the others get everything, and nobody who publishes waits.
func TestStream_DropsWhoIsSlow(t *testing.T) {
	t.Parallel()
	s, dial := startStream(t)
	fast := dial()
	awaitCount(t, s, 1)
	dial() // and never reads
	awaitCount(t, s, 2)
	filler := strings.Repeat("x", 64<<10)
	var longest time.Duration
	for i := 0; s.count() == 2; i++ {
		if i > 10*subscriberRoom {
			t.Fatal("who does not read is not dropped")
		}
		text := fmt.Sprint(i, filler)
		begun := time.Now()
		if err := s.publish([]byte(text), false); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(begun))
		if _, got, err := fast.ReadMessage(); err != nil || string(got) != text {
			t.Fatalf("message %d: %d bytes, %v", i, len(got), err)
		}
	}
	if s.count() != 1 || longest > time.Second {
		t.Errorf("%d listen; publishing took up to %s", s.count(), longest)
	}
}

func TestStream_HasBounds(t *testing.T) {
	t.Parallel()
	s, dial := startStream(t)
	for i := range maxCaught + 1 {
		if err := s.publish([]byte{'a'}, i == 0); err != nil {
			t.Fatal(err)
		}
	}
	late := dial()
	awaitCount(t, s, 1)
	if err := s.publish([]byte{'b'}, true); err != nil {
		t.Fatal(err)
	}
	if _, got, err := late.ReadMessage(); err != nil || string(got) != "b" {
		t.Errorf("got %q, %v: a block is told from its beginning or not at all", got, err)
	}
	for range maxSubscribers - 1 {
		dial()
	}
	awaitCount(t, s, maxSubscribers)
	if _, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.listener.Addr().String(), nil); err == nil || answer == nil || answer.StatusCode != 503 {
		t.Errorf("one more: %v", err)
	}
	_ = late.Close()
	awaitCount(t, s, maxSubscribers-1)
}

// built is a block with n transactions.
func built(parent byte, timestamp uint64, txs string) *preview {
	scalar := hexutil.Uint64(40_000)
	b := &preview{
		Parent: common.Hash{parent}, FeeRecipient: common.HexToAddress("0x4200000000000000000000000000000000000011"), ReceiptsRoot: common.Hash{0xcc}, LogsBloom: make([]byte, 256),
		PrevRandao: common.Hash{0xdd}, Number: 7, GasLimit: 60_000_000, GasUsed: hexutil.Uint64(21_000 * len(txs)), Timestamp: hexutil.Uint64(timestamp),
		ExtraData: make([]byte, 9), BaseFee: (*hexutil.Big)(common.Big257), Hash: common.Hash{0xee}, Footprint: &scalar, beaconRoot: common.Hash{0xbb},
	}
	for _, tx := range []byte(txs) {
		b.Transactions = append(b.Transactions, hexutil.Bytes{tx})
		b.hashes = append(b.hashes, crypto.Keccak256Hash([]byte{tx}))
	}
	return b
}

func receiptsFor(b *preview) (all []json.RawMessage) {
	for _, hash := range b.hashes {
		all = append(all, json.RawMessage(fmt.Sprintf(`{"transactionHash":"%s","status":"0x1"}`, hash)))
	}
	return all
}

func TestSequence_WireFormat(t *testing.T) {
	t.Parallel()
	s := sequence{id: 0x0123456789abcdee}
	var out strings.Builder
	for _, b := range []*preview{built(1, 5, "d"), built(1, 5, "dab"), built(2, 6, "e")} {
		m, _ := s.say(b, receiptsFor(b), true)
		text, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, '\n'))
	}
	golden.Equal(t, "testdata/stream.golden", out.String()) // gateway/chainrpc reads the same file
}

func TestSequence_Turns(t *testing.T) {
	t.Parallel()
	type try struct {
		parent byte
		txs    string
		final  bool
		want   turn
		says   string
	}
	for _, c := range []struct {
		name string
		all  []try
	}{
		{"a block grows and is made", []try{{1, "d", false, turnNew, "d"}, {1, "dab", false, turnMore, "ab"}, {1, "dab", false, turnNothing, ""}, {1, "dabc", true, turnMore, "c"}, {2, "e", false, turnNew, "e"}}},
		{"a build short of time takes nothing back", []try{{1, "dab", false, turnNew, "dab"}, {1, "da", false, turnNothing, ""}, {1, "dabc", true, turnMore, "c"}}},
		{"a block short of time does", []try{{1, "dab", false, turnNew, "dab"}, {1, "da", true, turnReset, "da"}}},
		{"another order", []try{{1, "dab", false, turnNew, "dab"}, {1, "dba", false, turnReset, "dba"}}},
		{"another parent before the block is made", []try{{1, "da", false, turnNew, "da"}, {3, "da", false, turnReset, "da"}}},
		{"another parent afterwards", []try{{1, "da", true, turnNew, "da"}, {3, "da", false, turnNew, "da"}}},
		{"a block that is made is made again", []try{{1, "da", true, turnNew, "da"}, {1, "d", false, turnNothing, ""}, {1, "da", true, turnNothing, ""}, {1, "x", true, turnReset, "x"}}},
	} {
		s := sequence{}
		for i, try := range c.all {
			b := built(try.parent, 5, try.txs)
			m, got := s.say(b, receiptsFor(b), try.final)
			said := ""
			if m != nil {
				for _, raw := range m.Diff.Transactions {
					said += string(raw)
				}
			}
			if got != try.want || said != try.says || m != nil && (m.Base != nil) != (got != turnMore) {
				t.Errorf("%s, %d: turn %d, said %q", c.name, i, got, said)
			}
		}
	}
}

// Whatever is built: what was said under an id is only added to, an index has one message, and in the end it is the block that was made.
func TestSequence_OnlyAddsToWhatItSaid(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 8))
		s := sequence{id: seed}
		told, seen := make(map[string][]byte), make(map[string]bool)
		var id string
		for range 30 {
			txs := []byte("dabcdef")[:1+rng.IntN(7)]
			if rng.IntN(6) == 0 {
				rng.Shuffle(len(txs), func(i, j int) { txs[i], txs[j] = txs[j], txs[i] })
			}
			b, final := built(byte(1+rng.IntN(2)), 5, string(txs)), rng.IntN(3) == 0
			m, _ := s.say(b, receiptsFor(b), final)
			if m != nil {
				key := fmt.Sprint(m.ID, m.Index)
				if seen[key] || m.Index == 0 && told[m.ID.String()] != nil {
					t.Fatalf("seed %d: %s is said twice", seed, key)
				}
				seen[key], id = true, m.ID.String()
				for _, raw := range m.Diff.Transactions {
					told[id] = append(told[id], raw...)
				}
			}
			if final && !slices.Equal(told[id], txs) {
				t.Fatalf("seed %d: %q was told of block %q", seed, told[id], txs)
			}
		}
	}
}
