package execution

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/zone/evm"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

const (
	// accounts send in turns, on each rollup; others receive.
	accounts, others = 64, 4096
	// maxFee in wei per gas is above any base fee that full blocks lead to here.
	maxFee = 1_000_000_000_000
	// blockGas leaves room for every block of a workload.
	blockGas = 1 << 33
)

var rollups = [2]core.RollupID{901, 902}

// scene is a genesis of two rollups with a pool on each, and what signs.
type scene struct {
	genesis   *core.Genesis
	contracts *uniswap.Contracts
	keys      [accounts]*ecdsa.PrivateKey
	owners    [accounts]common.Address
	nonces    [2][accounts]uint64
	// Of the contracts, which have the same addresses on both rollups.
	weth, token, router common.Address
	// setup are the transactions that deploy and fill the pool.
	setup [2][]core.Transaction
}

func newScene(artifacts string) (*scene, error) {
	contracts, err := uniswap.Load(artifacts)
	if err != nil {
		return nil, err
	}
	s := &scene{genesis: zonetest.NewNetwork(nil, rollups[:]...).Genesis, contracts: contracts}
	s.genesis.Params.BlockGas = blockGas
	s.genesis.Params.SingleGasCapacity, s.genesis.Params.BundleGasCapacity = 4*blockGas, 4*blockGas
	for i := range s.keys {
		if s.keys[i], err = crypto.ToECDSA(crypto.Keccak256(fmt.Appendf(nil, "bench execution %d", i))); err != nil {
			return nil, err
		}
		s.owners[i] = crypto.PubkeyToAddress(s.keys[i].PublicKey)
	}
	for i := range s.genesis.Rollups {
		alloc := evm.SystemAlloc(s.genesis.Predeploy)
		for _, owner := range s.owners {
			alloc[owner] = gethtypes.Account{Balance: new(big.Int).Lsh(common.Big1, 120)}
		}
		for i := range others {
			alloc[other(i)] = gethtypes.Account{Balance: common.Big1}
		}
		s.genesis.Rollups[i].EVM = &core.EVMGenesis{BaseFee: 7, Alloc: alloc}
	}
	for i := range rollups {
		if err := s.deploy(i); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// other is an account that receives.
func other(i int) common.Address { return common.BigToAddress(big.NewInt(int64(0xb0b0000 + i))) }

// deploy makes the transactions of the first account that deploy the exchange and fill its pool.
func (s *scene) deploy(rollup int) error {
	deployed := func(n uint64) common.Address { return crypto.CreateAddress(s.owners[0], n) }
	s.weth, s.router, s.token = deployed(0), deployed(2), deployed(3)
	supply := new(big.Int).Lsh(common.Big1, 100)
	half := new(big.Int).Rsh(supply, 1)
	all := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1)
	c := s.contracts
	steps := []struct {
		from   *uniswap.Artifact
		to     *common.Address
		value  *big.Int
		method string
		args   []any
	}{
		{from: &c.WETH},
		{from: &c.Factory, args: []any{s.owners[0]}},
		{from: &c.Router, args: []any{deployed(1), s.weth}},
		{from: &c.Token, args: []any{supply}},
		{from: &c.Token, to: &s.token, method: "approve", args: []any{s.router, all}},
		{from: &c.Router, to: &s.router, value: half, method: "addLiquidityETH", args: []any{s.token, half, half, half, s.owners[0], big.NewInt(1 << 40)}},
	}
	for _, step := range steps {
		data, err := step.from.ABI.Pack(step.method, step.args...)
		if err != nil {
			return err
		}
		if step.to == nil {
			data = append(append([]byte(nil), step.from.Bytecode...), data...)
		}
		tx, err := s.sign(rollup, 0, call{to: step.to, value: step.value, gas: 5_000_000, data: data})
		if err != nil {
			return err
		}
		s.setup[rollup] = append(s.setup[rollup], tx)
	}
	return nil
}

// call is what a transaction does.
type call struct {
	to    *common.Address
	value *big.Int
	gas   uint64
	data  []byte
}

// sign makes an account's next transaction on a rollup and knows its sender, as a pool does that has admitted it.
func (s *scene) sign(rollup, account int, c call) (core.Transaction, error) {
	chain := new(big.Int).SetUint64(uint64(rollups[rollup]))
	signer := gethtypes.LatestSignerForChainID(chain)
	eth, err := gethtypes.SignNewTx(s.keys[account], signer, &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: s.nonces[rollup][account], GasFeeCap: big.NewInt(maxFee), GasTipCap: common.Big1,
		Gas: c.gas, To: c.to, Value: c.value, Data: c.data,
	})
	if err != nil {
		return core.Transaction{}, err
	}
	if _, err := gethtypes.Sender(signer, eth); err != nil {
		return core.Transaction{}, err
	}
	s.nonces[rollup][account]++
	return core.NewTransaction(rollups[rollup], eth)
}
