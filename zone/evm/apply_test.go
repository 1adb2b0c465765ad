package evm

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

func TestChain_TransfersDeploysAndLogsAreInTheSealedBlock(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	bob := common.HexToAddress("0xb0b")
	plain := r.apply(r.transfer(0, bob, 5))
	require.Equal(t, params.TxGas, plain.GasUsed)
	store := r.deploy(1, storeCode)
	stored := r.apply(r.call(2, &store, 0, 100_000, words(7, 9)))
	require.Len(t, stored.Logs, 1)
	require.Equal(t, slotOf(7), stored.Logs[0].Topics[0])
	reverted := r.apply(r.call(2, &store, 0, 100_000, words(8, 9, 1)))
	require.True(t, reverted.Reverted)
	require.Empty(t, reverted.Logs)
	again := r.apply(r.call(3, &store, 0, 100_000, words(7, 0)))
	require.EqualValues(t, 1, again.Logs[0].Index, "log indexes run through the block")

	root := r.endTick()
	receipts := r.chain.View().Receipts()
	require.Len(t, receipts, 5)
	require.Equal(t, gethtypes.DeriveSha(receipts, trie.NewStackTrie(nil)), root)
	require.Equal(t, gethtypes.EmptyReceiptsHash, r.endTick(), "a tick without receipts")

	sealed := r.seal()
	block := r.chain.BlockChain().GetBlockByHash(sealed.Hash)
	require.Equal(t, root, block.ReceiptHash())
	require.Equal(t, append(core.U64(2), core.U64(7)...), sealed.Extra)
	require.Equal(t, core.TagPrevRandao.Sum(r.cfg.Network[:], core.U64(901), core.U64(1)), block.MixDigest())
	require.Equal(t, testRecipient, block.Coinbase())
	require.Equal(t, r.cfg.Params.BlockGas, block.GasLimit())
	require.Equal(t, big.NewInt(5), r.balance(bob))
	for i, sealedReceipt := range r.chain.BlockChain().GetReceiptsByHash(sealed.Hash) {
		want, err := json.Marshal(sealedReceipt)
		require.NoError(t, err)
		have, err := json.Marshal(receipts[i])
		require.NoError(t, err)
		renamed := strings.ReplaceAll(string(have), r.chain.provisionalHash(1, block.ParentHash()).Hex(), sealed.Hash.Hex())
		require.JSONEq(t, string(want), renamed, "provisional and sealed receipts differ in the block hash only")
		require.NotEqual(t, string(want), string(have))
		encoded, err := sealedReceipt.MarshalBinary()
		require.NoError(t, err)
		if i == 0 {
			require.Equal(t, crypto.Keccak256Hash(encoded), plain.ReceiptHash)
		}
	}
	r.reimport()
}

// contractKey is the key of an account that has code from the genesis on, maxNonceKey that of one out of nonces.
const (
	contractKey = 20
	maxNonceKey = 21
	poorKey     = 22
)

// voidCase makes a transaction that is void for one reason.
type voidCase struct {
	name string
	code core.OutcomeCode
	make func(r *rollup) core.Transaction
}

// voidTx is account 7's next transaction, changed; account 7 sends nothing else, so its nonce stays 0.
func voidTx(r *rollup, change func(*gethtypes.DynamicFeeTx)) core.Transaction {
	return voidTxOf(r, 7, change)
}

func voidTxOf(r *rollup, sender int, change func(*gethtypes.DynamicFeeTx)) core.Transaction {
	to := common.HexToAddress("0xb0b")
	data := &gethtypes.DynamicFeeTx{
		ChainID: r.chain.config.ChainID, GasTipCap: big.NewInt(1), GasFeeCap: new(big.Int).SetUint64(10 * testGwei),
		Gas: params.TxGas, To: &to, Value: big.NewInt(1),
	}
	change(data)
	eth, err := gethtypes.SignNewTx(testKey(sender), r.chain.signer, data)
	require.NoError(r.t, err)
	return r.wrapSigned(eth)
}

