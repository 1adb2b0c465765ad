package contracts

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

var (
	sender   = common.HexToAddress("0x00000000000000000000000000000000000a11ce")
	deployer = common.HexToAddress("0x00000000000000000000000000000000000de910")
)

// chain is the state of one rollup with its fork, in memory.
type chain struct {
	t     *testing.T
	id    uint64
	state *state.StateDB
}

func newChain(t *testing.T, id uint64) *chain {
	t.Helper()
	statedb, err := state.New(gethtypes.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	return &chain{t, id, statedb}
}

// put gives an account code.
func (c *chain) put(address common.Address, code []byte) {
	c.state.SetCode(address, code, tracing.CodeChangeUnspecified)
}

// send executes a transaction without ether from an account that does nothing else and gives its result and logs.
func (c *chain) send(to common.Address, data []byte, list gethtypes.AccessList) (*gethcore.ExecutionResult, []*gethtypes.Log) {
	c.t.Helper()
	return c.execute(&gethcore.Message{From: sender, To: &to, Value: new(uint256.Int), Data: data, AccessList: list})
}

// deploy creates a contract. Those of one deployer have the same addresses on all chains.
func (c *chain) deploy(code string, arguments ...[]byte) common.Address {
	c.t.Helper()
	data := common.FromHex(code)
	for _, argument := range arguments {
		data = append(data, argument...)
	}
	address := crypto.CreateAddress(deployer, c.state.GetNonce(deployer))
	if result, _ := c.execute(&gethcore.Message{From: deployer, Value: new(uint256.Int), Data: data}); result.Err != nil {
		c.t.Fatalf("deploy: %v", result.Err)
	}
	return address
}

// execute completes a message and executes it as a transaction that pays no fee.
func (c *chain) execute(msg *gethcore.Message) (*gethcore.ExecutionResult, []*gethtypes.Log) {
	c.t.Helper()
	config := *params.AllDevChainProtocolChanges
	config.ChainID = new(big.Int).SetUint64(c.id)
	config.BogotaTime = nil
	evm := runtime.NewEnv(&runtime.Config{
		ChainConfig: &config, Origin: msg.From, BlockNumber: big.NewInt(1), Time: 1, Difficulty: new(big.Int), GasLimit: 30_000_000,
		GasPrice: new(big.Int), BaseFee: new(big.Int), BlobBaseFee: new(big.Int), Random: new(common.Hash), State: c.state,
		GetHashFn: func(uint64) common.Hash { return common.Hash{} },
	})
	msg.Nonce, msg.GasLimit = c.state.GetNonce(msg.From), 10_000_000
	msg.GasPrice, msg.GasFeeCap, msg.GasTipCap = new(uint256.Int), new(uint256.Int), new(uint256.Int)
	before := len(c.state.Logs())
	result, err := gethcore.ApplyMessage(evm, msg, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return result, c.state.Logs()[before:]
}
