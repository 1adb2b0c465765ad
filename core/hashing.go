package core

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// hashing is keccak256 of many short inputs one after another, without memory of its own for each: the lanes of a full tick take
// three hashes for each transaction.
type hashing struct {
	state crypto.KeccakState
	in    []byte
	out   common.Hash
}

// manyHashes is from how many inputs on a hashing is less than what the hashes by themselves take.
const manyHashes = 8

func newHashing() *hashing { return &hashing{state: crypto.NewKeccakState()} }

// sum is the hash of h.in, which is empty again afterwards.
func (h *hashing) sum() common.Hash {
	h.state.Reset()
	_, _ = h.state.Write(h.in) // neither can fail
	_, _ = h.state.Read(h.out[:])
	h.in = h.in[:0]
	return h.out
}

// laneLeaf is LaneItem.Leaf.
func (h *hashing) laneLeaf(item *LaneItem) common.Hash {
	h.in = append(h.in, TagLaneItem...)
	h.in = append(h.in, item.Bundle[:]...)
	h.in = binary.BigEndian.AppendUint64(h.in, uint64(item.Leg))
	h.in = append(h.in, item.Tx.hash[:]...)
	return h.sum()
}

// merkleRoot is MerkleRoot.
func (h *hashing) merkleRoot(leaves []common.Hash) common.Hash {
	switch n := len(leaves); n {
	case 0:
		return common.Hash{}
	case 1:
		h.in = append(append(h.in, merkleLeaf), leaves[0][:]...)
		return h.sum()
	default:
		k := merkleSplit(n)
		left, right := h.merkleRoot(leaves[:k]), h.merkleRoot(leaves[k:])
		h.in = append(append(append(h.in, merkleNode), left[:]...), right[:]...)
		return h.sum()
	}
}
