package proof_test

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// Proofs are kept for years and checked by other programs: their encodings must not move by accident. The files serve
// other verifiers as vectors; trust.golden is the checkpoint to trust.
func TestEncodings_Golden(t *testing.T) {
	s := newSample(t)
	for file, name := range map[string]string{"transaction": "after the change", "bundle": "void bundle", "range": "range inside"} {
		text, err := json.Marshal(s.proofs[name])
		if err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, "testdata/"+file+".golden", string(text)+"\n")
		golden.Equal(t, "testdata/"+file+"-binary.golden", hexutil.Encode(s.proofs[name].Encode())+"\n")
	}
	trusted, err := json.Marshal(struct {
		core.Checkpoint
		NextSigners core.ValidatorSet `json:"nextSigners"`
	}{core.Checkpoint{Network: s.network, Tick: 1, ValidatorSet: s.genesisSet.Hash()}, s.genesisSet})
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "testdata/trust.golden", string(trusted)+"\n")
}
