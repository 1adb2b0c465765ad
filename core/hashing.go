package core

import (
	"encoding/binary"
	"iter"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// hashing is keccak256 of many short inputs one after another, without memory of its own for each: the lanes of a full tick take
// three hashes for each transaction. It is what machines without instructions for four at a time have in place of fourfold.
type hashing struct {
	state crypto.KeccakState
	in    []byte
	out   common.Hash
}

// manyHashes is from how many inputs on a hashing or a fourfold is less than what the hashes by themselves take.
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

// laneRoot is laneRoot.
func (h *hashing) laneRoot(count int, lane iter.Seq2[int, LaneItem]) common.Hash {
	leaves := make([]common.Hash, 0, count)
	for _, item := range lane {
		h.in = item.appendLeaf(h.in)
		leaves = append(leaves, h.sum())
	}
	return h.merkleRoot(leaves)
}

// appendLeaf appends what LaneItem.Leaf is the hash of.
func (i LaneItem) appendLeaf(b []byte) []byte {
	b = append(append(b, TagLaneItem...), i.Bundle[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(i.Leg))
	return append(b, i.Tx.hash[:]...)
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