func nonZero(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = 1
	}
	return data
}

var voidCases = []voidCase{
	{"signature out of range", core.VoidBadSignature, func(r *rollup) core.Transaction {
		return r.wrapSigned(gethtypes.NewTx(&gethtypes.DynamicFeeTx{
			ChainID: r.chain.config.ChainID, GasTipCap: big.NewInt(1), GasFeeCap: ether(1), Gas: params.TxGas,
			V: big.NewInt(0), R: new(big.Int).Lsh(big.NewInt(1), 256), S: big.NewInt(1),
		}))
	}},
	{"nonce too low", core.VoidNonceTooLow, func(r *rollup) core.Transaction {
		return voidTxOf(r, 0, func(d *gethtypes.DynamicFeeTx) { d.Nonce = 0 })
	}},
	{"nonce too high", core.VoidNonceTooHigh, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Nonce = 1 })
	}},
	{"nonce at its maximum", core.VoidNonceMax, func(r *rollup) core.Transaction {
		return voidTxOf(r, maxNonceKey, func(d *gethtypes.DynamicFeeTx) { d.Nonce = math.MaxUint64 })
	}},
	{"no funds for gas", core.VoidInsufficientFunds, func(r *rollup) core.Transaction {
		return voidTxOf(r, poorKey, func(d *gethtypes.DynamicFeeTx) { d.Value = new(big.Int) })
	}},
	{"no funds for the value", core.VoidInsufficientFunds, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Value = ether(2_000_000) })
	}},
	{"value above 256 bits", core.VoidInsufficientFunds, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Value = new(big.Int).Lsh(big.NewInt(1), 256) })
	}},
	{"fee cap below the base fee", core.VoidFeeCapTooLow, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.GasFeeCap, d.GasTipCap = big.NewInt(1), big.NewInt(1) })
	}},
	{"tip above the fee cap", core.VoidTipAboveFeeCap, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.GasTipCap = ether(1) })
	}},
	{"fee cap above 256 bits", core.VoidFeeOverflow, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.GasFeeCap = new(big.Int).Lsh(big.NewInt(1), 256) })
	}},
	{"tip above 256 bits", core.VoidFeeOverflow, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.GasTipCap = new(big.Int).Lsh(big.NewInt(1), 256) })
	}},
	{"gas below the intrinsic gas", core.VoidIntrinsicGas, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Gas = params.TxGas - 1 })
	}},
	{"gas below the calldata floor", core.VoidFloorDataGas, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Data, d.Gas = nonZero(1000), params.TxGas+16*1000 })
	}},
	{"gas above the cap", core.VoidGasAboveCap, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Gas = 1<<24 + 1 })
	}},
	{"init code too large", core.VoidInitCodeTooLarge, func(r *rollup) core.Transaction {
		return voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.To, d.Data, d.Gas = nil, nonZero(params.MaxInitCodeSize+1), 1<<24 })
	}},
	{"sender is a contract", core.VoidSenderNotEOA, func(r *rollup) core.Transaction {
		return voidTxOf(r, contractKey, func(*gethtypes.DynamicFeeTx) {})
	}},
	{"empty authorization list", core.VoidAuthorizations, func(r *rollup) core.Transaction {
		eth, err := gethtypes.SignNewTx(testKey(7), r.chain.signer, &gethtypes.SetCodeTx{
			ChainID: uint256.MustFromBig(r.chain.config.ChainID), GasTipCap: uint256.NewInt(1),
			GasFeeCap: uint256.NewInt(10 * testGwei), Gas: 100_000, Value: new(uint256.Int), AuthList: []gethtypes.SetCodeAuthorization{},
		})
		require.NoError(r.t, err)
		return r.wrapSigned(eth)
	}},
}

