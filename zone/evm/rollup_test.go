package evm

import (
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/beacon"
	"github.com/ethereum/go-ethereum/consensus/ethash"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

var _ zone.Engine = (*Chain)(nil)

const (
	testAccounts = 8
	testTime     = uint64(1_700_000_000)
	testGwei     = uint64(params.GWei)
)

var testRecipient = common.HexToAddress("0xfee0000000000000000000000000000000000fee")

// rollup is a chain under test and what its users need: funded keys and their next nonces.
type rollup struct {
	t      testing.TB
	cfg    Config
	chain  *Chain
	keys   []*ecdsa.PrivateKey
	nonces []uint64
	time   uint64
	tick   uint64
}

func testKey(i int) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("zone/evm test key"), []byte{byte(i)}))
	if err != nil {
		panic(err)
	}
	return key
}

func testAddress(i int) common.Address { return crypto.PubkeyToAddress(testKey(i).PublicKey) }

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

// testConfig is a rollup with funded accounts 0 to 7, in memory.
func testConfig(id core.RollupID) Config {
	p := core.DefaultPredeploy()
	alloc := SystemAlloc(p)
	for i := range testAccounts {
		alloc[testAddress(i)] = gethtypes.Account{Balance: ether(1_000_000)}
	}
	return Config{
		Network: common.HexToHash("0x01"), Params: core.DefaultParams(), Predeploy: p, EVMTime: testTime,
		Rollup: core.Rollup{
			ID: id, Name: "test", Kind: core.KindEVM,
			EVM: &core.EVMGenesis{FeeRecipient: testRecipient, BaseFee: testGwei, Alloc: alloc},
		},
	}
}

func openRollup(t testing.TB, cfg Config) *rollup {
	t.Helper()
	chain, err := Open(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, chain.Close()) })
	r := &rollup{t: t, cfg: cfg, chain: chain, time: chain.Head().Time, nonces: make([]uint64, testAccounts)}
	for i := range testAccounts {
		r.keys = append(r.keys, testKey(i))
		account, err := chain.View().Account(testAddress(i))
		require.NoError(t, err)
		r.nonces[i] = account.Nonce
	}
	return r
}

// open begins the next block, one second later.
func (r *rollup) open() {
	r.t.Helper()
	r.time++
	require.NoError(r.t, r.chain.Open(r.time))
}

func (r *rollup) seal() zone.SealedBlock {
	r.t.Helper()
	sealed, err := r.chain.Seal(append(core.U64(r.tick), core.U64(7)...))
	require.NoError(r.t, err)
	return sealed
}

func (r *rollup) endTick() common.Hash {
	r.t.Helper()
	r.tick++
	root, err := r.chain.EndTick(r.tick)
	require.NoError(r.t, err)
	return root
}

// wrap signs a transaction as account from, without moving its nonce.
func (r *rollup) wrap(from int, data gethtypes.TxData) core.Transaction {
	r.t.Helper()
	eth, err := gethtypes.SignNewTx(r.keys[from], r.chain.signer, data)
	require.NoError(r.t, err)
	return r.wrapSigned(eth)
}

func (r *rollup) wrapSigned(eth *gethtypes.Transaction) core.Transaction {
	r.t.Helper()
	tx, err := core.NewTransaction(r.cfg.Rollup.ID, eth)
	require.NoError(r.t, err)
	return tx
}

// call makes the next transaction of an account.
func (r *rollup) call(from int, to *common.Address, value int64, gas uint64, data []byte) core.Transaction {
	r.t.Helper()
	tx := r.wrap(from, &gethtypes.DynamicFeeTx{
		ChainID: r.chain.config.ChainID, Nonce: r.nonces[from], GasTipCap: big.NewInt(3), GasFeeCap: new(big.Int).SetUint64(100 * testGwei),
		Gas: gas, To: to, Value: big.NewInt(value), Data: data,
	})
	r.nonces[from]++
	return tx
}

func (r *rollup) transfer(from int, to common.Address, value int64) core.Transaction {
	r.t.Helper()
	return r.call(from, &to, value, params.TxGas, nil)
}

// apply executes a single that must be included.
func (r *rollup) apply(tx core.Transaction) zone.Execution {
	r.t.Helper()
	execution, err := r.chain.Apply(tx)
	require.NoError(r.t, err)
	require.Equal(r.t, core.Included, execution.Code, execution.Detail)
	require.False(r.t, execution.NoRoom)
	return execution
}

