package comet

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

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

func TestCluster_ValidatorGoesOnFromASnapshot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(3)
	c.mustStop(3)
	tx := testTx(t, 901, 0)
	c.members[0].pool.submit(tx)
	tick := c.awaitOrdered(0, tx)
	c.awaitTick(0, tick+20)
	snapshot, err := c.members[0].node.Snapshot(tick)
	if err != nil {
		t.Fatal(err)
	}

	// The validator loses everything but its keys and the record of its last signature.
	data := filepath.Join(c.members[3].cfg.Home, "data")
	for _, name := range []string{"state.db", "blockstore.db", "cs.wal", "evidence.db"} {
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
	}
	payload, err := Restore(c.members[3].cfg, c.genesis, c.loaded(0, tick), snapshot)
	if err != nil {
		t.Fatal(err)
	}
	decided, err := c.loaded(0, tick).Restored(payload, c.members[0].log.all()[tick-1].Record.Attested)
	if err != nil {
		t.Fatal(err)
	}
	if want := c.members[0].log.all()[tick-1].Record; !bytes.Equal(decided.Record.Encode(), want.Encode()) {
		t.Fatalf("record %v, want %v", decided.Record, want)
	}
	c.members[3].log.decided = c.members[0].log.all()[:tick]
	c.members[3].log.at = c.members[0].log.at[:tick:tick]

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
