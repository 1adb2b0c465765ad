package core_test

import (
	"bytes"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

func TestDecodeTransaction_ReadsEveryAllowedType(t *testing.T) {
	for _, txType := range []byte{0, 1, 2, 4} {
		want := sampleEthTx(t, rollupA, txType)
		raw, err := want.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		tx, err := core.DecodeTransaction(rollupA, raw)
		if err != nil {
			t.Fatalf("type %d: %v", txType, err)
		}
		if tx.Hash() != want.Hash() || !bytes.Equal(tx.Raw(), raw) || tx.Rollup() != rollupA || tx.Eth().Type() != txType {
			t.Errorf("type %d: read as %v", txType, tx)
		}
	}
}

// wrongTransactions are bytes that must be refused for rollup A at every door.
func wrongTransactions(t *testing.T) map[string]struct {
	raw  []byte
	want error
} {
	legacy, dynamic := sampleTx(t, rollupA, 0).Raw(), sampleTx(t, rollupA, 2).Raw()
	wrapped, err := rlp.EncodeToBytes(dynamic) // how a block body carries it: a string around the envelope
	if err != nil {
		t.Fatal(err)
	}
	unprotected, err := gethtypes.SignNewTx(ethKey(t, 1), gethtypes.HomesteadSigner{}, sampleTxData(t, rollupA, 0))
	if err != nil {
		t.Fatal(err)
	}
	type wrong = struct {
		raw  []byte
		want error
	}
	return map[string]wrong{
		"nothing":                   {nil, core.ErrMalformed},
		"trailing byte, legacy":     {append(bytes.Clone(legacy), 0), core.ErrMalformed},
		"trailing byte, typed":      {append(bytes.Clone(dynamic), 0), core.ErrMalformed},
		"cut off":                   {dynamic[:len(dynamic)-1], core.ErrMalformed},
		"envelope in a string":      {wrapped, core.ErrMalformed},
		"legacy in a typed prefix":  {append([]byte{0}, legacy...), core.ErrMalformed},
		"long form of a length":     {longForm(legacy), core.ErrMalformed},
		"type byte only":            {[]byte{2}, core.ErrMalformed},
		"list of 2^63-1 bytes":      {[]byte{0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, core.ErrMalformed},
		"blob":                      {rawOf(t, &gethtypes.BlobTx{ChainID: uint256.NewInt(901), BlobHashes: []common.Hash{{1}}}), core.ErrTxType},
		"OP Stack deposit (0x7e)":   {[]byte{0x7e, 0xc0}, core.ErrTxType},
		"unknown type":              {[]byte{0x05, 0xc0}, core.ErrTxType},
		"before EIP-155":            {rawOf(t, unprotected), core.ErrNoChainID},
		"unsigned, no chain id":     {rawOf(t, &gethtypes.LegacyTx{Nonce: 1}), core.ErrNoChainID},
		"legacy of another chain":   {sampleTx(t, rollupB, 0).Raw(), core.ErrWrongChainID},
		"typed of another chain":    {sampleTx(t, rollupB, 2).Raw(), core.ErrWrongChainID},
		"typed with chain id zero":  {rawOf(t, &gethtypes.DynamicFeeTx{}), core.ErrWrongChainID},
		"chain id of 65 bits":       {rawOf(t, &gethtypes.DynamicFeeTx{ChainID: new(big.Int).Add(new(big.Int).Lsh(common.Big1, 64), big.NewInt(901))}), core.ErrWrongChainID},
		"legacy chain id, 65 bits":  {rawOf(t, &gethtypes.LegacyTx{V: new(big.Int).Add(new(big.Int).Lsh(common.Big1, 65), big.NewInt(2*901+35))}), core.ErrWrongChainID},
		"legacy with V of 34":       {rawOf(t, &gethtypes.LegacyTx{V: big.NewInt(34)}), core.ErrWrongChainID},
		"legacy with V of 257 bits": {rawOf(t, &gethtypes.LegacyTx{V: new(big.Int).Lsh(common.Big1, 256)}), core.ErrMalformed},
	}
}

// rawOf is the binary form of a transaction, whether geth would sign it or not.
func rawOf(t *testing.T, tx any) []byte {
	t.Helper()
	eth, ok := tx.(*gethtypes.Transaction)
	if !ok {
		eth = gethtypes.NewTx(tx.(gethtypes.TxData))
	}
	raw, err := eth.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// longForm writes a list's length with a zero byte in front, which RLP forbids.
func longForm(list []byte) []byte {
	_, content, _, err := rlp.Split(list)
	if err != nil || len(content) > 255 {
		panic("want a list of at most 255 bytes")
	}
	return append([]byte{0xf9, 0, byte(len(content))}, content...)
}

func TestDecodeTransaction_RefusesAtEveryDoor(t *testing.T) {
	for name, c := range wrongTransactions(t) {
		t.Run(name, func(t *testing.T) {
			if _, err := core.DecodeTransaction(rollupA, c.raw); !errors.Is(err, c.want) {
				t.Errorf("alone: got %v, want %v", err, c.want)
			}
			want := c.want
			if len(c.raw) == 0 {
				want = core.ErrEmpty
			}
			bundle := core.Bundle{Atomicity: core.AtomicExecution, Legs: []core.Leg{{Rollup: rollupA, Tx: c.raw}}}
			if _, err := bundle.DecodeLegs(sampleNetwork, kindOf); !errors.Is(err, want) {
				t.Errorf("as a leg: got %v, want %v", err, want)
			}
			entry := append([]byte{core.EncodingVersion, byte(core.EncTransaction)}, c.raw...)
			section := core.Encode(core.EncSection, []any{uint64(rollupA), [][]byte{entry}})
			if _, err := core.DecodeSection(section, kindOf); !errors.Is(err, want) {
				t.Errorf("in a section: got %v, want %v", err, want)
			}
		})
	}
}

func TestNewTransaction_RefusesABlob(t *testing.T) {
	eth := gethtypes.NewTx(&gethtypes.BlobTx{ChainID: uint256.NewInt(uint64(rollupA))})
	if _, err := core.NewTransaction(rollupA, eth); !errors.Is(err, core.ErrTxType) {
		t.Errorf("got %v, want ErrTxType", err)
	}
}

func TestDecodeEntry_RefusesReservedEntryKinds(t *testing.T) {
	for _, kind := range []byte{0x02, 0x05, 0x06, 0x07, 0x10} {
		if _, err := core.DecodeEntry(rollupA, core.KindEVM, []byte{core.EncodingVersion, kind, 0xc0}); !errors.Is(err, core.ErrUnknownKind) {
			t.Errorf("entry of kind %#x: got %v, want ErrUnknownKind", kind, err)
		}
	}
}

func TestDecodeEntry_OpaqueBytesStayAsTheyAre(t *testing.T) {
	tx, err := core.DecodeEntry(rollupC, core.KindOpaque, []byte{core.EncodingVersion, byte(core.EncTransaction), 0xff})
	if err != nil || !bytes.Equal(tx.Raw(), []byte{0xff}) || tx.Eth() != nil {
		t.Errorf("got %v, %v", tx, err)
	}
	if _, err := core.DecodeEntry(rollupC, core.KindOpaque, []byte{core.EncodingVersion, byte(core.EncTransaction)}); !errors.Is(err, core.ErrEmpty) {
		t.Errorf("no bytes: got %v, want ErrEmpty", err)
	}
}

func TestTransaction_WithEthTakesOnlyTheSameTransaction(t *testing.T) {
	tx, same, other := sampleTx(t, rollupA, 2), sampleEthTx(t, rollupA, 2), sampleEthTx(t, rollupA, 0)
	if got := tx.WithEth(same); got.Eth() != same {
		t.Error("the same transaction is not taken")
	}
	if got := tx.WithEth(other); got.Eth() != tx.Eth() {
		t.Error("another transaction is taken")
	}
	if got := tx.WithEth(nil); got.Eth() != tx.Eth() {
		t.Error("nil is taken")
	}
}

func TestPredeployKeys(t *testing.T) {
	predeploy := core.DefaultPredeploy().Address
	for _, c := range []struct {
		name  string
		list  gethtypes.AccessList
		keys  int
		named bool
	}{
		{"no list", nil, 0, false},
		{"another address", gethtypes.AccessList{{Address: sampleTo, StorageKeys: numbered(2)}}, 0, false},
		{"named without keys", gethtypes.AccessList{{Address: predeploy}}, 0, true},
		{"named twice", gethtypes.AccessList{{Address: predeploy, StorageKeys: numbered(1)}, {Address: sampleTo}, {Address: predeploy, StorageKeys: numbered(2)}}, 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys, named := core.PredeployKeys(gethtypes.NewTx(&gethtypes.DynamicFeeTx{AccessList: c.list}), predeploy)
			if len(keys) != c.keys || named != c.named {
				t.Errorf("got %d keys, named %v; want %d, %v", len(keys), named, c.keys, c.named)
			}
		})
	}
}
