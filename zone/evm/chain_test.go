package evm

import (
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// block seals a block with a transfer, a deployment and a bundle.
func (r *rollup) block() zone.SealedBlock {
	r.t.Helper()
	r.open()
	r.apply(r.transfer(0, common.HexToAddress("0xb0b"), 1))
	store := r.deploy(1, storeCode)
	attempt := r.chain.Attempt()
	for _, leg := range []core.Transaction{r.call(2, &store, 0, 100_000, words(1, 1)), r.call(3, nil, 1, 1_000_000, bombCode())} {
		execution, err := attempt.Apply(leg)
		require.NoError(r.t, err)
		require.False(r.t, execution.Code.Void() || execution.Reverted)
	}
	require.NoError(r.t, attempt.Merge())
	r.endTick()
	return r.seal()
}

func TestChain_GenesisBlock(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	header := r.chain.BlockChain().Genesis().Header()
	require.Equal(t, testTime, header.Time)
	require.Equal(t, r.cfg.Params.BlockGas, header.GasLimit)
	require.EqualValues(t, testGwei, header.BaseFee.Uint64())
	require.Equal(t, zone.SealedBlock{Hash: header.Hash(), Time: testTime, Extra: header.Extra}, r.chain.Head())
	require.Empty(t, header.Extra)
	_, ok := r.chain.Sealed(1)
	require.False(t, ok)
	other := openRollup(t, testConfig(902))
	require.NotEqual(t, r.chain.Head().Hash, other.chain.Head().Hash, "equal allocs, other rollup")
}

func TestOpen_RefusesWhatCannotBeExecuted(t *testing.T) {
	t.Parallel()
	system := params.HistoryStorageAddress
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"not registered", func(c *Config) { c.Rollup = core.Rollup{ID: 901} }, "kind evm"},
		{"other kind", func(c *Config) { c.Rollup.Kind = core.KindOpaque }, "kind evm"},
		{"no predeploy", func(c *Config) { delete(c.Rollup.EVM.Alloc, c.Predeploy.Address) }, "missing"},
		{"no system contract", func(c *Config) { delete(c.Rollup.EVM.Alloc, system) }, "missing"},
		{"other system code", func(c *Config) {
			c.Rollup.EVM.Alloc[system] = gethtypes.Account{Nonce: 1, Code: []byte{1}}
		}, "canonical code"},
		{"system storage", func(c *Config) {
			account := c.Rollup.EVM.Alloc[system]
			account.Storage = map[common.Hash]common.Hash{{}: {1}}
			c.Rollup.EVM.Alloc[system] = account
		}, "no storage"},
		{"storage of nobody", func(c *Config) {
			c.Rollup.EVM.Alloc[common.Address{1}] = gethtypes.Account{Storage: map[common.Hash]common.Hash{{}: {1}}}
		}, "storage without code"},
		{"negative balance", func(c *Config) {
			c.Rollup.EVM.Alloc[common.Address{1}] = gethtypes.Account{Balance: big.NewInt(-1)}
		}, "negative"},
		{"too much money", func(c *Config) {
			c.Rollup.EVM.Alloc[common.Address{1}] = gethtypes.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 256)}
		}, "2^256-1"},
		{"deposit contract", func(c *Config) {
			c.Rollup.EVM.Alloc[common.Address{}] = gethtypes.Account{Code: []byte{1}}
		}, "zero address"},
		{"block gas", func(c *Config) { c.Params.BlockGas = 0 }, "blockGas"},
		{"transaction gas", func(c *Config) { c.Params.MaxTxGas = 1<<24 + 1 }, "maxTxGas"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(901)
			cfg.Dir = t.TempDir()
			test.change(&cfg)
			_, err := Open(cfg)
			require.ErrorIs(t, err, ErrConfig)
			require.ErrorContains(t, err, test.want)
			entries, err := os.ReadDir(cfg.Dir)
			require.NoError(t, err)
			require.Empty(t, entries, "nothing is touched")
		})
	}
}

func TestOpen_RefusesTheFolderOfAnotherChain(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	first, err := Open(cfg)
	require.NoError(t, err)
	_, err = Open(cfg)
	require.ErrorIs(t, err, ErrFolderInUse)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "Close is idempotent")

	for name, change := range map[string]func(*Config){
		"rollup":  func(c *Config) { c.Rollup.ID = 902 },
		"network": func(c *Config) { c.Network[0]++ },
		"time":    func(c *Config) { c.EVMTime++ },
		"alloc": func(c *Config) {
			evm := *c.Rollup.EVM
			evm.Alloc = SystemAlloc(c.Predeploy)
			c.Rollup.EVM = &evm
		},
	} {
		other := cfg
		change(&other)
		_, err = Open(other)
		require.ErrorIs(t, err, ErrOtherGenesis, name)
	}
	again, err := Open(cfg)
	require.NoError(t, err, "the refused attempts changed nothing and hold no lock")
	require.NoError(t, again.Close())
}

