package comet

import (
	"bytes"
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtmempool "github.com/cometbft/cometbft/proto/tendermint/mempool"

	"github.com/lockstep-network/lockstep/core"
)

// flood broadcasts gossip batches from a member as fast as its peers take them, until stop, which first waits until there are so many
// that it is a flood.
func (c *cluster) flood(i int, batch func(n int) []byte) (stop func() (sent int)) {
	const many = 100
	ctx, cancel := context.WithCancel(c.t.Context())
	var done sync.WaitGroup
	sent, flooded := 0, make(chan struct{})
	sw := c.members[i].node.engine.Load().Switch()
	done.Go(func() {
		for ctx.Err() == nil {
			message := &cmtmempool.Txs{Txs: [][]byte{batch(sent)}}
			for _, peer := range sw.Peers().Copy() {
				peer.Send(cmtp2p.Envelope{ChannelID: 0x30, Message: message}) // the engine's mempool channel; waits while it is full
			}
			if sent++; sent == many {
				close(flooded)
			}
		}
	})
	return func() int {
		select {
		case <-flooded:
		case <-time.After(patience):
			c.t.Error("the peers take too little for a flood")
		}
		cancel()
		done.Wait()
		return sent
	}
}

// A peer floods the others with gossip that is garbage, or well-formed and of no use: ticks and honest entries go on,
// and memory is bounded by what the pool keeps.
func TestHostile_GossipFloods(t *testing.T) {
	for _, test := range []struct {
		name    string
		garbage bool
		batch   func(n int) []byte
	}{
		{"gossip flood of garbage", true, func(n int) []byte { return append(core.U64(uint64(n)), make([]byte, 4<<10)...) }},
		{"gossip flood of oversized batches", true, func(n int) []byte { return append(core.U64(uint64(n)), make([]byte, 400<<10)...) }},
		{"gossip flood of well-formed spam", false, func(n int) []byte {
			return core.GossipBatch{Txs: []core.GossipTx{{Rollup: 901, Raw: bytes.Repeat(core.U64(uint64(n)), 512)}}}.Encode()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster(t, 4, nil).start()
			c.awaitMesh()
			c.awaitAll(3)
			before := heap()
			from, began := c.members[0].log.head(), time.Now()
			stop := c.flood(villain, test.batch)
			for nonce := range uint64(5) {
				tx := testTx(t, 901, nonce)
				c.members[0].pool.submit(tx)
				c.awaitOrdered(1, tx)
			}
			c.awaitTick(0, from+15)
			sent := stop()
			t.Logf("%d batches in %s, heap %d → %d MiB", sent, time.Since(began).Round(time.Millisecond), before>>20, heap()>>20)
			c.hiccup(test.name, from)
			c.awaitHeard(0, "the flood", func(e *ears) bool { return e.misdeeds(ReasonGossip) > 0 })
			if grown := int64(heap()) - int64(before); grown > 256<<20 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
			c.mustGoOn(testTx(t, 902, 0))
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Strangers open many connections to a validator's peer port and hold them: some say nothing, some begin a handshake and
// send a byte now and then. The validators' own connections stay, and one that restarts gets its connections back.
func TestHostile_SlowLorisPeers(t *testing.T) {
	c := newCluster(t, 4, nil).start()
	c.awaitMesh()
	from := c.members[0].log.head()
	const held = 200
	var conns []net.Conn
	defer func() {
		for _, conn := range conns {
			if err := conn.Close(); err != nil {
				t.Log(err)
			}
		}
	}()
	for k := range held {
		_, target, _ := strings.Cut(c.members[k%4].node.P2PAddr(), "@")
		conn, err := net.Dial("tcp", target)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		if k%2 == 0 {
			if _, err := conn.Write([]byte{0x22}); err != nil { // the first byte of a handshake
				t.Fatal(err)
			}
		}
	}
	c.awaitTick(0, from+20)
	c.mustStop(3)
	c.restart(3)
	c.awaitTick(3, c.members[0].log.head()+5)
	c.hiccup("slow-loris peers, and a restart beside them", from)
	c.mustGoOn(testTx(t, 902, 0))
}
