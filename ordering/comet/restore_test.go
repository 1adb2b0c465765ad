package comet

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// loaded is a machine with the ledger after a tick of a member's log.
func (c *cluster) loaded(i int, tick uint64) *ordering.Machine {
	c.t.Helper()
	machine, err := ordering.New(c.genesis, VerifyExtension)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := machine.Load(tick, c.members[i].log.ledger(tick)); err != nil {
		c.t.Fatal(err)
	}
	return machine
}

// restore begins a member that was stopped anew from a snapshot of another one. It has nothing left but its keys and the
// record of its last signature.
func (c *cluster) restore(i, from int, tick uint64, snapshot []byte) {
	c.t.Helper()
	m, other := c.members[i], c.members[from]
	data := filepath.Join(m.cfg.Home, "data")
	for _, name := range append(Databases(c.members[i].cfg.DB), "cs.wal") {
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			c.t.Fatal(err)
		}
	}
	payload, err := Restore(m.cfg, c.genesis, c.loaded(from, tick), snapshot)
	if err != nil {
		c.t.Fatal(err)
	}
	ticks, at := other.log.upTo(tick)
	want := ticks[tick-1].Record
	decided, err := c.loaded(from, tick).Restored(payload, want.Attested)
	if err != nil {
		c.t.Fatal(err)
	}
	if !bytes.Equal(decided.Record.Encode(), want.Encode()) {
		c.t.Fatalf("record %v, want %v", decided.Record, want)
	}
	m.log.decided, m.log.at = ticks, at
}

// snapshot is what a member gives of a tick.
func (c *cluster) snapshot(i int, tick uint64) []byte {
	c.t.Helper()
	snapshot, err := c.members[i].node.Snapshot(tick)
	if err != nil {
		c.t.Fatal(err)
	}
	return snapshot
}

func TestCluster_ValidatorGoesOnFromASnapshot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(3)
	c.mustStop(3)
	tx := testTx(t, 901, 0)
	c.members[0].pool.submit(tx)
	tick := c.awaitOrdered(0, tx)
	c.awaitTick(0, tick+20)
	c.restore(3, 0, tick, c.snapshot(0, tick))
	c.restart(3)
	c.awaitTick(3, tick+20)
	// Without another one, nothing can be decided unless the restored validator votes.
	c.mustStop(0)
	c.awaitTick(3, c.members[0].log.head()+5)
	for _, i := range []int{1, 2, 3} {
		c.mustStop(i)
	}
	c.mustAgree()
}

// doubleVote is evidence that a member prevoted two blocks at a tick.
func (c *cluster) doubleVote(i int, tick uint64) *cmttypes.DuplicateVoteEvidence {
	c.t.Helper()
	engine := c.members[0].node.engine.Load()
	env, err := engine.ConfigureRPC()
	if err != nil {
		c.t.Fatal(err)
	}
	set, err := env.StateStore.LoadValidators(int64(tick))
	if err != nil {
		c.t.Fatal(err)
	}
	key, _, _, err := readConsensusKey(c.members[i].cfg.Home)
	if err != nil {
		c.t.Fatal(err)
	}
	index, _ := set.GetByAddress(c.address(i))
	var votes []*cmttypes.Vote
	for n := range byte(2) {
		hash := bytes.Repeat([]byte{n + 1}, 32)
		vote := &cmttypes.Vote{
			Type: cmtproto.PrevoteType, Height: int64(tick), Timestamp: time.Now(), ValidatorAddress: c.address(i), ValidatorIndex: index,
			BlockID: cmttypes.BlockID{Hash: hash, PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: hash}},
		}
		if vote.Signature, err = key.PrivKey.Sign(cmttypes.VoteSignBytes(c.genesis.ChainID(), vote.ToProto())); err != nil {
			c.t.Fatal(err)
		}
		votes = append(votes, vote)
	}
	evidence, err := cmttypes.NewDuplicateVoteEvidence(votes[0], votes[1], engine.BlockStore().LoadBlockMeta(int64(tick)).Header.Time, set)
	if err != nil {
		c.t.Fatal(err)
	}
	return evidence
}

// A validator that begins with a snapshot judges evidence of ticks before it as the others do, and goes on. What was decided before a
// snapshot is known after it. Five validators: four stay after the jail, so that one of them may be away.
func TestCluster_EvidenceFromBeforeASnapshotIsJudged(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 5, nil).start()
	c.awaitMesh()
	c.awaitAll(8)
	c.mustStop(3)
	tick := c.members[0].log.head() + 1
	c.awaitTick(0, tick+12)
	c.restore(3, 0, tick, c.snapshot(0, tick))
	c.restart(3)
	c.awaitTick(3, tick+12)

	evidence := c.doubleVote(villain, 5)
	if err := c.members[0].node.engine.Load().EvidencePool().AddEvidence(evidence); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 3} {
		c.awaitJail(i, 4)
	}

	c.mustStop(1)
	tick = c.members[0].log.head() + 3
	c.awaitTick(0, tick+12) // with the vote of the restored one: three of four
	c.restore(1, 0, tick, c.snapshot(0, tick))
	c.restart(1)
	c.awaitTick(1, c.members[0].log.head()+5)
	err := c.members[1].node.engine.Load().EvidencePool().CheckEvidence(cmttypes.EvidenceList{evidence})
	if err == nil || c.members[1].node.engine.Load().EvidencePool().AddEvidence(c.doubleVote(villain, 6)) != nil {
		t.Errorf("evidence that was decided is %v, another one is refused", err)
	}
	for i := range c.members {
		c.mustStop(i)
	}
	c.mustAgree()
}

