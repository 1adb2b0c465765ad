package opstack

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"regexp"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/ethereum-optimism/optimism/op-node/rollup/derive"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

const (
	l1ChainID   = 900
	l1BlockTime = 2 * time.Second
)

// layer1 is the chain under the rollups.
type layer1 struct {
	*ethclient.Client
	url     string
	genesis eth.BlockID
	time    uint64
}

// account is a key with an address; it is the same in each run.
type account struct {
	key     *ecdsa.PrivateKey
	address common.Address
}

func newAccount(name string) account {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("lockstep test " + name)))
	if err != nil {
		panic(err)
	}
	return account{key: key, address: crypto.PubkeyToAddress(key.PublicKey)}
}

var anvilListens = regexp.MustCompile(`Listening on (127\.0\.0\.1:\d+)`)

// startL1 starts anvil, which finalizes what is eight blocks deep.
func startL1(t *testing.T, dir, anvil string) *layer1 {
	t.Helper()
	p, err := start(t, dir, "l1", anvil, "--host", "127.0.0.1", "--port", "0", "--chain-id", fmt.Sprint(l1ChainID), "--hardfork", "prague",
		"--block-time", fmt.Sprint(l1BlockTime.Seconds()), "--slots-in-an-epoch", "4", "--timestamp", fmt.Sprint(time.Now().Unix()))
	if err != nil {
		t.Fatal(err)
	}
	address, err := p.says(anvilListens)
	if err != nil {
		t.Fatal(err)
	}
	l1 := &layer1{url: "http://" + address}
	if l1.Client, err = ethclient.DialContext(interrupted, l1.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l1.Close)
	first, err := l1.HeaderByNumber(interrupted, big.NewInt(0))
	if err != nil {
		t.Fatal(err)
	}
	l1.genesis, l1.time = eth.BlockID{Hash: first.Hash(), Number: 0}, first.Time
	return l1
}

// call is one of anvil's own methods.
func (l *layer1) call(method string, args ...any) error {
	return l.Client.Client().CallContext(interrupted, nil, method, args...)
}

// fund gives an account a million ether.
func (l *layer1) fund(a account) error {
	return l.call("anvil_setBalance", a.address, (*hexutil.Big)(million))
}

// depositCode logs what it is called with: TransactionDeposited(from: caller, to: caller, version: 0, calldata).
func depositCode() []byte {
	code := common.FromHex("365f5f37" + "5f" + "33" + "33" + "7f")
	code = append(code, derive.DepositEventABIHash[:]...)
	return append(code, common.FromHex("365fa400")...)
}

// deposit forces a transaction from L1 that mints for its sender on L2.
func (l *layer1) deposit(contract common.Address, from account, mint *big.Int) error {
	word := func(n *big.Int) []byte { return common.BigToHash(n).Bytes() }
	opaque := append(word(mint), word(new(big.Int))...)
	opaque = append(opaque, hexutil.MustDecode("0x00000000000186a0")...) // gas: 100,000
	opaque = append(opaque, 0)                                           // no creation
	data := append(word(big.NewInt(32)), word(big.NewInt(int64(len(opaque))))...)
	data = append(data, common.RightPadBytes(opaque, (len(opaque)+31)/32*32)...)
	nonce, err := l.PendingNonceAt(interrupted, from.address)
	if err != nil {
		return err
	}
	tx, err := gethtypes.SignNewTx(from.key, gethtypes.LatestSignerForChainID(big.NewInt(l1ChainID)), &gethtypes.DynamicFeeTx{
		ChainID: big.NewInt(l1ChainID), Nonce: nonce, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e11), Gas: 200_000, To: &contract, Data: data,
	})
	if err != nil {
		return err
	}
	return l.SendTransaction(interrupted, tx)
}

// reorg replaces the newest blocks by empty ones. The transactions of the removed go back to the pool, as they do on a real
// L1; anvil would forget them.
func (l *layer1) reorg(depth uint64) error {
	// No block may come between reading and replacing.
	if err := l.call("evm_setIntervalMining", 0); err != nil {
		return err
	}
	head, err := l.BlockNumber(interrupted)
	if err != nil {
		return err
	}
	var removed []*gethtypes.Transaction
	for number := head - depth + 1; number <= head; number++ {
		block, err := l.BlockByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return err
		}
		removed = append(removed, block.Transactions()...)
	}
	if err := l.call("anvil_reorg", depth, []any{}); err != nil {
		return err
	}
	for _, tx := range removed {
		if err := l.SendTransaction(interrupted, tx); err != nil {
			return fmt.Errorf("put a removed transaction back: %w", err)
		}
	}
	return l.call("evm_setIntervalMining", uint64(l1BlockTime.Seconds()))
}

// isCanonical tells an L1 block that is still there from one that a reorg removed.
func (l *layer1) isCanonical(id eth.BlockID) (bool, error) {
	header, err := l.HeaderByNumber(interrupted, new(big.Int).SetUint64(id.Number))
	if err != nil {
		return false, err
	}
	return header.Hash() == id.Hash, nil
}
