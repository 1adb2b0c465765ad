package opstack

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

var rewrite = flag.Bool("rewrite", false, "write the golden vectors that op-geth gives")

// fastLZ is a golden vector: what op-geth says about data.
type fastLZ struct {
	Data hexutil.Bytes `json:"data"`
	// Length is that of FastLZ, and Size the estimate in bytes that the footprint of a block's data counts.
	Length uint32 `json:"length"`
	Size   uint64 `json:"size"`
}

// fastLZVectors are what package fastlz is compared with.
const fastLZVectors = "../../adapters/opstack/fastlz/testdata/vectors.json"

// TestFastLZ_VectorsAreOPGeths compares the golden vectors with op-geth's own functions.
func TestFastLZ_VectorsAreOPGeths(t *testing.T) {
	if *rewrite {
		text, err := json.Marshal(makeVectors())
		if err == nil {
			err = os.WriteFile(fastLZVectors, append(text, '\n'), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(fastLZVectors)
	if err != nil {
		t.Fatal(err)
	}
	var all []fastLZ
	if err := json.Unmarshal(text, &all); err != nil || len(all) == 0 {
		t.Fatalf("%d vectors: %v", len(all), err)
	}
	for i, v := range all {
		if length, size := gethtypes.FlzCompressLen(v.Data), gethtypes.NewRollupCostData(v.Data).EstimatedDASize().Uint64(); length != v.Length || size != v.Size {
			t.Errorf("vector %d: op-geth says %d and %d, the file %d and %d", i, length, size, v.Length, v.Size)
		}
	}
}

// makeVectors are data of all lengths around the algorithm's limits, and of all grades of repetition.
func makeVectors() (all []fastLZ) {
	rng := rand.New(rand.NewPCG(6, 6))
	add := func(data []byte) {
		all = append(all, fastLZ{data, gethtypes.FlzCompressLen(data), gethtypes.NewRollupCostData(data).EstimatedDASize().Uint64()})
	}
	for length := range 80 {
		for _, letters := range []int{1, 2, 256} {
			add(randomBytes(rng, length, letters))
		}
	}
	for _, length := range []int{110, 131, 256, 400, 1000} {
		for _, letters := range []int{1, 2, 3, 5, 20, 256} {
			add(randomBytes(rng, length, letters))
		}
	}
	// Repetitions at and around the longest match, and further away than one can reach.
	for _, run := range []int{262, 263, 264, 265, 266, 524, 527} {
		add(append(append([]byte{1, 2, 3}, make([]byte, run)...), randomBytes(rng, 20, 256)...))
	}
	head := randomBytes(rng, 40, 256)
	for _, gap := range []int{8100, 8151, 8152, 8300} {
		add(append(append(append([]byte(nil), head...), make([]byte, gap)...), append(head, 7)...))
	}
	return all
}

func randomBytes(rng *rand.Rand, length, letters int) []byte {
	data := make([]byte, length)
	for i := range data {
		data[i] = byte(rng.IntN(letters))
	}
	return data
}
