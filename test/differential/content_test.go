package differential

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/node/devnet"
)

// Contracts, as runtime code.
var (
	// storeCode keeps the value of the second word of its input in the slot that the first word names, logs the slot as a
	// topic, and then reverts if there is a third word.
	storeCode = common.FromHex("602035" + "5f35" + "55" + "5f355f5fa1" + "3660601460" + "13" + "57" + "00" + "5b5f5ffd")
	// headerCode returns number, timestamp, base fee, gas limit and coinbase of the block that it runs in.
	headerCode = common.FromHex("435f52" + "42602052" + "48604052" + "45606052" + "41608052" + "60a05ff3")
	// blockHashCode returns the hash of the block whose number is its input.
	blockHashCode = common.FromHex("5f35405f5260205ff3")
	// balanceCode returns the balance of its caller.
	balanceCode = common.FromHex("33315f5260205ff3")
	// endlessCode never ends.
	endlessCode = common.FromHex("5b5f56")
	// reasonCode reverts with Error("no"), customCode with a custom error of one argument, panicCode with Panic(0x11).
	reasonCode = reverter(common.FromHex("08c379a0" + word(0x20) + word(2) + "6e6f" + strings.Repeat("00", 30)))
	customCode = reverter(common.FromHex("deadbeef" + word(7)))
	panicCode  = reverter(common.FromHex("4e487b71" + word(0x11)))
	// createCode makes an empty contract with CREATE and one with CREATE2.
	createCode = common.FromHex("5f5f5ff050" + "5f5f5f5ff500")
)

func word(value uint64) string { return fmt.Sprintf("%064x", value) }

// copied is code that copies what follows it to memory and ends with the opcode last.
func copied(last byte, data []byte) []byte {
	return append([]byte{0x60, byte(len(data)), 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, last}, data...)
}

func reverter(data []byte) []byte { return copied(0xfd, data) }

func deployer(runtime []byte) []byte { return copied(0xf3, runtime) }

// facts are values of the chain by name; a question refers to one as <name>.
type facts map[string]string

func (f facts) fill(text string) string {
	for name, value := range f {
		text = strings.ReplaceAll(text, "<"+name+">", value)
	}
	return text
}

// author writes a chain that has everything that answers are made of.
type author struct {
	t     *testing.T
	eth   *ethclient.Client
	chain *big.Int
	key   *ecdsa.PrivateKey
	nonce uint64
	facts facts
	last  *gethtypes.Receipt
}

func newAuthor(t *testing.T, eth *ethclient.Client) *author {
	t.Helper()
	chain, err := eth.ChainID(t.Context())
	require.NoError(t, err)
	account := devnet.Accounts()[1]
	return &author{t: t, eth: eth, chain: chain, key: account.Key, facts: facts{
		"alice": account.Address.Hex(), "bob": "0x0000000000000000000000000000000000000b0b", "chain": hexutil.EncodeBig(chain),
		"nobody": "0x00000000000000000000000000000000deadbeef", "none": common.HexToHash("0xdead").Hex(),
	}}
}

// send sends a transaction, waits for its receipt, and remembers both under a name.
func (a *author) send(name string, data gethtypes.TxData) {
	a.t.Helper()
	tx, err := gethtypes.SignNewTx(a.key, gethtypes.LatestSignerForChainID(a.chain), data)
	require.NoError(a.t, err, name)
	a.nonce++
	require.NoError(a.t, a.eth.SendTransaction(a.t.Context(), tx), name)
	receipt, err := bind.WaitMined(a.t.Context(), a.eth, tx)
	require.NoError(a.t, err, name)
	a.last = receipt
	raw, err := tx.MarshalBinary()
	require.NoError(a.t, err)
	a.facts["tx."+name], a.facts["raw."+name] = tx.Hash().Hex(), hexutil.Encode(raw)
	a.facts["block."+name], a.facts["index."+name] = hexutil.EncodeBig(receipt.BlockNumber), hexutil.EncodeUint64(uint64(receipt.TransactionIndex))
	if receipt.ContractAddress != (common.Address{}) {
		a.facts[name] = receipt.ContractAddress.Hex()
	}
}

func (a *author) call(name string, to *common.Address, value int64, data []byte) {
	a.t.Helper()
	a.send(name, &gethtypes.DynamicFeeTx{
		ChainID: a.chain, Nonce: a.nonce, To: to, Value: big.NewInt(value), Data: data, Gas: 1_000_000,
		GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(100 * params.GWei),
	})
}

func (a *author) deploy(name string, runtime []byte) common.Address {
	a.t.Helper()
	a.call(name, nil, 0, deployer(runtime))
	return common.HexToAddress(a.facts[name])
}

