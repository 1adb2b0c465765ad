package core

import (
	"encoding/binary"
	"iter"

	"github.com/cloudflare/circl/simd/keccakf1600"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// fourfold is keccak256 of four inputs at a time, for what is hashed by the thousand: the entries of a full tick and their lanes. Hashes
// are those of crypto.Keccak256, bit by bit.
type fourfold struct {
	state keccakf1600.StateX4
	words []uint64 // of the four states in turns: the first word of each, the second of each, …
	in    []byte
}

const (
	keccakRate = 136 // bytes that keccak256 takes in between two permutations
	keccakSize = 25  // words of its state
	together   = 4
	// maxTogether is up to which size an input is hashed together with others; a larger one would keep four places busy for itself.
	maxTogether = 32 * keccakRate
)

// hasFourfold says whether the machine has instructions for it. Without them one after the other is faster.
func hasFourfold() bool { return keccakf1600.IsEnabledX4() }

func newFourfold() *fourfold {
	f := &fourfold{in: make([]byte, 0, keccakRate)}
	f.words = f.state.Initialize(false)
	return f
}

// begin takes an input of less than keccakRate bytes in at place i, all of it.
func (f *fourfold) begin(i int, input []byte) {
	f.clear(i)
	f.absorb(i, input)
}

func (f *fourfold) clear(i int) {
	for w := range keccakSize {
		f.words[together*w+i] = 0
	}
}

// absorb takes in what fits of an input at place i, and gives the rest; last says that it was the end of it.
func (f *fourfold) absorb(i int, input []byte) (rest []byte, last bool) {
	if len(input) >= keccakRate {
		f.xor(i, input[:keccakRate])
		return input[keccakRate:], false
	}
	var block [keccakRate]byte
	n := copy(block[:], input)
	block[n] ^= 0x01
	block[keccakRate-1] ^= 0x80
	f.xor(i, block[:])
	return nil, true
}

func (f *fourfold) xor(i int, block []byte) {
	words := f.words
	for w := 0; w < keccakRate/8; w++ {
		words[together*w+i] ^= binary.LittleEndian.Uint64(block[8*w:])
	}
}

// hash is the one at place i, after the permutation that follows the end of its input.
func (f *fourfold) hash(i int) (hash common.Hash) {
	for w := range common.HashLength / 8 {
		binary.LittleEndian.PutUint64(hash[8*w:], f.words[together*w+i])
	}
	return hash
}

// each makes hashes of n inputs of less than keccakRate bytes: put appends the input of a number to b, take is told its hash. Inputs of
// later hashes may overwrite what earlier ones were made of, four by four.
func (f *fourfold) each(n int, put func(i int, b []byte) []byte, take func(i int, hash common.Hash)) {
	for first := 0; first < n; first += together {
		places := min(together, n-first)
		for i := range places {
			f.begin(i, put(first+i, f.in[:0]))
		}
		f.state.Permute()
		for i := range places {
			take(first+i, f.hash(i))
		}
	}
}

// merkleRoot is MerkleRoot, and overwrites the leaves. A tree whose left sides hold powers of two is the one that pairs from the bottom up
// make, when what has no sibling goes up as it is.
func (f *fourfold) merkleRoot(leaves []common.Hash) common.Hash {
	if len(leaves) == 0 {
		return common.Hash{}
	}
	take := func(i int, hash common.Hash) { leaves[i] = hash }
	f.each(len(leaves), func(i int, b []byte) []byte { return append(append(b, merkleLeaf), leaves[i][:]...) }, take)
	for len(leaves) > 1 {
		pairs := len(leaves) / 2
		f.each(pairs, func(i int, b []byte) []byte {
			return append(append(append(b, merkleNode), leaves[2*i][:]...), leaves[2*i+1][:]...)
		}, take)
		if len(leaves)%2 == 1 {
			leaves[pairs] = leaves[2*pairs]
			pairs++
		}
		leaves = leaves[:pairs]
	}
	return leaves[0]
}

// laneRoot is laneRoot.
func (f *fourfold) laneRoot(count int, lane iter.Seq2[int, LaneItem]) common.Hash {
	leaves := make([]common.Hash, 0, count)
	flush := func(places int) {
		f.state.Permute()
		for i := range places {
			leaves = append(leaves, f.hash(i))
		}
	}
	for i, item := range lane {
		f.begin(i%together, item.appendLeaf(f.in[:0]))
		if i%together == together-1 {
			flush(together)
		}
	}
	if rest := count % together; rest > 0 {
		flush(rest)
	}
	return f.merkleRoot(leaves)
}

// all is keccak256 of n inputs of any size. A place that has come to the end of its input goes on with the next one.
func (f *fourfold) all(n int, input func(i int) []byte, take func(i int, hash common.Hash)) {
	var places [together]struct {
		number     int
		rest       []byte
		busy, last bool
	}
	for next := 0; ; {
		busy := 0
		for i := range places {
			p := &places[i]
			for ; !p.busy && next < n; next++ {
				if p.rest = input(next); len(p.rest) > maxTogether {
					take(next, crypto.Keccak256Hash(p.rest))
					continue
				}
				p.number, p.busy = next, true
				f.clear(i)
			}
			if p.busy {
				p.rest, p.last = f.absorb(i, p.rest)
				busy++
			}
		}
		if busy == 0 {
			return
		}
		f.state.Permute()
		for i := range places {
			if p := &places[i]; p.busy && p.last {
				take(p.number, f.hash(i))
				p.busy = false
			}
		}
	}
}
