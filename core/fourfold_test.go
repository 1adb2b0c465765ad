package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// cut makes inputs of any sizes out of bytes.
func cut(sizes []byte, scale int, from []byte) (inputs [][]byte) {
	for _, size := range sizes {
		n := min(int(size)*scale, len(from))
		inputs = append(inputs, from[:n])
		from = from[n:]
	}
	return inputs
}

func checkTogether(t *testing.T, inputs [][]byte) {
	t.Helper()
	got := make([]common.Hash, len(inputs))
	newFourfold().all(len(inputs), func(i int) []byte { return inputs[i] }, func(i int, hash common.Hash) { got[i] = hash })
	for i, input := range inputs {
		if want := crypto.Keccak256Hash(input); got[i] != want {
			t.Fatalf("input %d of %d, %d bytes: %s, want %s", i, len(inputs), len(input), got[i], want)
		}
	}
}

// FuzzFourfold compares hashes that are made together with those made alone.
func FuzzFourfold(f *testing.F) {
	f.Add([]byte{}, byte(1), []byte{})
	f.Add([]byte{135, 136, 137, 0, 1, 255, 17, 34, 68}, byte(1), make([]byte, 2000))
	f.Add([]byte{1, 40, 2, 3, 80, 1, 1}, byte(136), make([]byte, 20000))
	f.Fuzz(func(t *testing.T, sizes []byte, scale byte, from []byte) {
		checkTogether(t, cut(sizes, int(scale), from))
	})
}

// Sizes around the block, and inputs too large to be hashed with others.
func TestFourfold_MakesTheHashesOfEachAlone(t *testing.T) {
	seed := [32]byte{1}
	random := rand.New(rand.NewChaCha8(seed))
	for range 200 {
		var inputs [][]byte
		for range random.IntN(20) {
			size := random.IntN(3*keccakRate + 1)
			if random.IntN(10) == 0 {
				size = maxTogether + random.IntN(3) - 1
			}
			input := make([]byte, size)
			for i := range input {
				input[i] = byte(random.Uint32())
			}
			inputs = append(inputs, input)
		}
		checkTogether(t, inputs)
	}
}

// A lane's root is made by other code on machines that hash four at a time than on others.
func TestLaneRoot_IsTheSameOnEveryMachine(t *testing.T) {
	var items []LaneItem
	for n := range 70 {
		item := NewLaneItem(NewOpaqueTransaction(7, []byte{byte(n)}))
		if n%5 == 0 {
			item.Bundle, item.Leg = common.Hash{byte(n), 1}, uint32(n)
		}
		items = append(items, item)
		leaves := make([]common.Hash, len(items))
		for i := range items {
			leaves[i] = items[i].Leaf()
		}
		want := MerkleRoot(leaves)
		four, one := newFourfold().laneRoot(len(items), slices.All(items)), newHashing().laneRoot(len(items), slices.All(items))
		if four != want || one != want {
			t.Fatalf("%d items: four at a time %s, one after the other %s, of the leaves %s", n+1, four, one, want)
		}
	}
}

func TestHashOpaque_LeavesOthersAsTheyAre(t *testing.T) {
	for _, n := range []int{1, manyHashes - 1, manyHashes, 3*manyHashes + 1} {
		raws := make([][]byte, n)
		for i := range raws {
			raws[i] = fmt.Appendf(nil, "transaction %d", i)
		}
		txs := NewOpaqueTransactions(7, raws)
		report := common.Hash{1}
		txs[n/2] = Transaction{rollup: 7, raw: raws[n/2], kind: EncReport, hash: report}
		hashOpaque(txs)
		for i, tx := range txs {
			want := crypto.Keccak256Hash(raws[i])
			if i == n/2 {
				want = report
			}
			if tx.Hash() != want || tx.Rollup() != 7 || string(tx.Raw()) != string(raws[i]) {
				t.Errorf("%d transactions: number %d is %s of rollup %s", n, i, tx.Hash(), tx.Rollup())
			}
		}
	}
}

func BenchmarkHashes(b *testing.B) {
	raws := make([][]byte, 1000)
	for i := range raws {
		raws[i] = fmt.Appendf(make([]byte, 190), "%10d", i)
	}
	txs := NewOpaqueTransactions(7, raws)
	items := make([]LaneItem, len(txs))
	for i := range items {
		items[i] = NewLaneItem(txs[i])
	}
	b.Run("entries=1000/alone", func(b *testing.B) {
		for b.Loop() {
			for _, raw := range raws {
				crypto.Keccak256Hash(raw)
			}
		}
	})
	b.Run("entries=1000/together", func(b *testing.B) {
		for b.Loop() {
			hashOpaque(txs)
		}
	})
	b.Run("lane=1000/alone", func(b *testing.B) {
		for b.Loop() {
			newHashing().laneRoot(len(items), slices.All(items))
		}
	})
	b.Run("lane=1000/together", func(b *testing.B) {
		for b.Loop() {
			newFourfold().laneRoot(len(items), slices.All(items))
		}
	})
}