// One folder is opened again and again; each time it finds the blocks of the times before.
func TestChain_KeepsEverythingInItsFolder(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	twin := openRollup(t, testConfig(901))
	for range 4 {
		r := openRollup(t, cfg)
		require.Equal(t, twin.chain.Head(), r.chain.Head())
		r.tick = twin.tick
		require.Equal(t, twin.block(), r.block())
		for number := uint64(0); number <= r.chain.Head().Number; number++ {
			header := r.chain.BlockChain().GetHeaderByNumber(number)
			statedb, err := r.chain.BlockChain().StateAt(header.Root, header.Number, header.Time)
			require.NoError(t, err, "an archive has every state")
			require.EqualValues(t, number, statedb.GetBalance(common.HexToAddress("0xb0b")).Uint64())
		}
		_, tx := r.chain.BlockChain().GetCanonicalTransaction(r.chain.BlockChain().GetBlockByNumber(1).Transactions()[0].Hash())
		require.NotNil(t, tx, "every transaction can be found by hash")
		r.reimport()
		require.NoError(t, r.chain.Close())
	}
}

// The folder is copied while the chain runs, as a kill would leave it.
func TestChain_FindsTheLastSyncedBlockAfterAKill(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	r := openRollup(t, cfg)
	var sealed []zone.SealedBlock
	for range 3 {
		sealed = append(sealed, r.block())
	}
	require.NoError(t, r.chain.Sync())
	r.open()
	r.apply(r.transfer(0, testAddress(1), 1)) // lost with the open block
	killed := cfg
	killed.Dir = filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(killed.Dir, os.DirFS(cfg.Dir)))

	revived := openRollup(t, killed)
	require.Equal(t, sealed[2], revived.chain.Head())
	for _, want := range sealed {
		have, ok := revived.chain.Sealed(want.Number)
		require.True(t, ok)
		require.Equal(t, want, have)
	}
	r.nonces[0]--
	require.NoError(t, r.chain.Rewind(3))
	r.time--
	r.tick, revived.tick = 3, 3
	require.Equal(t, r.block(), revived.block())
	revived.reimport()
}

func TestChain_RewindAndExecuteAgain(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	cfg.Logger = slog.New(slog.DiscardHandler)
	r := openRollup(t, cfg)
	var sealed []zone.SealedBlock
	for range 5 {
		sealed = append(sealed, r.block())
	}
	require.NoError(t, r.chain.MarkSafe(1))
	require.ErrorIs(t, r.chain.MarkSafe(6), ErrUnknownBlock)
	require.ErrorIs(t, r.chain.Rewind(6), ErrUnknownBlock)
	for _, target := range []uint64{5, 4, 2, 0} {
		if target%2 == 0 {
			r.open() // an open block goes, too
		}
		stale := r.chain.Attempt()
		require.NoError(t, r.chain.Rewind(target))
		require.Error(t, stale.Merge())
		view := r.chain.View()
		require.Equal(t, target, view.Number())
		require.Nil(t, view.Header)
		require.EqualValues(t, target, r.balance(common.HexToAddress("0xb0b")).Uint64())
		_, ok := r.chain.Sealed(target + 1)
		require.False(t, ok)

		fresh := &rollup{t: t, cfg: cfg, chain: r.chain, keys: r.keys, time: r.chain.Head().Time, tick: target}
		fresh.nonces = make([]uint64, testAccounts)
		for i := range 4 {
			fresh.nonces[i] = target
		}
		for number := target; number < 5; number++ {
			require.Equal(t, sealed[number], fresh.block())
		}
		r.time = fresh.time
	}
	require.EqualValues(t, 0, safeNumber(r.chain), "a rewind below it clears the tag")
	require.NoError(t, r.chain.MarkSafe(4))
	require.EqualValues(t, 4, safeNumber(r.chain))
	r.reimport()
}

func safeNumber(c *Chain) uint64 {
	if safe := c.BlockChain().CurrentSafeBlock(); safe != nil {
		return safe.Number.Uint64()
	}
	return 0
}

// Empty blocks, long gaps between slots and a falling base fee.
func TestChain_EmptyBlocks(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Rollup.EVM.BaseFee = 20
	r := openRollup(t, cfg)
	for i := range uint64(30) {
		r.time += i * 1000
		r.open()
		require.Equal(t, r.chain.NextBaseFee(), r.chain.View().BaseFee())
		r.seal()
	}
	require.EqualValues(t, 7, r.chain.View().BaseFee().Uint64(), "EIP-1559 stops falling where an eighth is less than one wei")
	r.reimport()
}