func TestRestore_RefusesForgeries(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(20)
	const tick = 8
	var good snapshotRLP
	encoded, err := c.members[0].node.Snapshot(tick)
	if err == nil {
		err = core.Decode(encSnapshot, encoded, &good)
	}
	if err != nil {
		t.Fatal(err)
	}
	other := func(at uint64) snapshotRLP {
		var s snapshotRLP
		encoded, err := c.members[0].node.Snapshot(at)
		if err == nil {
			err = core.Decode(encSnapshot, encoded, &s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	next := other(tick + 1)
	decided, err := encodedEvidence(cmttypes.EvidenceList{c.doubleVote(1, tick-2)})
	if err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(*snapshotRLP){
		"block of another tick":    func(s *snapshotRLP) { s.Block = next.Block },
		"commit of another tick":   func(s *snapshotRLP) { s.Commit = next.Commit },
		"headers of another tick":  func(s *snapshotRLP) { s.Headers = next.Headers },
		"no headers":               func(s *snapshotRLP) { s.Headers = nil },
		"a gap in the headers":     func(s *snapshotRLP) { s.Headers = append(s.Headers[:1:1], s.Headers[2:]...) },
		"turns of another tick":    func(s *snapshotRLP) { s.Validators = next.Validators },
		"one set too few":          func(s *snapshotRLP) { s.Validators = s.Validators[:2] },
		"other block size":         func(s *snapshotRLP) { s.MaxBytes++ },
		"a byte of the block":      func(s *snapshotRLP) { s.Block = damaged(s.Block, len(s.Block)/2) },
		"a byte of the commit":     func(s *snapshotRLP) { s.Commit = damaged(s.Commit, len(s.Commit)-5) },
		"a byte of the validators": func(s *snapshotRLP) { s.Validators[0] = damaged(s.Validators[0], 12) },
		"a first header that nobody signed": func(s *snapshotRLP) {
			s.Headers = [][]byte{unsigned(t, s.Headers[0])}
		},
		"no window":                   func(s *snapshotRLP) { s.Window = windowRLP{} },
		"a window that ends early":    func(s *snapshotRLP) { s.Window.Headers = s.Window.Headers[:len(s.Window.Headers)-1] },
		"a gap in the window":         func(s *snapshotRLP) { s.Window.Headers = append(s.Window.Headers[:1:1], s.Window.Headers[2:]...) },
		"a window without validators": func(s *snapshotRLP) { s.Window.Sets = nil },
		"evidence of no block":        func(s *snapshotRLP) { s.Window.Decided = [][]byte{decided} },
		"a byte of the window": func(s *snapshotRLP) {
			s.Window.Headers = append([][]byte{damaged(s.Window.Headers[0], 60)}, s.Window.Headers[1:]...)
		},
		"a byte of the first header": func(s *snapshotRLP) { s.Headers[0] = damaged(s.Headers[0], len(s.Headers[0])/2) },
	} {
		s := good
		s.Validators = append([][]byte(nil), good.Validators...)
		s.Headers = append([][]byte(nil), good.Headers...)
		forge(&s)
		dir := filepath.Join(t.TempDir(), "home")
		if _, err := Restore(Config{Home: dir, DB: GoLevelDB}, c.genesis, c.loaded(0, tick), core.Encode(encSnapshot, &s)); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
	if _, err := Restore(Config{Home: t.TempDir(), DB: GoLevelDB}, c.genesis, c.loaded(0, tick+1), encoded); !errors.Is(err, ErrSnapshot) {
		t.Errorf("ledger of another tick: %v", err)
	}
	if _, err := Restore(Config{Home: t.TempDir(), DB: GoLevelDB}, c.genesis, c.loaded(0, tick), encoded); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// unsigned is a header that names other validators and other results, under a commit that was moved to it.
func unsigned(t *testing.T, encoded []byte) []byte {
	t.Helper()
	var signed cmtproto.SignedHeader
	if err := signed.Unmarshal(encoded); err != nil {
		t.Fatal(err)
	}
	signed.Header.ValidatorsHash, signed.Header.LastResultsHash = bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	header, err := cmttypes.HeaderFromProto(signed.Header)
	if err != nil {
		t.Fatal(err)
	}
	signed.Commit.BlockID.Hash = header.Hash()
	forged, err := signed.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return forged
}

func damaged(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x10
	return b
}
