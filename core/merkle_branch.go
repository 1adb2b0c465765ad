package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// MaxMerkleDepth bounds the length of a path: trees have fewer than 2^32 leaves.
const MaxMerkleDepth = 32

// MerkleBranch leads from a leaf to a MerkleRoot without naming the leaf's place, for leaves that say themselves where
// they belong. Equal branches have equal fields.
type MerkleBranch struct {
	// Left has bit i set if Siblings[i] is the left one of its pair.
	Left uint64 `json:"left"`
	// Siblings stand from the leaf's own up.
	Siblings []common.Hash `json:"siblings"`
}

// NewMerkleBranch is the branch of leaves[i]; i must be in range.
func NewMerkleBranch(leaves []common.Hash, i int) MerkleBranch {
	b := MerkleBranch{Siblings: MerklePath(leaves, i)}
	// The sides follow from the splits, from the root down, which is the end of the siblings first.
	for n, at := len(leaves), len(b.Siblings)-1; n > 1; at-- {
		k := merkleSplit(n)
		if i < k {
			n = k
			continue
		}
		b.Left |= 1 << at
		i, n = i-k, n-k
	}
	return b
}

// Root is the root that the branch leads to from a leaf. Errors are ErrMalformed: the branch is too long, or names sides
// that it does not have.
func (b MerkleBranch) Root(leaf common.Hash) (common.Hash, error) {
	if len(b.Siblings) > MaxMerkleDepth || b.Left>>len(b.Siblings) != 0 {
		return common.Hash{}, fmt.Errorf("%w: merkle branch of %d siblings, sides %#x", ErrMalformed, len(b.Siblings), b.Left)
	}
	node := merkleLeafHash(leaf)
	for i, sibling := range b.Siblings {
		if b.Left>>i&1 == 1 {
			node = merkleNodeHash(sibling, node)
		} else {
			node = merkleNodeHash(node, sibling)
		}
	}
	return node, nil
}
