package sim

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/evm"
)

const (
	// genesisTime is the start of every network in ms.
	genesisTime uint64 = 1_800_000_000_000
	firstRollup        = core.RollupID(901)
	opaque             = core.RollupID(990)
	// accountCount are the clients' accounts, each with funds on every rollup.
	accountCount = 256
	// blockGas is small, so that lanes stop; the cap of a transaction follows from it.
	blockGas = 1 << 24
	maxTxGas = 1 << 20
)

// funds of every account on every rollup in wei.
var funds = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)

// network is the genesis with all private keys.
type network struct {
	genesis *core.Genesis
	id      core.NetworkID
	evm     []core.RollupID // in a zone, ascending
	keys    []ed25519.PrivateKey
	// checkpointKeys are the validators' Ethereum keys.
	checkpointKeys []*ecdsa.PrivateKey
	accounts       []account
	// tokens is what moves tokens across the rollups of the first zone; nil if it has one rollup.
	tokens *tokens
}

// account is a client's.
type account struct {
	key     *ecdsa.PrivateKey
	address common.Address
}

// newNetwork derives everything from fixed seeds.
func newNetwork(validators, rollups int) (*network, error) {
	n := &network{genesis: &core.Genesis{
		Version: core.GenesisVersion, Name: "sim", Time: genesisTime, Params: core.DefaultParams(), Predeploy: core.DefaultPredeploy(),
	}}
	p := &n.genesis.Params
	p.BlockGas, p.MaxTxGas = blockGas, maxTxGas
	p.SingleGasRate, p.SingleGasCapacity = 4*blockGas/1000, 4*blockGas
	p.BundleGasRate, p.BundleGasCapacity = blockGas/1000, blockGas
	for i := range accountCount {
		key, err := crypto.ToECDSA(crypto.Keccak256(fmt.Appendf(nil, "sim account %d", i)))
		if err != nil {
			return nil, err
		}
		n.accounts = append(n.accounts, account{key, crypto.PubkeyToAddress(key.PublicKey)})
	}
	if err := n.addValidators(validators); err != nil {
		return nil, err
	}
	n.addRollups(rollups)
	if err := n.addTokens(); err != nil {
		return nil, err
	}
	n.id = n.genesis.NetworkID()
	return n, n.genesis.Validate()
}

func (n *network) addValidators(count int) error {
	for i := range count {
		seed := sha256.Sum256(fmt.Appendf(nil, "sim validator %d", i))
		key := ed25519.NewKeyFromSeed(seed[:])
		ethereum, err := crypto.ToECDSA(seed[:])
		if err != nil {
			return err
		}
		v, err := core.NewValidator(key, ethereum, 10)
		if err != nil {
			return err
		}
		n.genesis.Validators = append(n.genesis.Validators, v)
		n.keys, n.checkpointKeys = append(n.keys, key), append(n.checkpointKeys, ethereum)
	}
	return nil
}

func (n *network) addRollups(count int) {
	for i := range count {
		id := firstRollup + core.RollupID(i)
		n.evm = append(n.evm, id)
		n.genesis.Rollups = append(n.genesis.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("r%d", i), Kind: core.KindEVM,
			EVM: &core.EVMGenesis{FeeRecipient: feeRecipient, BaseFee: 1000, Alloc: n.alloc()},
		})
	}
	n.genesis.Rollups = append(n.genesis.Rollups, core.Rollup{ID: opaque, Name: "opaque", Kind: core.KindOpaque})
	n.genesis.Zones = []core.Zone{{ID: 1, Rollups: n.evm}}
	if count > 2 {
		n.genesis.Zones = []core.Zone{{ID: 1, Rollups: n.evm[:count-1]}, {ID: 2, Rollups: n.evm[count-1:]}}
	}
}

// addTokens puts the contracts that move tokens on the rollups of the first zone.
func (n *network) addTokens() error {
	zone := n.genesis.Zones[0].Rollups
	if len(zone) < 2 {
		return nil
	}
	var err error
	if n.tokens, err = found(zone, n.genesis.Predeploy, n.accounts); err != nil {
		return err
	}
	for _, r := range n.genesis.Rollups {
		if n.tokens.member(r.ID) {
			maps.Copy(r.EVM.Alloc, n.tokens.allocs[r.ID])
		}
	}
	return nil
}

func (n *network) alloc() gethtypes.GenesisAlloc {
	alloc := evm.SystemAlloc(n.genesis.Predeploy)
	for address, code := range contracts {
		alloc[address] = gethtypes.Account{Code: code, Balance: new(big.Int)}
	}
	for _, a := range n.accounts {
		alloc[a.address] = gethtypes.Account{Balance: funds}
	}
	return alloc
}

// Addresses of the first state.
var (
	feeRecipient = common.HexToAddress("0xfee0000000000000000000000000000000000001")
	marker       = common.HexToAddress("0xc000000000000000000000000000000000000001")
	counter      = common.HexToAddress("0xc000000000000000000000000000000000000002")
	reverter     = common.HexToAddress("0xc000000000000000000000000000000000000003")
	spinner      = common.HexToAddress("0xc000000000000000000000000000000000000004")
	payer        = common.HexToAddress("0xc000000000000000000000000000000000000005")
	scribe       = common.HexToAddress("0xc000000000000000000000000000000000000007")
	treasury     = common.HexToAddress("0xc000000000000000000000000000000000000006") // an account without code
)

// contracts of every rollup.
var contracts = map[common.Address][]byte{
	// marker: storage[calldata[0:32]] = 1
	marker: common.FromHex("60015f355500"),
	// counter: storage[0]++
	counter: common.FromHex("5f546001015f5500"),
	// reverter: reverts with its calldata's first word
	reverter: common.FromHex("5f355f5260205ffd"),
	// spinner: runs until the gas is gone
	spinner: common.FromHex("5b5f56"),
	// scribe: does what its calldata, a program, says
	scribe: programCode,
	// payer: sends what it gets on to calldata[0:32]
	payer: common.FromHex("5f5f5f5f345f355af100"),
}

// Init codes.
var (
	// deployMarker deploys a second marker: it copies the six bytes behind itself.
	deployMarker = common.FromHex("60068060095f395ff3" + "60015f355500")
	// bornAndGone destroys itself while it is deployed, and sends what it got back.
	bornAndGone = common.FromHex("33ff")
)