// write makes the chain.
func (a *author) write() {
	a.t.Helper()
	bob := common.HexToAddress(a.facts["bob"])
	a.call("transfer", &bob, 1000, nil)
	price := big.NewInt(10 * params.GWei)
	a.send("legacy", &gethtypes.LegacyTx{Nonce: a.nonce, To: &bob, Value: big.NewInt(5), Gas: 30_000, GasPrice: price, Data: []byte{1}})
	store := a.deploy("store", storeCode)
	a.send("accessList", &gethtypes.AccessListTx{
		ChainID: a.chain, Nonce: a.nonce, To: &store, Gas: 100_000, GasPrice: price, Data: common.FromHex(word(1) + word(2)),
		AccessList: gethtypes.AccessList{{Address: store, StorageKeys: []common.Hash{common.HexToHash("0x1")}}},
	})
	a.call("log", &store, 0, common.FromHex(word(3)+word(4)))
	a.call("revert", &store, 0, common.FromHex(word(1)+word(0)+word(0)))
	for name, code := range map[string][]byte{
		"header": headerCode, "blockHash": blockHashCode, "balance": balanceCode, "endless": endlessCode, "reason": reasonCode,
		"custom": customCode, "panic": panicCode, "create": createCode, "invalid": {0xfe},
	} {
		a.deploy(name, code)
	}
	create, reason := common.HexToAddress(a.facts["create"]), common.HexToAddress(a.facts["reason"])
	a.call("creates", &create, 0, nil)
	a.call("reverted", &reason, 0, nil)
	a.call("destroyed", nil, 7, common.FromHex("33ff"))
	a.call("failedCreate", nil, 0, common.FromHex("fe"))
	for i, input := range [][]byte{1: make([]byte, 128), 2: []byte("sha256"), 4: []byte("identity"), 5: common.FromHex(word(1) + word(1) + word(1) + "030305"), 11: make([]byte, 256)} {
		if input != nil {
			precompile := common.BytesToAddress([]byte{byte(i)})
			a.call(fmt.Sprintf("precompile%d", i), &precompile, 0, input)
		}
	}
	// The facts of a sealed block with the log, and one more block after everything.
	a.awaitSealed(a.last.BlockNumber.Uint64())
	number, err := hexutil.DecodeBig(a.facts["block.log"])
	require.NoError(a.t, err)
	header, err := a.eth.HeaderByNumber(a.t.Context(), number)
	require.NoError(a.t, err)
	a.facts["hash.log"], a.facts["topic"] = header.Hash().Hex(), "0x"+word(3)
	genesis, err := a.eth.HeaderByNumber(a.t.Context(), new(big.Int))
	require.NoError(a.t, err)
	a.facts["hash.genesis"] = genesis.Hash().Hex()
	a.refusable(bob)
}

// refusable makes signed transactions that a node refuses.
func (a *author) refusable(bob common.Address) {
	a.t.Helper()
	good := func() *gethtypes.DynamicFeeTx {
		return &gethtypes.DynamicFeeTx{
			ChainID: a.chain, Nonce: a.nonce, To: &bob, Value: new(big.Int), Gas: 30_000,
			GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(100 * params.GWei),
		}
	}
	for name, spoil := range map[string]func(tx *gethtypes.DynamicFeeTx){
		"nonceTooLow":    func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 0 },
		"nonceMax":       func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 1<<64 - 1 },
		"noFunds":        func(tx *gethtypes.DynamicFeeTx) { tx.Value = new(big.Int).Lsh(big.NewInt(1), 200) },
		"gasTooLow":      func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 20_999 },
		"gasTooHigh":     func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1 << 40 },
		"gasAboveTxCap":  func(tx *gethtypes.DynamicFeeTx) { tx.Gas = params.MaxTxGas + 1 },
		"floorGas":       func(tx *gethtypes.DynamicFeeTx) { tx.Data, tx.Gas = bytes.Repeat([]byte{1}, 1000), 40_000 },
		"tipAboveFeeCap": func(tx *gethtypes.DynamicFeeTx) { tx.GasTipCap = big.NewInt(200 * params.GWei) },
		"tipVeryHigh":    func(tx *gethtypes.DynamicFeeTx) { tx.GasTipCap = new(big.Int).Lsh(big.NewInt(1), 256) },
		"feeCapVeryHigh": func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap = new(big.Int).Lsh(big.NewInt(1), 256) },
		"initCode":       func(tx *gethtypes.DynamicFeeTx) { tx.To, tx.Data, tx.Gas = nil, make([]byte, 50_000), 5_000_000 },
		"tooLarge":       func(tx *gethtypes.DynamicFeeTx) { tx.Data, tx.Gas = make([]byte, 140_000), 10_000_000 },
		"otherChain":     func(tx *gethtypes.DynamicFeeTx) { tx.ChainID = big.NewInt(1) },
	} {
		tx := good()
		spoil(tx)
		a.sign(name, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
	}
	a.sign("unprotected", gethtypes.HomesteadSigner{}, &gethtypes.LegacyTx{Nonce: a.nonce, To: &bob, Gas: 30_000, GasPrice: big.NewInt(params.GWei)})
	unsigned, err := gethtypes.NewTx(good()).MarshalBinary()
	require.NoError(a.t, err)
	a.facts["raw.unsigned"] = hexutil.Encode(unsigned)
}

func (a *author) sign(name string, signer gethtypes.Signer, data gethtypes.TxData) {
	a.t.Helper()
	tx, err := gethtypes.SignNewTx(a.key, signer, data)
	require.NoError(a.t, err, name)
	raw, err := tx.MarshalBinary()
	require.NoError(a.t, err, name)
	a.facts["raw."+name], a.facts["tx."+name] = hexutil.Encode(raw), tx.Hash().Hex()
}

// awaitSealed waits for a sealed block above number.
func (a *author) awaitSealed(number uint64) {
	a.t.Helper()
	heads := make(chan *gethtypes.Header, 16)
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	sub, err := a.eth.SubscribeNewHead(ctx, heads)
	require.NoError(a.t, err)
	defer sub.Unsubscribe()
	for {
		select {
		case head := <-heads:
			if head.Number.Uint64() > number {
				return
			}
		case err := <-sub.Err():
			require.NoError(a.t, err)
		case <-ctx.Done():
			require.NoError(a.t, ctx.Err())
		}
	}
}
