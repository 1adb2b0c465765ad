package orderingtest

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// The vector is CometBFT v0.40.0's, of chain seq-1 at height 406.
func TestSignBytes_Golden(t *testing.T) {
	t.Parallel()
	extension := bytes.Repeat([]byte{0xab}, 32)
	want := "32" + "0a20" + hex.EncodeToString(extension) + "119601000000000000" + "22057365712d31"
	if got := hex.EncodeToString(SignBytes("seq-1", 406, 0, extension)); got != want {
		t.Errorf("round 0: %s, want %s", got, want)
	}
	want = "3b" + "0a20" + hex.EncodeToString(extension) + "119601000000000000" + "190200000000000000" + "22057365712d31"
	if got := hex.EncodeToString(SignBytes("seq-1", 406, 2, extension)); got != want {
		t.Errorf("round 2: %s, want %s", got, want)
	}
}
