package evm

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
)

// asserting is the next transaction of an account that calls a contract with the predeploy's calldata, with these keys of the
// predeploy in its access list.
func (r *rollup) asserting(from int, to common.Address, a core.Assertion, keys ...common.Hash) core.Transaction {
	r.t.Helper()
	tx := &gethtypes.DynamicFeeTx{
		ChainID: r.chain.config.ChainID, Nonce: r.nonces[from], GasTipCap: big.NewInt(3), GasFeeCap: new(big.Int).SetUint64(100 * testGwei),
		Gas: 100_000, To: &to, Data: a.Calldata(), Value: new(big.Int),
	}
	if len(keys) > 0 {
		tx.AccessList = gethtypes.AccessList{{Address: r.cfg.Predeploy.Address, StorageKeys: keys}}
	}
	r.nonces[from]++
	return r.wrap(from, tx)
}

// What keeps assertions in bundles is the access list alone: the block that shows it is one that a stock node accepts.
func TestPredeploy_LogsIfTheMarkerIsWarmAndRevertsOtherwise(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	p := r.cfg.Predeploy
	a := core.NewAssertion(902, common.Address{1}, common.Hash{2}, common.Hash{3})
	warm := r.apply(r.asserting(0, p.Address, a, p.Marker, common.Hash{9}))
	require.False(t, warm.Reverted)
	require.Len(t, warm.Logs, 1)
	parsed, ok := core.ParseAssertion(p.Address, warm.Logs[0])
	require.True(t, ok)
	require.Equal(t, a, parsed)
	t.Logf("an assertion as a leg of its own takes %d gas", warm.GasUsed)
	for name, keys := range map[string][]common.Hash{"no access list": nil, "another key": {{9}}} {
		cold := r.apply(r.asserting(1, p.Address, a, keys...))
		require.True(t, cold.Reverted, name)
		require.Empty(t, cold.Logs, name)
		require.Greater(t, cold.GasUsed, params.TxGas, name)
	}
	paid := r.call(2, &p.Address, 1, 60_000, a.Calldata())
	require.True(t, r.apply(paid).Reverted, "it takes no ether")
	require.True(t, r.apply(r.call(2, &p.Address, 0, 60_000, []byte{1, 2, 3, 4})).Reverted)
	r.seal()
	r.reimport()
}

// twice calls the predeploy with its calldata, ignores the result, and calls again: loading the cold marker must not warm it
// for the second call. It reverts if one of the calls succeeds.
var twice = common.FromHex("365f5f37" + "5f5f365f5f73" + "4c6f636b73746570000000000000000000000001" + "5af1" +
	"5f5f365f5f73" + "4c6f636b73746570000000000000000000000001" + "5af1" + "17" + "60" + "41" + "57" + "00" + "5b5f5ffd")

func TestPredeploy_IsNotWarmedByAFailedCall(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	caller := r.deploy(0, twice)
	a := core.NewAssertion(902, common.Address{1}, common.Hash{2}, common.Hash{3})
	x := r.apply(r.call(1, &caller, 0, 100_000, a.Calldata()))
	require.False(t, x.Reverted, "both calls fail")
	require.Empty(t, x.Logs)
	require.True(t, r.apply(r.asserting(1, caller, a, r.cfg.Predeploy.Marker)).Reverted, "with the marker both succeed")
}

// What an attempt reads is what its legs left: of contracts deployed, destroyed and delegated to by them.
func TestAttempt_ReadsStorageAfterItsLegs(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	store := r.deploy(0, storeCode)
	r.apply(r.call(1, &store, 0, 100_000, words(1, 1)))
	bomb := crypto.CreateAddress(testAddress(2), r.nonces[2])
	fresh := crypto.CreateAddress(testAddress(2), r.nonces[2]+1)
	attempt := r.chain.Attempt()
	read := func(account common.Address, n uint64) (common.Hash, bool) {
		value, code, err := attempt.Storage(account, slotOf(n))
		require.NoError(t, err)
		return value, code
	}
	leg := func(tx core.Transaction) {
		x, err := attempt.Apply(tx)
		require.NoError(t, err)
		require.Equal(t, core.Included, x.Code, x.Detail)
		require.False(t, x.Reverted)
	}
	expect := func(account common.Address, n uint64, value common.Hash, code bool) {
		t.Helper()
		gotValue, gotCode := read(account, n)
		require.Equal(t, value, gotValue)
		require.Equal(t, code, gotCode)
	}
	expect(store, 1, slotOf(1), true)
	expect(store, 2, common.Hash{}, true)
	expect(fresh, 1, common.Hash{}, false)
	leg(r.call(1, &store, 0, 100_000, words(1, 5)))
	leg(r.call(2, nil, 1, 1_000_000, bombCode())) // writes slot 1 and destroys itself
	leg(r.call(2, nil, 0, 1_000_000, deployer(storeCode)))
	leg(r.call(3, &fresh, 0, 100_000, words(7, 8)))
	expect(store, 1, slotOf(5), true)
	expect(bomb, 1, common.Hash{}, false)
	expect(fresh, 7, slotOf(8), true)
	expect(testAddress(1), 0, common.Hash{}, false)
	attempt.Drop()
	_, _, err := attempt.Storage(store, slotOf(1))
	require.ErrorIs(t, err, ErrAttemptOver)
	require.Equal(t, slotOf(1), r.chain.open.state.GetState(store, slotOf(1)))
}
