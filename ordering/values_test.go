package ordering

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

// The values that no test network holds filled, or that other programs read: exact bytes.
func TestValues_Golden(t *testing.T) {
	t.Parallel()
	h := func(b byte) string { return "a0" + hex.EncodeToString(common.Hash{b}.Bytes()) }
	address := hex.EncodeToString(make([]byte, 20))
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"protocol", protocolValue{1, 1}, "0150c20101"},
		{"tick", tickValue{256, 128}, "0150c58201008180"},
		{"lane", laneValue{NextSeq: 2, Head: common.Hash{9}, Tick: 3}, "0150e302" + h(9) + "03"},
		{"attested", attestedValue{7, common.Hash{9}}, "0150e207" + h(9)},
		{"bucket", bucketValue{1000, 5}, "0150c48203e805"},
		{"results", resultsValue{5, []common.Hash{{1}, {2}}}, "0150f84505f842" + h(1) + h(2)},
		{"zone", zoneValue{[]uint64{1, 200}, 0}, "0150c4c30181c8"},
		{"zone that was formed", zoneValue{[]uint64{1, 200}, 7}, "0150c5c30181c807"},
		{"rollup of the genesis", rollupValue{Kind: 1, Zone: 1, SystemContracts: common.Hash{2}}, "0150f8380194" + address + "01" + h(2)},
		{"rollup that joined its zone", rollupValue{Kind: 1, Zone: 1, SystemContracts: common.Hash{2}, Name: "c", Since: 9, Genesis: common.Hash{3}},
			"0150f85c0194" + address + "01" + h(2) + "630980" + h(3)},
		{"rollup that joined its zone and left it", rollupValue{Kind: 1, Zone: 1, SystemContracts: common.Hash{2}, Name: "c", Since: 9, Retired: 12, Genesis: common.Hash{3}},
			"0150f85c0194" + address + "01" + h(2) + "63090c" + h(3)},
		{"control", controlValue{3, []uint64{2, 3}}, "0150c403c20203"},
		{"change", changeValue{[]byte{2, 1}, 9, 7, 0, false, 0}, "0150c782020109078080"},
		{"change that was given up", changeValue{[]byte{2, 1}, 9, 7, 8, false, 4}, "0150c88202010907088004"},
		{"validator of the genesis", validatorValue{ConsensusKey: []byte{1}, Power: 2}, "0150d90194" + hex.EncodeToString(make([]byte, 20)) + "028080"},
		{"validator with a power to come", validatorValue{ConsensusKey: []byte{1}, Power: 2, Since: 9, Before: 3},
			"0150db0194" + hex.EncodeToString(make([]byte, 20)) + "0280800903"},
		{"checkpoint", checkpointValue{4, common.Hash{1}, []checkpointVote{{common.Address{2}, []byte{3, 4}}}},
			"0150f83c04" + h(1) + "d9d894" + hex.EncodeToString(common.Address{2}.Bytes()) + "820304"},
		{"complete", completeValue{4, common.Hash{1}, signersValue{{Address: common.Address{2}, Power: 5}}},
			"0150f83a04" + h(1) + "d7d694" + hex.EncodeToString(common.Address{2}.Bytes()) + "05"},
		{"signers", signersValue{{Address: common.Address{2}, Power: 5}}, "0150d7d694" + hex.EncodeToString(common.Address{2}.Bytes()) + "05"},
	} {
		if got := hex.EncodeToString(encodeValue(test.value)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestKeys_Golden(t *testing.T) {
	t.Parallel()
	address := [20]byte{0xaa, 19: 0xbb}
	const addressHex = "aa000000000000000000000000000000000000bb"
	for _, test := range []struct {
		name string
		key  []byte
		want string
	}{
		{"network", networkKey(), "01"},
		{"params", paramsKey(), "02"},
		{"protocol", protocolKey(), "03"},
		{"tick", tickKey(), "04"},
		{"control", controlKey(), "05"},
		{"change", changeKey(7), "060000000000000007"},
		{"validator", validatorKey(address), "10" + addressHex},
		{"rollup", rollupKey(901), "200000000000000385"},
		{"lane", laneKey(901), "210000000000000385"},
		{"single bucket", singleBucketKey(901), "220000000000000385"},
		{"zone", zoneKey(1), "300000000000000001"},
		{"attested", attestedKey(1), "310000000000000001"},
		{"bundle bucket", bundleBucketKey(1), "320000000000000001"},
		{"results", resultsKey(1, address), "330000000000000001" + addressHex},
		{"checkpoint", checkpointKey(), "40"},
		{"complete", completeKey(), "41"},
		{"next signers", nextSignersKey(), "42"},
	} {
		if got := hex.EncodeToString(test.key); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestBucket(t *testing.T) {
	t.Parallel()
	b := bucketValue{}.fill(1000, 10, 500)
	for _, test := range []struct {
		name      string
		at, level uint64
	}{
		{"at once", 1000, 500}, {"before", 900, 500}, {"one ms later", 1001, 490}, {"just empty", 1050, 0}, {"long after", math.MaxUint64, 0},
	} {
		if got := b.at(test.at, 10); got != test.level {
			t.Errorf("%s: level %d, want %d", test.name, got, test.level)
		}
	}
	if got := b.at(1002, 1<<63); got != 0 {
		t.Errorf("drained by more than 2^64: %d", got)
	}
	if got := b.fill(1010, 10, 100); got != (bucketValue{500, 1010}) {
		t.Errorf("filled again: %+v", got)
	}
	if got := b.fill(1000, 10, math.MaxUint64); got.Level != math.MaxUint64 {
		t.Errorf("saturated: %+v", got)
	}
	if got := b.left(1000, 10, 400); got != 0 {
		t.Errorf("left above capacity: %d", got)
	}
	// Draining in two steps gives the same as in one, so a bucket need not be written every tick.
	for _, when := range []uint64{1001, 1030, 1049, 1050, 1060} {
		if two, one := b.fill(when, 10, 0).fill(1070, 10, 7), b.fill(1070, 10, 7); two != one {
			t.Errorf("in two steps by %d: %+v, in one %+v", when, two, one)
		}
	}
}

func TestBlockSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint64]uint64{0: 2, 1: 3, 127: 129, 128: 131, 16383: 16386, 16384: 16388, 1 << 20: 1<<20 + 4} {
		if got := blockSize(n); got != want {
			t.Errorf("%d bytes: %d, want %d", n, got, want)
		}
	}
}
