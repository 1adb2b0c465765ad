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
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

var sender = common.HexToAddress("0x00000000000000000000000000000000000a11ce")

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

// send executes a transaction and gives its result and logs.
func (c *chain) send(to common.Address, data []byte, list gethtypes.AccessList) (*gethcore.ExecutionResult, []*gethtypes.Log) {
	c.t.Helper()
	config := *params.AllDevChainProtocolChanges
	config.ChainID = new(big.Int).SetUint64(c.id)
	config.BogotaTime = nil
	evm := runtime.NewEnv(&runtime.Config{
		ChainConfig: &config, Origin: sender, BlockNumber: big.NewInt(1), Time: 1, Difficulty: new(big.Int), GasLimit: 30_000_000,
		GasPrice: new(big.Int), BaseFee: new(big.Int), BlobBaseFee: new(big.Int), Random: new(common.Hash), State: c.state,
		GetHashFn: func(uint64) common.Hash { return common.Hash{} },
	})
	before := len(c.state.Logs())
	result, err := gethcore.ApplyMessage(evm, &gethcore.Message{
		From: sender, To: &to, Nonce: c.state.GetNonce(sender), Value: new(uint256.Int), GasLimit: 1_000_000,
		GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int), Data: data, AccessList: list,
	}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return result, c.state.Logs()[before:]
}