func voidConfig() Config {
	cfg := testConfig(901)
	cfg.Rollup.EVM.Alloc[testAddress(contractKey)] = gethtypes.Account{Balance: ether(1), Nonce: 0, Code: []byte{0x00}}
	cfg.Rollup.EVM.Alloc[testAddress(maxNonceKey)] = gethtypes.Account{Balance: ether(1), Nonce: math.MaxUint64}
	return cfg
}

// Every reason stands between good transactions of others and of the same sender; the block must be the one that the
// good transactions alone would make, and stock go-ethereum must accept it.
func TestChain_VoidTransactionsLeaveTheirNeighboursAlone(t *testing.T) {
	t.Parallel()
	r, twin := openRollup(t, voidConfig()), openRollup(t, voidConfig())
	bob := common.HexToAddress("0xb0b")
	for _, bundled := range []bool{false, true} {
		for _, c := range voidCases {
			r.open()
			twin.open()
			for _, each := range []*rollup{r, twin} {
				each.apply(each.transfer(0, bob, 1))
			}
			before, size := r.chain.open.gas.Snapshot(), r.chain.open.size
			execution, err := applyAlone(r.chain, c.make(r), bundled)
			require.NoError(t, err, c.name)
			require.Equal(t, c.code, execution.Code, "%s: %s", c.name, execution.Detail)
			require.NotEmpty(t, execution.Detail)
			require.Zero(t, execution.ReceiptHash)
			require.Equal(t, before, r.chain.open.gas, c.name)
			require.Equal(t, size, r.chain.open.size, c.name)
			for _, each := range []*rollup{r, twin} {
				each.apply(each.transfer(1, bob, 1))
				each.apply(each.transfer(0, bob, 1))
			}
			require.Equal(t, twin.seal(), r.seal(), c.name)
		}
	}
	require.Equal(t, big.NewInt(int64(2*3*len(voidCases))), r.balance(bob))
	account, err := r.chain.View().Account(testAddress(7))
	require.NoError(t, err)
	require.Equal(t, ether(1_000_000), account.Balance.ToBig(), "a void transaction costs nothing")
	require.Zero(t, account.Nonce, "its nonce stays unused")
	r.reimport()
}

// applyAlone executes a single, or the only leg of a bundle that is dropped if it is void.
func applyAlone(chain *Chain, tx core.Transaction, bundled bool) (zone.Execution, error) {
	if !bundled {
		return chain.Apply(tx)
	}
	attempt := chain.Attempt()
	execution, err := attempt.Apply(tx)
	if err == nil && !execution.Code.Void() {
		return execution, attempt.Merge()
	}
	attempt.Drop()
	return execution, err
}

// The codes that no ordered transaction can reach are at least in the table.
func TestOutcomeOf_KnowsEveryRefusal(t *testing.T) {
	t.Parallel()
	for _, row := range refusals {
		code, ok := outcomeOf(fmt.Errorf("wrapped: %w", row.reason))
		require.True(t, ok)
		require.Equal(t, row.code, code, row.reason)
		require.True(t, code.Void())
	}
	for _, reason := range []error{
		gethcore.ErrGasLimitReached, gethcore.ErrGasLimitOverflow, vm.ErrOutOfGas, errors.New("nonce too low"),
	} {
		_, ok := outcomeOf(reason)
		require.False(t, ok, "%v must halt, not be guessed", reason)
	}
}

