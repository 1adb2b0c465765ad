package zone

import (
	"encoding/hex"
	"reflect"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

func TestKeys_Golden(t *testing.T) {
	id := common.Hash{31: 0xaa}
	for _, c := range []struct {
		name string
		key  []byte
		want string
	}{
		{"owner", keyOwner, "6d"},
		{"fate", fateKey(901, 7), "66" + "0000000000000385" + "0000000000000007"},
		{"bundle", bundleKey(id, 9), "62" + "00000000000000000000000000000000000000000000000000000000000000aa" + "0000000000000009"},
		{"seal", sealKey(258), "73" + "0000000000000102"},
		{"digest", digestKey(digestWindow + 3), "64" + "0000000000000003"},
		{"result", resultKey(258), "72" + "0000000000000102"},
		{"behind all of a rollup's fates", after(fateKey(901, 0)[:9]), "66" + "0000000000000386"},
		{"behind a prefix that ends in 0xff", after([]byte{'f', 0xff}), "67"},
	} {
		if got := hex.EncodeToString(c.key); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

var (
	goldenFate = Fate{
		Outcome: core.Outcome{
			Rollup: 901, Seq: 7, TxHash: common.Hash{0: 1}, Code: core.VoidOtherLeg, Bundle: common.Hash{0: 2}, ReceiptHash: common.Hash{0: 3},
		},
		Tick: 300, Block: 4, Index: 5, Reverted: true, GasUsed: 21000, FailingLeg: 1, Detail: "why",
	}
	goldenPlace = BundlePlace{ID: common.Hash{0: 2}, Tick: 300, Atomicity: core.AtomicExecution, Legs: []LegPlace{{0, 901, 7}, {1, 902, 0}}}
	goldenSeal  = SealRecord{
		Slot: 1_800_000_000, NextTick: 301, Digest: common.Hash{0: 4},
		Rollups: []RollupSeal{{Rollup: 901, Number: 4, Hash: common.Hash{0: 5}, NextSeq: 8, FirstUnapplied: 6}},
	}
)

// leavingSeal is goldenSeal of a rollup that is retired and has still something to apply.
var leavingSeal = func() SealRecord {
	seal := goldenSeal
	seal.Rollups = slices.Clone(seal.Rollups)
	seal.Rollups[0].Leaving = true
	return seal
}()

var goldenResult = resultRow{
	Before: common.Hash{0: 7}, Root: common.Hash{0: 8},
	Rollups: []rollupDecisions{{
		Result: core.RollupResult{
			Rollup: 901, NextSeq: 9, FirstUnapplied: 8,
			OutcomesRoot: common.Hash{0: 9}, ReceiptsRoot: common.Hash{0: 10}, LastSealed: common.Hash{0: 11},
		},
		Decided: []seqRun{{6, 2}, {8, 1}},
	}},
}

const zeros31 = "00000000000000000000000000000000000000000000000000000000000000"

func TestValues_Golden(t *testing.T) {
	for _, c := range []struct {
		name  string
		value []byte
		want  string
	}{
		{"fate", encodeFate(goldenFate), "0160" + "f872" + "a001" + zeros31 + "22" + "a002" + zeros31 + "a003" + zeros31 +
			"82012c" + "04" + "05" + "01" + "825208" + "02" + "83776879"},
		{"bundle", encodeBundle(goldenPlace), "0163" + "ce" + "01" + "cc" + "c5" + "80" + "820385" + "07" + "c5" + "01" + "820386" + "80"},
		{"seal", encodeSeal(goldenSeal), "0161" + "f852" + "846b49d200" + "82012d" + "a004" + zeros31 + "e8" + "e7" + "820385" + "04" + "a005" + zeros31 + "08" + "06"},
		{"seal of a rollup that leaves", encodeSeal(leavingSeal), "0161" + "f853" + "846b49d200" + "82012d" + "a004" + zeros31 + "e9" + "e8" + "820385" + "04" + "a005" + zeros31 + "08" + "06" + "01"},
		{"digest", core.Encode(encDigest, &digestRLP{300, common.Hash{0: 6}}), "0164" + "e4" + "82012c" + "a006" + zeros31},
		{"result", core.Encode(encResult, &goldenResult), "0165" + "f8b7" + "a007" + zeros31 + "a008" + zeros31 + "f873" + "f871" +
			"f868" + "820385" + "09" + "08" + "a009" + zeros31 + "a00a" + zeros31 + "a00b" + zeros31 + "c6" + "c20602" + "c20801"},
		{"owner", core.Encode(encOwner, &ownerRLP{common.Hash{0: 7}, 1}), "0162" + "e2" + "a007" + zeros31 + "01"},
	} {
		if got := hex.EncodeToString(c.value); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestValues_RoundTrip(t *testing.T) {
	if got, err := decodeFate(901, 7, encodeFate(goldenFate)); err != nil || got != goldenFate {
		t.Errorf("fate: %+v, %v", got, err)
	}
	none := goldenFate
	none.FailingLeg = NoLeg
	if got, err := decodeFate(901, 7, encodeFate(none)); err != nil || got != none {
		t.Errorf("fate without a failing leg: %+v, %v", got, err)
	}
	if got, err := decodeBundle(goldenPlace.ID, 300, encodeBundle(goldenPlace)); err != nil || !reflect.DeepEqual(got, goldenPlace) {
		t.Errorf("bundle: %+v, %v", got, err)
	}
	if got, err := decodeSeal(encodeSeal(leavingSeal)); err != nil || !reflect.DeepEqual(got, leavingSeal) {
		t.Errorf("seal of a rollup that leaves: %+v, %v", got, err)
	}
	if got, err := decodeSeal(encodeSeal(goldenSeal)); err != nil || !reflect.DeepEqual(got, goldenSeal) {
		t.Errorf("seal: %+v, %v", got, err)
	}
}

func TestRing_KeepsTheNewestDigests(t *testing.T) {
	var r ring
	r.reset(5)
	for tick := uint64(5); tick < digestWindow+10; tick++ {
		r.put(common.BigToHash(common.Big1))
	}
	if _, ok := r.get(9); ok {
		t.Error("a digest out of the window is given")
	}
	if _, ok := r.get(digestWindow + 10); ok {
		t.Error("the digest of a tick to come is given")
	}
	if n := len(r.list(10, digestWindow)); n != digestWindow {
		t.Errorf("%d digests, want %d", n, digestWindow)
	}
	if n := len(r.list(digestWindow+8, 64)); n != 2 {
		t.Errorf("%d digests at the end, want 2", n)
	}
}