// deploy puts code at an address and returns it.
func (r *rollup) deploy(from int, runtime []byte) common.Address {
	r.t.Helper()
	address := crypto.CreateAddress(testAddress(from), r.nonces[from])
	require.False(r.t, r.apply(r.call(from, nil, 0, 1_000_000, deployer(runtime))).Reverted)
	return address
}

// balance and slot read the newest view.
func (r *rollup) balance(address common.Address) *big.Int {
	r.t.Helper()
	account, err := r.chain.View().Account(address)
	require.NoError(r.t, err)
	return account.Balance.ToBig()
}

func (r *rollup) slot(address common.Address, slot common.Hash) common.Hash {
	r.t.Helper()
	statedb, err := r.chain.View().StateDB()
	require.NoError(r.t, err)
	value := statedb.GetState(address, slot)
	require.NoError(r.t, statedb.Error())
	return value
}

// reimport executes every sealed block on a stock go-ethereum chain and compares the heads.
func (r *rollup) reimport() {
	r.t.Helper()
	stock, err := gethcore.NewBlockChain(rawdb.NewMemoryDatabase(), r.cfg.Genesis(), beacon.New(ethash.NewFaker()), gethcore.DefaultConfig())
	require.NoError(r.t, err)
	defer stock.Stop()
	var blocks gethtypes.Blocks
	for number := uint64(1); number <= r.chain.Head().Number; number++ {
		blocks = append(blocks, r.chain.BlockChain().GetBlockByNumber(number))
	}
	_, err = stock.InsertChain(blocks)
	require.NoError(r.t, err)
	require.Equal(r.t, r.chain.Head().Hash, stock.CurrentBlock().Hash())
}

// supply is the sum of all balances in the newest sealed state.
func (r *rollup) supply() *big.Int {
	r.t.Helper()
	tr, err := trie.NewStateTrie(trie.StateTrieID(r.chain.head.Root), r.chain.BlockChain().TrieDB())
	require.NoError(r.t, err)
	it, err := tr.NodeIterator(nil)
	require.NoError(r.t, err)
	sum := new(big.Int)
	for accounts := trie.NewIterator(it); accounts.Next(); {
		account, err := gethtypes.FullAccount(accounts.Value)
		require.NoError(r.t, err)
		sum.Add(sum, account.Balance.ToBig())
	}
	return sum
}

// burnt is what the sealed blocks' base fees destroyed.
func (r *rollup) burnt() *big.Int {
	sum := new(big.Int)
	for number := uint64(1); number <= r.chain.Head().Number; number++ {
		header := r.chain.BlockChain().GetHeaderByNumber(number)
		sum.Add(sum, new(big.Int).Mul(header.BaseFee, new(big.Int).SetUint64(header.GasUsed)))
	}
	return sum
}

// storeCode keeps the value of the second word of its input in the slot that the first word names, logs the slot as a
// topic, and then reverts if there is a third word.
var storeCode = common.FromHex("602035" + "5f35" + "55" + "5f355f5fa1" + "3660601460" + "13" + "57" + "00" + "5b5f5ffd")

// deployer is init code that returns a runtime of at most 255 bytes.
func deployer(runtime []byte) []byte {
	return append([]byte{0x60, byte(len(runtime)), 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3}, runtime...)
}

// bombCode is init code that writes slot 1, destroys itself in favour of its creator if it was given value, and
// otherwise writes slot 1 again and stays as storeCode.
func bombCode() []byte {
	stay := byte(5 + 7) // the offset of JUMPDEST
	code := []byte{0x34, 0x15, 0x60, stay, 0x57, 0x60, 0x01, 0x60, 0x01, 0x55, 0x33, 0xff, 0x5b, 0x60, 0x02, 0x60, 0x01, 0x55}
	offset := byte(len(code) + 9)
	code = append(code, 0x60, byte(len(storeCode)), 0x80, 0x60, offset, 0x5f, 0x39, 0x5f, 0xf3)
	return append(code, storeCode...)
}

// words is the input of storeCode.
func words(values ...uint64) []byte {
	var input []byte
	for _, v := range values {
		input = append(input, common.BigToHash(new(big.Int).SetUint64(v)).Bytes()...)
	}
	return input
}

func slotOf(n uint64) common.Hash { return common.BigToHash(new(big.Int).SetUint64(n)) }
