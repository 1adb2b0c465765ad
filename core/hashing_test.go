package core_test

import (
	"encoding/binary"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// So are outcomes.
func TestOutcomesRoot_IsThatOfTheLeaves(t *testing.T) {
	var outcomes []core.Outcome
	var leaves []common.Hash
	for n := range 24 {
		root := core.OutcomesRoot(len(outcomes), func(i int) *core.Outcome { return &outcomes[i] })
		if want := core.MerkleRoot(leaves); root != want {
			t.Fatalf("%d outcomes: root %s, that of their leaves is %s", n, root, want)
		}
		o := core.Outcome{Rollup: rollupC, Seq: uint64(n), TxHash: common.Hash{1, byte(n)}, Code: core.OutcomeCode(n * 300), ReceiptHash: common.Hash{31: byte(n)}}
		if n%3 == 0 {
			o.Bundle = common.Hash{byte(n), 1}
		}
		outcomes, leaves = append(outcomes, o), append(leaves, o.Leaf())
	}
}

// Lanes of few items and of many are hashed by different code; a root must not depend on it.
func TestLaneHead_RootsAreThoseOfTheLeaves(t *testing.T) {
	var items []core.LaneItem
	var leaves []common.Hash
	for n := range 24 {
		item := core.LaneItem{Tx: core.NewOpaqueTransaction(rollupC, binary.BigEndian.AppendUint64(nil, uint64(n)))}
		if n%3 == 0 {
			item.Bundle, item.Leg = common.Hash{byte(n), 1}, uint32(n)
		}
		items, leaves = append(items, item), append(leaves, item.Leaf())
		row, _ := core.LaneHead{}.Advance(core.NetworkID{}, rollupC, 1, items)
		if want := core.MerkleRoot(leaves); row.Root != want {
			t.Fatalf("%d items: root %s, that of their leaves is %s", n+1, row.Root, want)
		}
	}
}
