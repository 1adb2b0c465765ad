package recovery

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/snapshot"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// TestJoin_BySnapshotWhileOthersOrder: a validator that is too far behind to take tick by tick comes back by a snapshot over
// the wire, and so does a new follower. The network goes on meanwhile; afterwards all agree, and the validator's vote is
// needed again.
func TestJoin_BySnapshotWhileOthersOrder(t *testing.T) {
	n := newNetwork(t, func(c *child) { c.SnapshotEvery, c.Behind = 2, 20 })
	n.startAll()
	l := n.startLoad()
	l.await(10)
	late := n.members[3]
	late.kill()
	left := n.members[0].state().Head
	n.members[0].await("ticks and a snapshot", func(s state) bool { return s.Head > left+60 && n.hasSnapshot(left) })
	n.joinBoth(late, left)
	l.await(5)
	l.end()
}

// TestJoin_WhenPeersHavePruned: the same, of a validator for which no peer has blocks any more.
func TestJoin_WhenPeersHavePruned(t *testing.T) {
	if !*long {
		t.Skip("two minutes of ticks: part of make test-recovery-long")
	}
	const retain = 1000
	n := newNetwork(t, func(c *child) {
		c.Retain, c.RetainBlocks, c.Idle, c.SnapshotEvery = retain, retain, time.Millisecond, 3
	})
	n.startAll()
	l := n.startLoad()
	l.await(10)
	late := n.members[3]
	late.kill()
	left := n.members[0].state().Head
	l.await(5)
	l.end() // a network without load makes ticks faster
	for _, m := range n.except(3) {
		m.await("pruning", func(s state) bool { return s.Oldest > left+1 && s.Head > left+retain+300 })
	}
	l = n.startLoad()
	l.await(3)
	n.joinBoth(late, left)
	l.end()
}

// hasSnapshot tells whether validator 0 has a snapshot of a tick after this one.
func (n *network) hasSnapshot(after uint64) bool {
	names, err := filepath.Glob(filepath.Join(n.members[0].Home, "snapshots", "*", "manifest.json"))
	return err == nil && slices.ContainsFunc(names, func(name string) bool {
		tick, err := strconv.ParseUint(filepath.Base(filepath.Dir(name)), 10, 64)
		return err == nil && tick > after
	})
}

// joinBoth lets a validator that was away from a tick on, and a new follower, join by snapshots.
func (n *network) joinBoth(late *member, left uint64) {
	n.t.Helper()
	late.JoinFrom = []string{"http://" + n.members[0].RPC, "http://" + n.members[1].RPC}
	first := n.join(late)
	if oldest := late.state().Oldest; oldest <= left+1 {
		n.t.Errorf("the validator's log begins at tick %d, it was away from tick %d on", oldest, left+1)
	}
	liar := n.liar(late.JoinFrom[0])
	follower := n.follower(append([]string{liar}, late.JoinFrom...))
	first = max(first, n.join(follower))
	if said := follower.stderr.String(); !strings.Contains(said, "snapshot of a peer is not used") || !strings.Contains(said, "peer="+liar) {
		n.t.Errorf("the follower says nothing of the peer that lies:\n%s", said)
	}
	n.agreeWith(first, follower)
	if after := n.members[0].state().Head; after <= first {
		n.t.Errorf("the network stands at tick %d", after)
	}
	// The validator votes and attests again: with another one away, nothing can be decided without it.
	n.members[2].kill()
	late.awaitTick(late.state().Head + 5)
	follower.awaitTick(late.state().Head)
	n.members[2].start()
}

var joined = regexp.MustCompile(`joined by a snapshot.*`)

// join starts a member, waits until it is with the others, and gives the tick that it reached.
func (n *network) join(m *member) uint64 {
	n.t.Helper()
	begun, head := time.Now(), n.members[0].state().Head
	m.start()
	m.awaitTick(head + 1)
	line := joined.FindString(m.stderr.String())
	if line == "" {
		n.t.Errorf("node %d did not join by a snapshot:\n%s", m.Index, m.stderr)
	}
	at := n.members[0].state().Head
	m.awaitTick(at)
	n.t.Logf("node %d is at the head after %s: %s", m.Index, time.Since(begun).Round(time.Millisecond), line)
	return at
}

// liar is a peer with the snapshots of another one and a changed byte in each: the manifest fits, so that only verifying finds it.
func (n *network) liar(door string) string {
	n.t.Helper()
	var mu sync.Mutex
	forged := make(map[common.Hash][]byte)
	get := func(path string) []byte {
		response, err := http.Get(door + path)
		if err != nil {
			return nil
		}
		defer response.Body.Close()
		b, _ := io.ReadAll(response.Body)
		return b
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if b, ok := forged[common.HexToHash(path.Base(r.URL.Path))]; ok {
			_, _ = w.Write(b)
			return
		}
		b := get(r.URL.Path)
		var m snapshot.Manifest
		if path.Base(r.URL.Path) != "manifest" || json.Unmarshal(b, &m) != nil {
			_, _ = w.Write(b)
			return
		}
		head := &m.Parts[0].Chunks[0]
		lie := get(path.Dir(r.URL.Path) + "/chunk/" + head.Hex())
		lie[len(lie)/2] ^= 1
		*head = sha256.Sum256(lie)
		forged[*head] = lie
		b, _ = json.Marshal(m)
		_, _ = w.Write(b)
	}))
	n.t.Cleanup(server.Close)
	return server.URL
}

// follower makes a member that has no keys but its node's.
func (n *network) follower(doors []string) *member {
	n.t.Helper()
	m := &member{t: n.t, child: n.members[0].child}
	m.Index, m.Follow, m.JoinFrom = validators, true, doors
	m.Home = filepath.Join(n.dir, "follower")
	n.identify(m)
	addresses := freePorts(n.t, 3)
	m.Listen, m.State, m.RPC = addresses[0], addresses[1], addresses[2]
	self := n.members[1].Peers[0] // validator 0
	m.Peers = append([]string{self}, n.members[0].Peers...)
	n.t.Cleanup(m.kill)
	return m
}

// agreeWith checks that all members and one more have the same ticks and results from a tick on.
func (n *network) agreeWith(from uint64, more *member) {
	n.t.Helper()
	to := n.members[0].state().Head
	for _, m := range append(n.except(0), more) {
		m.awaitTick(to)
	}
	want := mustAsk[facts](n.members[0], "/facts", span{from, to})
	for _, m := range append(n.except(0), more) {
		got := mustAsk[facts](m, "/facts", span{from, to})
		if got.Log != want.Log || got.Digest != want.Digest {
			n.t.Errorf("node %d: ticks %d to %d are %s with result %s, want %s with %s", m.Index, from, to, got.Log, got.Digest, want.Log, want.Digest)
		}
		compared := 0
		for tick, hash := range got.AppHash {
			if other, known := want.AppHash[tick]; known {
				compared++
				if other != hash {
					n.t.Errorf("node %d: AppHash of tick %d is %s, want %s", m.Index, tick, hash, other)
				}
			}
		}
		if compared == 0 {
			n.t.Errorf("node %d: no AppHash to compare", m.Index)
		}
	}
}

// identify makes the key by which a member's node is known to its peers.
func (n *network) identify(m *member) {
	n.t.Helper()
	if _, err := comet.GenerateNodeKey(node.OrderingDir(m.Home)); err != nil {
		n.t.Fatal(err)
	}
}
