package core_test

import (
	"encoding/binary"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

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
