package orders

import (
	"crypto/ecdsa"
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

	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

const (
	chainA, chainB = 901, 902
	now            = 1000 // the second of every block
)

var (
	issuer = common.HexToAddress("0x00000000000000000000000000000000000155e2")
	filler = common.HexToAddress("0x00000000000000000000000000000000000f111e")
	erc20  = bridgederc20.NewBridgedERC20()
)

// chain is a rollup's state in memory with the real Permit2, settler and a token. What issuer creates has the same address on
// all chains.
type chain struct {
	t              *testing.T
	id             uint64
	state          *state.StateDB
	settler, token common.Address
}

func newChain(t *testing.T, id uint64) *chain {
	t.Helper()
	statedb, err := state.New(gethtypes.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{t: t, id: id, state: statedb}
	c.state.SetCode(core.DefaultPredeploy().Address, predeploy.Assertions(), tracing.CodeChangeUnspecified)
	c.state.SetCode(predeploy.Permit2Address, predeploy.Permit2(id), tracing.CodeChangeUnspecified)
	c.settler = c.create(common.FromHex(intentsettler.IntentSettlerMetaData.Bin))
	// The account that creates the token is the one that may mint it.
	c.token = c.create(append(common.FromHex(bridgederc20.BridgedERC20MetaData.Bin),
		erc20.PackConstructor(big.NewInt(1), common.Address{1}, "Token", "T", 18)...))
	return c
}

func (c *chain) create(code []byte) common.Address {
	c.t.Helper()
	address := crypto.CreateAddress(issuer, c.state.GetNonce(issuer))
	c.must(&gethcore.Message{From: issuer, Data: code})
	return address
}

func (c *chain) mint(to common.Address, amount int64) {
	c.t.Helper()
	c.must(&gethcore.Message{From: issuer, To: &c.token, Data: erc20.PackCrosschainMint(to, big.NewInt(amount))})
}

func (c *chain) balance(owner common.Address) int64 {
	c.t.Helper()
	balance, err := erc20.UnpackBalanceOf(c.send(issuer, c.token, erc20.PackBalanceOf(owner)).ReturnData)
	if err != nil {
		c.t.Fatal(err)
	}
	return balance.Int64()
}

// send executes a call as a leg that may assert.
func (c *chain) send(from, to common.Address, data []byte) *gethcore.ExecutionResult {
	c.t.Helper()
	return c.execute(&gethcore.Message{From: from, To: &to, Data: data})
}

func (c *chain) must(msg *gethcore.Message) []*gethtypes.Log {
	c.t.Helper()
	before := len(c.state.Logs())
	if result := c.execute(msg); result.Err != nil {
		c.t.Fatalf("on %d: %v: %x", c.id, result.Err, result.Revert())
	}
	return c.state.Logs()[before:]
}

func (c *chain) execute(msg *gethcore.Message) *gethcore.ExecutionResult {
	c.t.Helper()
	config := *params.AllDevChainProtocolChanges
	config.ChainID, config.BogotaTime = new(big.Int).SetUint64(c.id), nil
	evm := runtime.NewEnv(&runtime.Config{
		ChainConfig: &config, Origin: msg.From, BlockNumber: big.NewInt(1), Time: now, Difficulty: new(big.Int), GasLimit: 30_000_000,
		GasPrice: new(big.Int), BaseFee: new(big.Int), BlobBaseFee: new(big.Int), Random: new(common.Hash), State: c.state,
		GetHashFn: func(uint64) common.Hash { return common.Hash{} },
	})
	predeployed := core.DefaultPredeploy()
	msg.AccessList = gethtypes.AccessList{{Address: predeployed.Address, StorageKeys: []common.Hash{predeployed.Marker}}}
	msg.Nonce, msg.GasLimit, msg.Value = c.state.GetNonce(msg.From), 10_000_000, new(uint256.Int)
	msg.GasPrice, msg.GasFeeCap, msg.GasTipCap = new(uint256.Int), new(uint256.Int), new(uint256.Int)
	result, err := gethcore.ApplyMessage(evm, msg, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// user is somebody with a key, whose address has no code.
func user(t *testing.T) (common.Address, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("a user of orders")))
	if err != nil {
		t.Fatal(err)
	}
	return crypto.PubkeyToAddress(key.PublicKey), key
}

// newOrder asks for at least 70 of the token on the other chain for 100 here.
func newOrder(t *testing.T, origin, destination *chain, change func(*Intent)) Order {
	t.Helper()
	account, _ := user(t)
	in := Intent{
		InputToken: origin.token, InputAmount: big.NewInt(100),
		OutputToken: common.BytesToHash(destination.token[:]), MinOutput: big.NewInt(70), Recipient: common.BytesToHash(account[:]),
		DestinationChainId: new(big.Int).SetUint64(destination.id), DestinationSettler: common.BytesToHash(destination.settler[:]),
	}
	if change != nil {
		change(&in)
	}
	data, err := EncodeIntent(in)
	if err != nil {
		t.Fatal(err)
	}
	return Order{
		OriginSettler: origin.settler, User: account, Nonce: big.NewInt(7), OriginChainId: new(big.Int).SetUint64(origin.id),
		OpenDeadline: now + 60, FillDeadline: now + 120, OrderDataType: DataType, OrderData: data,
	}
}
