package fastlz_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/adapters/opstack/fastlz"
)

// What op-geth says about the same data: see test/opstack, which compares the file with op-geth itself.
func TestSize_IsOPGeths(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Data   hexutil.Bytes
		Length int
		Size   uint64
	}
	if err := json.Unmarshal(text, &all); err != nil || len(all) < 100 {
		t.Fatalf("%d vectors: %v", len(all), err)
	}
	for i, v := range all {
		if length, size := fastlz.Length(v.Data), fastlz.Size(v.Data); length != v.Length || size != v.Size {
			t.Errorf("vector %d, %d bytes: %d and %d, op-geth says %d and %d", i, len(v.Data), length, size, v.Length, v.Size)
		}
	}
}
