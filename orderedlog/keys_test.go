package orderedlog

import (
	"encoding/hex"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// The keys of folders that exist must never move: raise FormatVersion instead.
func TestKeys_Golden(t *testing.T) {
	t.Parallel()
	hash := common.HexToHash("0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")
	const hashHex = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
	block := &core.Block{Rollup: 901, Branch: 3, Number: 258, Hash: hash}
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"format", keyFormat, "6d66"},
		{"network", keyNetwork, "6d6e"},
		{"oldest", keyOldest, "6d6f"},
		{"tick", tickKey(258), "740000000000000102"},
		{"lane", laneKey(901, 7), "6c00000000000003850000000000000007"},
		{"lane value", laneValue(258, 3), "00000000000001020000000000000003"},
		{"hash", hashKey(hash, 901, 7), "68" + hashHex + "00000000000003850000000000000007"},
		{"bundle", bundleKey(hash, 258), "62" + hashHex + "0000000000000102"},
		{"draft", draftKey(258), "640000000000000102"},
		{"completion", completionKey(258), "630000000000000102"},
		{"block by hash", blockKeys(block, 7)[0], "6b0000000000000385" + hashHex + "0000000000000007"},
		{"block by number", blockKeys(block, 7)[1], "4e000000000000038500000000000001020000000000000007"},
		{"block by branch", blockKeys(block, 7)[2], "42000000000000038500000000000000030000000000000007"},
		{"report", reportKey(901, 258, 7), "72000000000000038500000000000001020000000000000007"},
		{"report value", reportValue(258, 3), "00000000000001020000000000000003"},
		{"slot", slotKey(258), "730000000000000102"},
		{"heard", heardKey(7), "610000000000000007"},
		{"handover", handoverKey(258), "6e0000000000000102"},
		{"validator set", setKey(hash), "76" + hashHex},
		{"ledger", ledgerKey([]byte{1, 2}), "4c0102"},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAfter_IsTheFirstKeyBehindAPrefix(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{"\x01": "\x02", "\x01\xff": "\x02", "a\x00": "a\x01"} {
		if got := string(after([]byte(prefix))); got != want {
			t.Errorf("after %x: %x, want %x", prefix, got, want)
		}
	}
	if after([]byte{0xff}) != nil {
		t.Error("nothing comes behind 0xff")
	}
}
