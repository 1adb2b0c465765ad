package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// What @flashbots/ethers-provider-bundle 1.0.0 sends, with the key 0x1111…11.
const (
	clientBody   = `{"method":"eth_cancelBundle","params":[{"replacementUuid":"aee09b46-31c6-46b5-bc3c-9d3f9ee4d7d7"}],"id":1,"jsonrpc":"2.0"}`
	clientSigner = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
	clientHeader = clientSigner + ":0x56077a02cc290224a0a4ddcf46c39ecac0f5eee9b751f2193a81a3c675fd48d174b9e0a60510ab99f85cb0567fe2dcb18e0d6b760bc2335839a6a92c72c6c1ca1b"
)

func TestSignedBody_IsThatOfFlashbotsClient(t *testing.T) {
	t.Parallel()
	signer, err := signedBody{clientHeader, []byte(clientBody)}.verify()
	if err != nil || signer != common.HexToAddress(clientSigner) {
		t.Fatalf("got %s, %v", signer, err)
	}
	for name, bad := range map[string]signedBody{
		"another body":    {clientHeader, []byte(clientBody + " ")},
		"another address": {"0x" + strings.Repeat("1", 40) + clientHeader[42:], []byte(clientBody)},
		"no colon":        {clientSigner, []byte(clientBody)},
		"no address":      {"0x12" + clientHeader[42:], []byte(clientBody)},
		"cut signature":   {clientHeader[:len(clientHeader)-2], []byte(clientBody)},
		"recovery id 9":   {clientHeader[:len(clientHeader)-2] + "09", []byte(clientBody)},
		"zero signature":  {clientSigner + ":0x" + strings.Repeat("0", 130), []byte(clientBody)},
	} {
		if _, err := bad.verify(); !errors.Is(err, ErrBundleSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func flashbotsTx(t *testing.T) (raw string, hash common.Hash) {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	tx := gethtypes.MustSignNewTx(key, gethtypes.LatestSignerForChainID(big.NewInt(901)), &gethtypes.LegacyTx{To: new(common.Address), Gas: 21000, GasPrice: big.NewInt(1)})
	b, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%q", common.Bytes2Hex(b)), tx.Hash()
}

// The open block is 7 and its slot of one second begins at second 1000; windows may be 600 s long.
func TestFlashbots_BlocksBecomeAWindow(t *testing.T) {
	t.Parallel()
	f := &Flashbots{g: &Gateway{deps: Deps{Genesis: &core.Genesis{Params: core.DefaultParams()}}}, rollup: 901}
	raw, hash := flashbotsTx(t)
	raw = strings.Replace(raw, `"`, `"0x`, 1)
	for _, c := range []struct {
		name, fields string
		from, to     uint64 // ms
		cause        error
		field        string
	}{
		{"the open block", `"blockNumber":"0x7"`, 1_000_000, 1_000_999, nil, ""},
		{"a later one", `"blockNumber":"0xa"`, 1_003_000, 1_003_999, nil, ""},
		{"a number of JavaScript's", `"blockNumber":10`, 1_003_000, 1_003_999, nil, ""},
		{"the one before", `"blockNumber":"0x6"`, 0, 0, core.ErrExpired, "blockNumber"},
		{"no block", `"minTimestamp":0`, 1_000_000, 1_010_999, nil, ""},
		{"op-rbuilder's pair", `"minBlockNumber":8,"maxBlockNumber":9`, 1_001_000, 1_002_999, nil, ""},
		{"the first only", `"minBlockNumber":20`, 1_013_000, 1_023_999, nil, ""},
		{"a range under way", `"minBlockNumber":2,"maxBlockNumber":9`, 1_000_000, 1_002_999, nil, ""},
		{"a range that is over", `"maxBlockNumber":6`, 0, 0, core.ErrExpired, "maxBlockNumber"},
		{"a range the wrong way", `"minBlockNumber":9,"maxBlockNumber":8`, 0, 0, core.ErrWindowInverted, "minBlockNumber"},
		{"both forms", `"blockNumber":9,"maxBlockNumber":9`, 0, 0, ErrBadValue, "blockNumber"},
		{"the furthest", `"blockNumber":606`, 1_599_000, 1_599_999, nil, ""},
		{"too far", `"blockNumber":607`, 0, 0, core.ErrWindowTooLong, "blockNumber"},
		{"the last number", `"minBlockNumber":"0xffffffffffffffff"`, 0, 0, core.ErrWindowTooLong, "maxBlockNumber"},
		{"timestamps inside", `"minBlockNumber":7,"minTimestamp":1002,"maxTimestamp":1003`, 1_002_000, 1_003_999, nil, ""},
		{"timestamps around", `"blockNumber":8,"minTimestamp":1,"maxTimestamp":18446744073709551615`, 1_001_000, 1_001_999, nil, ""},
		{"timestamps elsewhere", `"blockNumber":8,"minTimestamp":1002`, 0, 0, core.ErrWindowInverted, "minTimestamp"},
		{"a leading zero", `"blockNumber":"0x07"`, 0, 0, ErrBadValue, "blockNumber"},
		{"dropping", `"droppingTxHashes":["` + hash.Hex() + `"]`, 0, 0, ErrUnsupported, "droppingTxHashes"},
		{"dropping nothing", `"droppingTxHashes":[]`, 1_000_000, 1_010_999, nil, ""},
		{"refund", `"refundPercent":90`, 0, 0, ErrUnsupported, "refundPercent"},
		{"unknown field", `"block":7`, 0, 0, ErrUnknownField, "block"},
		{"a stranger may revert", `"revertingTxHashes":["` + common.Hash{1}.Hex() + `"]`, 0, 0, ErrBadValue, "revertingTxHashes"},
		{"a nonce of nothing", `"replacementNonce":1`, 0, 0, ErrMissingField, "replacementUuid"},
		{"too high a nonce", `"replacementUuid":"a","replacementNonce":4611686018427387904`, 0, 0, ErrBadValue, "replacementNonce"},
	} {
		var b *core.Bundle
		r, err := f.readSend(json.RawMessage(`{"txs":[` + raw + `],` + c.fields + `}`))
		if err == nil {
			b, err = r.bundle(openBlock{7, 1000}, core.DefaultParams())
		}
		if c.cause != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || !errors.Is(err, c.cause) || refusal.Field != c.field {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || b.NotBefore != c.from || b.NotAfter != c.to {
			t.Errorf("%s: %+v, %v", c.name, b, err)
		}
	}
	r, err := f.readSend(json.RawMessage(`{"txs":[` + raw + `],"blockNumber":7,"revertingTxHashes":["` + hash.Hex() + `"]}`))
	if err != nil || !r.legs[0].MayRevert {
		t.Errorf("a transaction that may revert: %+v, %v", r, err)
	}
}

func TestFlashbotsLines_LaterBundlesAreAboveCancellations(t *testing.T) {
	t.Parallel()
	var l flashbotsLines
	l.init()
	line := flashbotsLine{common.Address{1}, flashbotsUUID(901, "a")}
	five := uint64(5)
	first, second := l.next(line, nil), l.next(line, &five)
	l.sent(line, second, common.Hash{2})
	l.sent(line, first, common.Hash{1}) // admitted later, but below
	cancelled, bundle := l.cancel(line)
	again, _ := l.cancel(line)
	third := l.next(line, nil)
	if first >= second || second >= cancelled || again != cancelled || cancelled >= third || bundle != (common.Hash{2}) {
		t.Errorf("nonces %d, %d, cancelled %d and %d, %d; bundle %s", first, second, cancelled, again, third, bundle)
	}
	if other := (flashbotsLine{common.Address{1}, flashbotsUUID(902, "a")}); l.next(other, nil) != 2 {
		t.Error("a line of another rollup does not begin anew")
	}
}
