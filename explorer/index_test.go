package explorer

import (
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// catchUp lets the index read everything that there is, and forget what the log forgot.
func catchUp(t *testing.T, x *Explorer) {
	t.Helper()
	if err := x.index.catchUp(t.Context(), &x.deps); err != nil {
		t.Fatal(err)
	}
	if err := x.index.prune(t.Context(), x.deps.Log.Oldest()); err != nil {
		t.Fatal(err)
	}
}

// ticksOf are the ticks of an account's rows, newest first.
func ticksOf(t *testing.T, x *Explorer, address common.Address) []uint64 {
	t.Helper()
	rows, _, err := x.index.of(address, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	ticks := []uint64{}
	for _, r := range rows {
		ticks = append(ticks, r.tick)
	}
	return ticks
}

func wantTicks(t *testing.T, x *Explorer, address common.Address, want ...uint64) {
	t.Helper()
	got := ticksOf(t, x, address)
	if len(got) != len(want) {
		t.Fatalf("ticks of %s: %v, want %v", address, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("ticks of %s: %v, want %v", address, got, want)
		}
	}
}

var alice, bob = testAddress(1), common.Address{19: 0xbb}

func TestIndex_HoldsOnlyWhatIsAttested(t *testing.T) {
	n := newNetwork()
	x := n.open(t, filepath.Join(t.TempDir(), "x"), nil)
	n.order(nil, testTx(rollupA, 0, bob))
	n.decide(1, core.Included, false) // a result that will turn out to be wrong
	tx := n.ticks[0].Sections[0].Txs[0].Hash()
	n.receipts[tx] = &gethtypes.Receipt{Logs: []*gethtypes.Log{transferLog(alice, bob)}}
	catchUp(t, x)
	wantTicks(t, x, bob)
	n.decide(1, core.VoidNonceTooHigh, true) // the zone went back and did it again
	catchUp(t, x)
	wantTicks(t, x, bob, 1) // the transaction, and no transfer
	rows, err := x.laneRows(rollupA, 0, 1)
	if err != nil || *rows[0].Outcome != core.VoidNonceTooHigh {
		t.Errorf("%+v, %v", rows, err)
	}
}

func transferLog(from, to common.Address) *gethtypes.Log {
	return &gethtypes.Log{
		Address: common.Address{1}, Topics: []common.Hash{transferTopic, common.BytesToHash(from[:]), common.BytesToHash(to[:])},
		Data: common.LeftPadBytes([]byte{9}, 32),
	}
}

func TestIndex_FindsTransfersOfTokens(t *testing.T) {
	n := newNetwork()
	x := n.open(t, filepath.Join(t.TempDir(), "x"), nil)
	carol, contract := common.Address{19: 0xcc}, common.Address{19: 0xdd}
	n.order(nil, testTx(rollupB, 0, contract))
	n.decide(1, core.Included, true)
	n.executed = 0 // as after a restart: the result is known, the receipt is not there again
	catchUp(t, x)
	wantTicks(t, x, carol)
	wantTicks(t, x, contract)
	n.executed = 1
	nft := transferLog(carol, bob)
	nft.Topics, nft.Data = append(nft.Topics, common.Hash{31: 4}), nil
	n.receipts[n.ticks[0].Sections[0].Txs[0].Hash()] = &gethtypes.Receipt{Logs: []*gethtypes.Log{{}, transferLog(alice, carol), nft}}
	catchUp(t, x)
	wantTicks(t, x, carol, 1, 1)
	rows, _, err := x.index.of(carol, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0].transfer; !r.nft || r.value.Cmp(big.NewInt(4)) != 0 || r.from != carol || r.to != bob {
		t.Errorf("%+v", r)
	}
	if r := rows[1].transfer; r.nft || r.value.Cmp(big.NewInt(9)) != 0 || r.from != alice || r.to != carol || r.token != (common.Address{1}) {
		t.Errorf("%+v", r)
	}
}

func TestIndex_GoesOnAfterARestart(t *testing.T) {
	n, dir := newNetwork(), filepath.Join(t.TempDir(), "x")
	x := n.open(t, dir, nil)
	for nonce := range uint64(3) {
		n.decide(n.order(nil, testTx(rollupA, nonce, bob)), core.Included, true)
	}
	catchUp(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	n.decide(n.order(nil, testTx(rollupA, 3, bob)), core.Included, true)
	x = n.open(t, dir, nil)
	wantTicks(t, x, bob, 3, 2, 1)
	catchUp(t, x)
	wantTicks(t, x, bob, 4, 3, 2, 1)
	if x.index.rows != 8 {
		t.Errorf("%d rows, want a sender's and a receiver's for each of four", x.index.rows)
	}
}

func TestIndex_IsMadeAnewWhenDamagedOrOfAnotherNetwork(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, n *network, dir string){
		"damaged": func(t *testing.T, _ *network, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "MANIFEST-*"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			for _, f := range files {
				if err := os.WriteFile(f, []byte("damage"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		},
		"other network": func(_ *testing.T, n *network, _ string) { n.genesis.Name = "other" },
	} {
		t.Run(name, func(t *testing.T) {
			n, dir := newNetwork(), filepath.Join(t.TempDir(), "x")
			x := n.open(t, dir, nil)
			n.decide(n.order(nil, testTx(rollupA, 0, bob)), core.Included, true)
			catchUp(t, x)
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			spoil(t, n, dir)
			x = n.open(t, dir, nil)
			wantTicks(t, x, bob)
			catchUp(t, x)
			wantTicks(t, x, bob, 1)
		})
	}
}

func TestIndex_ForgetsWithTheLogAndAboveItsBound(t *testing.T) {
	n, dir := newNetwork(), filepath.Join(t.TempDir(), "x")
	x := n.open(t, dir, func(c *Config) { c.MaxRows = 1000 })
	for nonce := range uint64(20) {
		n.decide(n.order(nil, testTx(rollupA, nonce, bob)), core.Included, true)
	}
	catchUp(t, x)
	n.oldest = 18
	catchUp(t, x)
	wantTicks(t, x, bob, 20, 19, 18)
	if x.index.rows != 6 || x.index.since(n.oldest) != 18 {
		t.Errorf("%d rows since %d", x.index.rows, x.index.since(n.oldest))
	}
	x.index.maxRows = 3 // two rows a tick: a tick goes as a whole
	catchUp(t, x)
	wantTicks(t, x, bob, 20)
	if x.index.since(n.oldest) != 20 {
		t.Errorf("since %d", x.index.since(n.oldest))
	}
	// A new index begins where the log does.
	fresh := n.open(t, filepath.Join(t.TempDir(), "y"), nil)
	catchUp(t, fresh)
	wantTicks(t, fresh, bob, 20, 19, 18)
}

func TestIndex_PagesJoinWithoutGap(t *testing.T) {
	n := newNetwork()
	x := n.open(t, filepath.Join(t.TempDir(), "x"), nil)
	for nonce := range uint64(7) {
		n.decide(n.order(nil, testTx(rollupA, nonce, bob), testTx(rollupB, nonce, bob)), core.Included, true)
	}
	catchUp(t, x)
	var got []indexRow
	for before := ""; ; {
		rows, next, err := x.index.of(bob, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, rows...); next == "" {
			break
		}
		before = next
	}
	if len(got) != 14 {
		t.Fatalf("%d rows, want 14", len(got))
	}
	for i, r := range got {
		if want := uint64(7 - i/2); r.tick != want {
			t.Errorf("row %d is of tick %d, want %d", i, r.tick, want)
		}
	}
}
