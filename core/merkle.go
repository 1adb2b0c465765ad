package core

import (
	"math/bits"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Prefixes that keep leaves and inner nodes apart (RFC 6962 §2.1, with keccak256 in place of SHA-256).
const (
	merkleLeaf = 0x00
	merkleNode = 0x01
)

// MerkleRoot is the RFC 6962 tree head over leaves: a leaf is keccak(0x00 ‖ leaf), a node keccak(0x01 ‖ left ‖ right),
// and the left subtree holds the largest power of two smaller than the number of leaves. No leaves give the zero hash.
func MerkleRoot(leaves []common.Hash) common.Hash {
	switch n := len(leaves); n {
	case 0:
		return common.Hash{}
	case 1:
		return merkleLeafHash(leaves[0])
	default:
		k := merkleSplit(n)
		return merkleNodeHash(MerkleRoot(leaves[:k]), MerkleRoot(leaves[k:]))
	}
}

// MerklePath is the audit path of leaves[i] (RFC 6962 §2.1.1), from the leaf's sibling up. i must be in range.
func MerklePath(leaves []common.Hash, i int) []common.Hash {
	if len(leaves) == 1 {
		return nil
	}
	k := merkleSplit(len(leaves))
	if i < k {
		return append(MerklePath(leaves[:k], i), MerkleRoot(leaves[k:]))
	}
	return append(MerklePath(leaves[k:], i-k), MerkleRoot(leaves[:k]))
}

// VerifyMerklePath reports whether leaf stands at place i of the n leaves under root (RFC 9162 §2.1.3.2).
func VerifyMerklePath(root, leaf common.Hash, i, n uint64, path []common.Hash) bool {
	if i >= n {
		return false
	}
	at, last, node := i, n-1, merkleLeafHash(leaf)
	for _, sibling := range path {
		if last == 0 {
			return false
		}
		if at&1 == 1 || at == last {
			node = merkleNodeHash(sibling, node)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			node = merkleNodeHash(node, sibling)
		}
		at, last = at>>1, last>>1
	}
	return last == 0 && node == root
}

// merkleSplit is the largest power of two smaller than n; n is at least 2.
func merkleSplit(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

func merkleLeafHash(leaf common.Hash) common.Hash {
	return crypto.Keccak256Hash([]byte{merkleLeaf}, leaf[:])
}

func merkleNodeHash(left, right common.Hash) common.Hash {
	return crypto.Keccak256Hash([]byte{merkleNode}, left[:], right[:])
}