// Deeper than the 128 blocks for which go-ethereum keeps differences of the flat state in memory.
func TestChain_KillAndRewindFarBack(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	r := openRollup(t, cfg)
	var sealed []zone.SealedBlock
	for range 150 {
		sealed = append(sealed, r.transferBlock())
	}
	require.NoError(t, r.chain.Rewind(3)) // in the running process
	r.rewound(3)
	for number := 3; number < 150; number++ {
		require.Equal(t, sealed[number], r.transferBlock())
	}
	require.NoError(t, r.chain.Sync())

	killed := cfg
	killed.Dir = filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(killed.Dir, os.DirFS(cfg.Dir)))
	revived := openRollup(t, killed)
	require.Equal(t, sealed[149], revived.chain.Head())
	require.NoError(t, revived.chain.Rewind(140)) // after the differences were lost
	revived.rewound(140)
	for number := 140; number < 150; number++ {
		require.Equal(t, sealed[number], revived.transferBlock())
	}
	revived.reimport()
}

// transferBlock seals a block with one transfer.
func (r *rollup) transferBlock() zone.SealedBlock {
	r.t.Helper()
	r.open()
	r.apply(r.transfer(0, common.BigToAddress(big.NewInt(int64(r.time))), 1))
	r.endTick()
	return r.seal()
}

// rewound puts the harness back to a block of a chain of transferBlocks.
func (r *rollup) rewound(number uint64) {
	r.time, r.tick, r.nonces[0] = testTime+number, number, number
}

// What a contract sees of its block must be what the sealed header says; stock go-ethereum checks the rest.
func TestChain_BlockEnvironmentAndRequests(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901) // in memory
	r := openRollup(t, cfg)
	r.open()
	observer := r.deploy(0, common.FromHex(
		"60014303405f55"+"44600155"+"42600255"+"41600355"+"48600455"+"46600555"+"45600655"+"4a600755"+"00"))
	r.seal()
	r.open()
	require.False(t, r.apply(r.call(1, &observer, 0, 500_000, nil)).Reverted)
	queue := params.WithdrawalQueueAddress // EIP-7002: 48 bytes of public key, 8 of amount; the fee is one wei
	require.False(t, r.apply(r.call(2, &queue, 1, 500_000, nonZero(56))).Reverted)
	header := r.chain.BlockChain().GetHeaderByHash(r.seal().Hash)
	for slot, want := range []common.Hash{
		header.ParentHash, header.MixDigest, slotOf(header.Time), common.BytesToHash(header.Coinbase[:]),
		common.BigToHash(header.BaseFee), slotOf(901), slotOf(header.GasLimit), slotOf(1),
	} {
		require.Equal(t, want, r.slot(observer, slotOf(uint64(slot))), "slot %d", slot)
	}
	require.NotEqual(t, gethtypes.EmptyRequestsHash, *header.RequestsHash)
	require.Equal(t, common.Hash{}, *header.ParentBeaconRoot)
	r.reimport()
}

// The process dies inside Seal: after the state was written, and after the block was written, but before the head.
func TestChain_KilledInsideASeal(t *testing.T) {
	t.Parallel()
	for _, blockWritten := range []bool{false, true} {
		cfg := testConfig(901)
		cfg.Dir = t.TempDir()
		r := openRollup(t, cfg)
		first := r.transferBlock()
		r.open()
		r.apply(r.transfer(0, common.BigToAddress(big.NewInt(int64(r.time))), 1))
		r.endTick()
		block, err := r.chain.open.assemble(append(core.U64(2), core.U64(7)...))
		require.NoError(t, err)
		root, err := r.chain.open.state.Commit(r.chain.open.env.rules, 2)
		require.NoError(t, err)
		require.NoError(t, r.chain.BlockChain().TrieDB().Commit(root, false))
		if blockWritten {
			rawdb.WriteBlock(r.chain.ChainDb(), block)
			rawdb.WriteReceipts(r.chain.ChainDb(), block.Hash(), 2, r.chain.open.included.receipts)
		}
		require.NoError(t, r.chain.Sync())

		killed := cfg
		killed.Dir = filepath.Join(t.TempDir(), "copy")
		require.NoError(t, os.CopyFS(killed.Dir, os.DirFS(cfg.Dir)))
		revived := openRollup(t, killed)
		require.Equal(t, first, revived.chain.Head())
		revived.tick = 1
		require.Equal(t, block.Hash(), revived.transferBlock().Hash)
		revived.reimport()
	}
}
