package evm

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
)

// SystemAlloc is what the genesis alloc of every rollup of kind evm must include: the system contracts that
// go-ethereum calls at the begin and the end of a block (EIP-4788, 2935, 7002, 7251, …), and Lockstep's predeploy.
func SystemAlloc(p core.Predeploy) gethtypes.GenesisAlloc {
	alloc := gethcore.SystemContractAllocs()
	alloc[p.Address] = gethtypes.Account{Nonce: 1, Code: bytes.Clone(p.Code), Balance: new(big.Int)}
	return alloc
}

// chainConfig has every fork up to Osaka from the genesis block on, and none after it.
func chainConfig(id core.RollupID) *params.ChainConfig {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = new(big.Int).SetUint64(uint64(id))
	config.BogotaTime = nil
	return &config
}

// prevRandao is the header's MixDigest. It is no randomness: everybody can compute it for every future block.
func prevRandao(cfg *Config, number uint64) common.Hash {
	return core.TagPrevRandao.Sum(cfg.Network[:], core.U64(uint64(cfg.Rollup.ID)), core.U64(number))
}

// Genesis is the rollup's genesis in go-ethereum's form: what an unmodified node starts from that imports the sealed blocks.
// Its MixDigest follows the rule of all blocks, so that the genesis hash tells networks and rollups with equal allocs apart.
func (cfg *Config) Genesis() *gethcore.Genesis {
	return &gethcore.Genesis{
		Config:     chainConfig(cfg.Rollup.ID),
		Timestamp:  cfg.EVMTime,
		GasLimit:   cfg.Params.BlockGas,
		Difficulty: new(big.Int),
		Mixhash:    prevRandao(cfg, 0),
		Coinbase:   cfg.Rollup.EVM.FeeRecipient,
		BaseFee:    new(big.Int).SetUint64(cfg.Rollup.EVM.BaseFee),
		Alloc:      cfg.Rollup.EVM.Alloc,
	}
}

// validate reports all reasons why the rollup cannot be executed.
func (cfg *Config) validate() error {
	if cfg.Rollup.ID == 0 || cfg.Rollup.Kind != core.KindEVM || cfg.Rollup.EVM == nil {
		return fmt.Errorf("%w: rollup %s is not registered with kind evm", ErrConfig, cfg.Rollup.ID)
	}
	problems := []error{checkSystemAlloc(cfg), checkAlloc(cfg.Rollup.EVM.Alloc)}
	if cfg.Params.BlockGas == 0 || cfg.Params.BlockGas > params.MaxGasLimit {
		problems = append(problems, fmt.Errorf("params.blockGas is %d, want 1 to %d", cfg.Params.BlockGas, params.MaxGasLimit))
	}
	if cfg.Params.MaxTxGas > min(params.MaxTxGas, cfg.Params.BlockGas) {
		problems = append(problems, fmt.Errorf("params.maxTxGas is %d, want at most %d (EIP-7825) and at most blockGas",
			cfg.Params.MaxTxGas, params.MaxTxGas))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w: rollup %s: %w", ErrConfig, cfg.Rollup.ID, err)
	}
	return nil
}

// checkSystemAlloc makes sure that system accounts have the canonical code and empty storage.
func checkSystemAlloc(cfg *Config) error {
	var problems []error
	required := SystemAlloc(cfg.Predeploy)
	for _, address := range slices.SortedFunc(maps.Keys(required), common.Address.Cmp) {
		have, ok := cfg.Rollup.EVM.Alloc[address]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("alloc: system account %s is missing", address))
		case !bytes.Equal(have.Code, required[address].Code) || len(have.Storage) != 0:
			problems = append(problems, fmt.Errorf("alloc: system account %s: want exactly the canonical code and no storage", address))
		}
	}
	return errors.Join(problems...)
}

// checkAlloc refuses what would break the executor later.
func checkAlloc(alloc gethtypes.GenesisAlloc) error {
	var problems []error
	supply := new(big.Int)
	for _, address := range slices.SortedFunc(maps.Keys(alloc), common.Address.Cmp) {
		account := alloc[address]
		if account.Balance != nil {
			if account.Balance.Sign() < 0 {
				problems = append(problems, fmt.Errorf("alloc: account %s: negative balance", address))
			}
			supply.Add(supply, account.Balance)
		}
		bare := account.Nonce == 0 && len(account.Code) == 0
		if bare && len(account.Storage) != 0 {
			problems = append(problems, fmt.Errorf("alloc: account %s: storage without code or nonce", address))
		}
	}
	if supply.BitLen() > 256 {
		problems = append(problems, errors.New("alloc: the balances sum up to more than 2^256-1 wei"))
	}
	// The zero address is what go-ethereum takes for the deposit contract (EIP-6110) of a chain without one: its logs
	// would be parsed at the end of a block, and a malformed one would make the block impossible to seal.
	if account, ok := alloc[common.Address{}]; ok && len(account.Code) != 0 {
		problems = append(problems, errors.New("alloc: the zero address must not have code"))
	}
	return errors.Join(problems...)
}
