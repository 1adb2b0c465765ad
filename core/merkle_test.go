package core_test

import (
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// Every path of every tree of up to 40 leaves verifies, and nothing near it does.
func TestMerklePath_VerifiesAndNothingElseDoes(t *testing.T) {
	for n := uint64(1); n <= 40; n++ {
		leaves := numbered(int(n))
		root := core.MerkleRoot(leaves)
		for i := range n {
			path := core.MerklePath(leaves, int(i))
			if !core.VerifyMerklePath(root, leaves[i], i, n, path) {
				t.Fatalf("leaf %d of %d does not verify", i, n)
			}
			for what, ok := range tampered(root, leaves, i, path) {
				if ok {
					t.Errorf("leaf %d of %d verifies with %s", i, n, what)
				}
			}
		}
	}
}

// tampered reports for each way to be wrong about leaf i whether the verifier took it.
func tampered(root common.Hash, leaves []common.Hash, i uint64, path []common.Hash) map[string]bool {
	n, leaf := uint64(len(leaves)), leaves[i]
	found := map[string]bool{
		"another leaf":        core.VerifyMerklePath(root, common.Hash{0xff}, i, n, path),
		"another root":        core.VerifyMerklePath(common.Hash{0xff}, leaf, i, n, path),
		"a place beyond n":    core.VerifyMerklePath(root, leaf, n, n, path),
		"no leaves":           core.VerifyMerklePath(root, leaf, 0, 0, path),
		"a longer path":       core.VerifyMerklePath(root, leaf, i, n, append(slices.Clone(path), common.Hash{})),
		"its own inner node":  core.VerifyMerklePath(root, crypto.Keccak256Hash([]byte{0}, leaf[:]), i, n, path),
		"the place after it":  i+1 < n && core.VerifyMerklePath(root, leaf, i+1, n, path),
		"the place before it": i > 0 && core.VerifyMerklePath(root, leaf, i-1, n, path),
	}
	if len(path) > 0 {
		found["a shorter path"] = core.VerifyMerklePath(root, leaf, i, n, path[:len(path)-1])
		found["one leaf only"] = core.VerifyMerklePath(root, leaf, 0, 1, path)
	}
	for at := range path {
		changed := slices.Clone(path)
		changed[at][31] ^= 1
		if core.VerifyMerklePath(root, leaf, i, n, changed) {
			found["a changed sibling"] = true
		}
	}
	return found
}

// The tree of RFC 6962 §2.1 with keccak256, written out.
func TestMerkleRoot_IsRFC6962(t *testing.T) {
	leaf := func(h common.Hash) []byte { return crypto.Keccak256([]byte{0}, h[:]) }
	node := func(l, r []byte) []byte { return crypto.Keccak256([]byte{1}, l, r) }
	h := numbered(5)
	for n, want := range map[int]common.Hash{
		0: {},
		1: common.Hash(leaf(h[0])),
		2: common.Hash(node(leaf(h[0]), leaf(h[1]))),
		3: common.Hash(node(node(leaf(h[0]), leaf(h[1])), leaf(h[2]))),
		5: common.Hash(node(node(node(leaf(h[0]), leaf(h[1])), node(leaf(h[2]), leaf(h[3]))), leaf(h[4]))),
	} {
		if got := core.MerkleRoot(h[:n]); got != want {
			t.Errorf("%d leaves: %s, want %s", n, got, want)
		}
	}
}

func TestMerkleRoot_TellsNumbersOfLeavesApart(t *testing.T) {
	seen := make(map[common.Hash]int)
	for n := range 41 {
		root := core.MerkleRoot(make([]common.Hash, n)) // all leaves equal
		if m, taken := seen[root]; taken {
			t.Errorf("%d and %d equal leaves have one root", m, n)
		}
		seen[root] = n
	}
}

// A branch of every leaf of every tree of up to 40 leaves leads to the root, and its sides cannot be changed.
func TestMerkleBranch_LeadsToTheRootAndNothingElseDoes(t *testing.T) {
	for n := 1; n <= 40; n++ {
		leaves := numbered(n)
		root := core.MerkleRoot(leaves)
		for i := range n {
			b := core.NewMerkleBranch(leaves, i)
			if got, err := b.Root(leaves[i]); err != nil || got != root {
				t.Fatalf("leaf %d of %d leads to %s, %v", i, n, got, err)
			}
			for bit := range 64 {
				other := core.MerkleBranch{Left: b.Left ^ 1<<bit, Siblings: b.Siblings}
				if got, err := other.Root(leaves[i]); err == nil && got == root {
					t.Errorf("leaf %d of %d leads to the root with side %d changed", i, n, bit)
				}
			}
		}
	}
	if _, err := (core.MerkleBranch{Siblings: make([]common.Hash, core.MaxMerkleDepth+1)}).Root(common.Hash{}); err == nil {
		t.Error("a branch above the limit is taken")
	}
}