func TestChain_NoRoomIsDecidedBeforeVoidAndLeavesTheNextBlockToDecide(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Params.BlockGas, cfg.Params.MaxTxGas = 1<<24, 1<<20
	r := openRollup(t, cfg)
	r.open()
	spin := r.deploy(0, common.FromHex("5b5f56")) // loops until the gas is used up
	filler := func() core.Transaction { return r.call(0, &spin, 0, 1<<20, nil) }
	for range 15 {
		require.True(t, r.apply(filler()).Reverted)
	}
	left := r.chain.open.gas.Available(false)
	require.Less(t, left, uint64(1<<20))
	tooMuch, tooEarly := filler(), filler()
	badNonce := voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Nonce, d.Gas = 5, 1<<20 })
	aboveCap := voidTx(r, func(d *gethtypes.DynamicFeeTx) { d.Gas = 1<<20 + 1 })

	for _, bundled := range []bool{false, true} {
		for _, tx := range []core.Transaction{tooMuch, tooEarly, badNonce} {
			execution, err := applyAlone(r.chain, tx, bundled)
			require.NoError(t, err)
			require.True(t, execution.NoRoom)
			require.Equal(t, left, r.chain.open.gas.Available(false))
		}
		execution, err := applyAlone(r.chain, aboveCap, bundled)
		require.NoError(t, err)
		require.Equal(t, core.VoidGasAboveCap, execution.Code, "what no block can hold is void at once")
	}
	r.apply(r.transfer(1, common.HexToAddress("0xb0b"), 1)) // small ones still fit
	r.seal()

	r.open()
	require.True(t, r.apply(tooMuch).Reverted)
	require.True(t, r.apply(tooEarly).Reverted)
	execution, err := r.chain.Apply(badNonce)
	require.NoError(t, err)
	require.Equal(t, core.VoidNonceTooHigh, execution.Code)
	r.seal()
	r.reimport()
}

func TestChain_NoRoomWhenTheBlockIsTooLarge(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Params.BlockGas = 1 << 32
	r := openRollup(t, cfg)
	r.open()
	to := common.HexToAddress("0xb0b")
	big := func() core.Transaction { return r.call(0, &to, 0, 1<<24, make([]byte, 126<<10)) }
	full := false
	var waiting core.Transaction
	for !full {
		waiting = big()
		execution, err := r.chain.Apply(waiting)
		require.NoError(t, err)
		full = execution.NoRoom
	}
	require.Greater(t, len(r.chain.open.included.txs), 60)
	sealed := r.seal()
	size := r.chain.BlockChain().GetBlockByHash(sealed.Hash).Size()
	require.LessOrEqual(t, size, uint64(params.MaxBlockSize))
	require.Greater(t, size, uint64(params.MaxBlockSize-blockSizeMargin-130<<10))
	r.open()
	r.apply(waiting)
	r.seal()
	r.reimport()
}

func TestChain_CallsOutOfOrderAreErrors(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	tx := r.transfer(0, testAddress(1), 1)
	_, err := r.chain.Apply(tx)
	require.ErrorIs(t, err, ErrNoOpenBlock)
	_, err = r.chain.Attempt().Apply(tx)
	require.ErrorIs(t, err, ErrNoOpenBlock)
	_, err = r.chain.Seal(nil)
	require.ErrorIs(t, err, ErrNoOpenBlock)
	require.ErrorIs(t, r.chain.Open(r.time), ErrTimestamp)
	r.open()
	require.ErrorIs(t, r.chain.Open(r.time+1), ErrBlockOpen)
	attempt := r.chain.Attempt()
	for _, call := range []func() error{
		func() error { _, err := r.chain.Apply(tx); return err },
		func() error { _, err := r.chain.Seal(nil); return err },
		func() error { _, err := r.chain.EndTick(1); return err },
		r.chain.Attempt().Merge,
	} {
		require.ErrorIs(t, call(), ErrAttemptOpen)
	}
	attempt.Drop()
	require.ErrorIs(t, attempt.Merge(), ErrAttemptOver)
	_, err = r.chain.Seal(make([]byte, 33))
	require.ErrorIs(t, err, ErrSeal)
	other, err := core.NewTransaction(902, gethtypes.MustSignNewTx(testKey(0), gethtypes.LatestSignerForChainID(big.NewInt(902)), &gethtypes.LegacyTx{}))
	require.NoError(t, err)
	_, err = r.chain.Apply(other)
	require.ErrorIs(t, err, ErrForeign)
	r.apply(tx)
}
