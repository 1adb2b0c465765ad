package evm

import (
	"bytes"
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/history"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/zone"
)

// blockHashCode stores BLOCKHASH(calldata) at slot 0.
var blockHashCode = common.FromHex("6000354060005500")

func exported(t testing.TB, r *rollup, number uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.chain.Export(t.Context(), number, &out))
	return out.Bytes()
}

// imported opens a rollup that begins with a copy of another.
func imported(t testing.TB, from *rollup, at zone.SealedBlock, copied []byte) *rollup {
	t.Helper()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	require.NoError(t, Import(t.Context(), cfg, at.Number, at.Hash, bytes.NewReader(copied)))
	r := openRollup(t, cfg)
	require.Equal(t, at, r.chain.Head())
	r.tick, r.time = from.tick, from.time
	return r
}

func TestCopy_GoesOnAsTheOriginal(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	hasher := r.long(300)
	at := r.chain.Head()
	copied := exported(t, r, at.Number)
	require.Equal(t, copied, exported(t, r, at.Number), "the same bytes every time")

	joined := imported(t, r, at, copied)
	first := firstCopied(at.Number)
	for _, x := range []*rollup{r, joined} {
		x.open()
		x.apply(x.call(0, &hasher, 0, 100_000, words(first)))
		x.endTick()
	}
	require.Equal(t, r.seal(), joined.seal(), "also with the oldest hash that a contract can ask for")
	_, ok := joined.chain.Sealed(first - 1)
	require.False(t, ok)
	require.Equal(t, exported(t, r, at.Number+1), exported(t, joined, at.Number+1), "a copy of the copy")
}

// long seals n blocks with a few transactions and gives the contract that stores block hashes.
func (r *rollup) long(n int) common.Address {
	var hasher common.Address
	for i := range n {
		r.open()
		if i == 0 {
			hasher = r.deploy(2, blockHashCode)
		}
		if i%20 == 0 {
			r.apply(r.transfer(0, common.BytesToAddress([]byte{0xb0, byte(i)}), 1))
			store := r.deploy(1, storeCode)
			r.apply(r.call(2, &store, 0, 100_000, words(uint64(i), 7)))
		}
		r.endTick()
		r.seal()
	}
	return hasher
}

func TestCopy_SaysWhereHistoryBegins(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.long(300)
	at := r.chain.Head()
	joined := imported(t, r, at, exported(t, r, at.Number))
	service, err := newService(joined.chain)
	require.NoError(t, err)
	backend := service.APIBackend
	require.Equal(t, firstCopied(at.Number), backend.HistoryPruningCutoff())
	_, err = backend.BlockByNumber(t.Context(), rpc.BlockNumber(firstCopied(at.Number)-1))
	require.ErrorAs(t, err, new(*history.PrunedHistoryError))
	block, err := backend.BlockByNumber(t.Context(), rpc.BlockNumber(firstCopied(at.Number)))
	require.NoError(t, err)
	require.NotNil(t, block)
}

func TestImport_RefusesForgeries(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.long(3)
	at := r.chain.Head()
	good := exported(t, r, at.Number)
	refused := func(name string, copied []byte) {
		t.Helper()
		cfg := testConfig(901)
		cfg.Dir = t.TempDir()
		require.ErrorIs(t, Import(t.Context(), cfg, at.Number, at.Hash, bytes.NewReader(copied)), ErrCopy, name)
	}
	items := split(t, good)
	known := make(map[common.Hash]bool) // code that the genesis brings
	for _, account := range testConfig(901).Rollup.EVM.Alloc {
		known[crypto.Keccak256Hash(account.Code)] = true
	}
	for i, item := range items {
		for _, forged := range []copyItem{
			{item.Kind, item.Key, flipped(item.Value)}, {item.Kind, flipped(item.Key), item.Value}, {item.Kind + 1, item.Key, item.Value},
		} {
			if !bytes.Equal(join(t, []copyItem{forged}), join(t, []copyItem{item})) {
				all := append([]copyItem(nil), items...)
				all[i] = forged
				refused("forged", join(t, all))
			}
		}
		if item.Kind != itemCode || !known[crypto.Keccak256Hash(item.Value)] {
			refused("left out", join(t, append(append([]copyItem(nil), items[:i]...), items[i+1:]...)))
		}
	}
	refused("cut short", good[:len(good)-2])
	refused("nothing", nil)
	refused("another block's state", exported(t, r, at.Number-1))
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Import(ctx, cfg, at.Number, at.Hash, bytes.NewReader(good)), context.Canceled)
}

func split(t testing.TB, b []byte) (items []copyItem) {
	t.Helper()
	for s := rlp.NewStream(bytes.NewReader(b), 0); ; {
		var item copyItem
		require.NoError(t, s.Decode(&item))
		if items = append(items, item); item.Kind == itemEnd {
			return items
		}
	}
}

func join(t testing.TB, items []copyItem) []byte {
	t.Helper()
	var out bytes.Buffer
	for i := range items {
		require.NoError(t, rlp.Encode(&out, &items[i]))
	}
	return out.Bytes()
}

// flipped changes the last byte, in which there is no room for another encoding of the same.
func flipped(b []byte) []byte {
	if len(b) == 0 {
		return []byte{1}
	}
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}
