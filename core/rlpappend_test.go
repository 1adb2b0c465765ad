package core

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/rlp"
)

// What is written at once is what package rlp writes.
func TestRLPAppend_IsThatOfPackageRLP(t *testing.T) {
	same := func(what string, got []byte, v any) {
		t.Helper()
		want, err := rlp.EncodeToBytes(v)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d (%v)", what, len(got), len(want), err)
		}
	}
	for _, size := range []int{0, 1, 2, 55, 56, 255, 256, 1<<16 - 1, 1 << 16, 1 << 24} {
		for _, first := range []byte{0, 0x7f, 0x80} {
			s := make([]byte, size)
			if size > 0 {
				s[0] = first
			}
			same("string", appendString(nil, s), s)
			same("list", append(appendListHead(nil, uint64(size)), bytes.Repeat([]byte{1}, size)...), make1s(size))
			r := &TickRecord{Number: 1 << 40, Time: 0, Payload: [][]byte{s, {}, s}, Lanes: []LaneRow{{Rollup: 7, Count: 3}}}
			for _, r.Members = range [][]MemberChange{nil, {}, {{Zone: 1, Rollup: 2}}} {
				same("record", r.Encode()[encodingHeader:], r)
			}
			g := GossipBatch{Txs: []GossipTx{{Rollup: 1 << 20, Raw: s}, {}}, Bundles: [][]byte{s, {5}}}
			same("gossip batch", g.Encode()[encodingHeader:], g)
		}
	}
}

func make1s(n int) []uint64 {
	ones := make([]uint64, n)
	for i := range ones {
		ones[i] = 1
	}
	return ones
}
