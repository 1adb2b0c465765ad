package opstack

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/ethereum-optimism/optimism/op-core/predeploys"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

const (
	// optimismModule is where op-node and its tests' allocation come from.
	optimismModule = "github.com/ethereum-optimism/optimism"
	// l2Allocs is what a chain's genesis held at op-contracts v1.6.0: every predeploy and preinstall.
	l2Allocs = "op-deployer/pkg/deployer/integration_test/testdata/allocs-l2-v160-1.json.gz"
	// forkEvery is what the forks after Delta are apart. Each is activated alone, by op-node's own upgrade transactions,
	// which bring the predeploys of l2Allocs up to date.
	forkEvery = 2 * time.Second
	// l2GasLimit is a block's.
	l2GasLimit = 60_000_000
)

var (
	// beaconRoots is deployed by the Ecotone upgrade, which fails if it is there already.
	beaconRoots = common.HexToAddress("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02")
	million     = new(big.Int).Mul(big.NewInt(1_000_000), big.NewInt(params.Ether))
)

// onL1 is an address of a chain's on L1: an inbox is an account without a key, of the others op-node reads the logs.
func onL1(use, chainID uint64) common.Address {
	return common.BigToAddress(new(big.Int).SetUint64(use<<48 + chainID))
}

const (
	batchInbox = iota + 0xff00
	depositContract
	systemConfig
)

// forkTimes are the activation times of the forks after Delta.
type forkTimes struct {
	ecotone, fjord, granite, holocene, isthmus, jovian uint64
}

func forksFrom(genesis uint64) forkTimes {
	after := func(n uint64) uint64 { return genesis + n*uint64(forkEvery/time.Second) }
	return forkTimes{ecotone: after(1), fjord: after(2), granite: after(3), holocene: after(4), isthmus: after(5), jovian: after(6)}
}

// readAllocs reads the accounts of the optimism module's chain.
func readAllocs() (gethtypes.GenesisAlloc, error) {
	dir, err := moduleDir(optimismModule)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(dir, l2Allocs))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	alloc := gethtypes.GenesisAlloc{}
	if err := json.NewDecoder(text).Decode(&alloc); err != nil {
		return nil, fmt.Errorf("read %s: %w", l2Allocs, err)
	}
	delete(alloc, beaconRoots)
	return alloc, nil
}

// l2Genesis is the first block of a chain that begins with an L1 block.
func l2Genesis(chainID uint64, at uint64, funded []common.Address) (*core.Genesis, error) {
	alloc, err := readAllocs()
	if err != nil {
		return nil, err
	}
	for _, account := range funded {
		alloc[account] = gethtypes.Account{Balance: million}
	}
	zero, forks, denominator := uint64(0), forksFrom(at), uint64(250)
	first := big.NewInt(0)
	return &core.Genesis{
		Config: &params.ChainConfig{
			ChainID:        new(big.Int).SetUint64(chainID),
			HomesteadBlock: first, EIP150Block: first, EIP155Block: first, EIP158Block: first, ByzantiumBlock: first,
			ConstantinopleBlock: first, PetersburgBlock: first, IstanbulBlock: first, MuirGlacierBlock: first,
			BerlinBlock: first, LondonBlock: first, ArrowGlacierBlock: first, GrayGlacierBlock: first, MergeNetsplitBlock: first,
			TerminalTotalDifficulty: first, BedrockBlock: first,
			RegolithTime: &zero,
			CanyonTime:   &zero, ShanghaiTime: &zero,
			EcotoneTime: &forks.ecotone, CancunTime: &forks.ecotone,
			FjordTime: &forks.fjord, GraniteTime: &forks.granite, HoloceneTime: &forks.holocene,
			IsthmusTime: &forks.isthmus, PragueTime: &forks.isthmus,
			JovianTime: &forks.jovian,
			Optimism:   &params.OptimismConfig{EIP1559Elasticity: 6, EIP1559Denominator: 50, EIP1559DenominatorCanyon: &denominator},
		},
		Timestamp:  at,
		GasLimit:   l2GasLimit,
		Difficulty: first,
		Coinbase:   predeploys.SequencerFeeVaultAddr,
		BaseFee:    big.NewInt(params.InitialBaseFee),
		Alloc:      alloc,
	}, nil
}

// rollupConfig is what op-node knows about a chain.
func rollupConfig(c *chain, l1 *layer1, genesis *core.Genesis) *rollup.Config {
	block := genesis.ToBlock()
	zero, forks := uint64(0), forksFrom(genesis.Timestamp)
	return &rollup.Config{
		Genesis: rollup.Genesis{
			L1:     l1.genesis,
			L2:     eth.BlockID{Hash: block.Hash(), Number: 0},
			L2Time: genesis.Timestamp,
			SystemConfig: eth.SystemConfig{
				BatcherAddr: c.batcher.address,
				Scalar:      eth.EncodeScalar(eth.EcotoneScalars{BlobBaseFeeScalar: 810_949, BaseFeeScalar: 1_368}),
				GasLimit:    l2GasLimit,
			},
		},
		BlockTime:             uint64(c.blockTime / time.Second),
		MaxSequencerDrift:     600,
		SeqWindowSize:         3600,
		ChannelTimeoutBedrock: 300,
		L1ChainID:             big.NewInt(l1ChainID), L2ChainID: genesis.Config.ChainID,
		RegolithTime: &zero, CanyonTime: &zero, DeltaTime: &zero,
		EcotoneTime: &forks.ecotone, FjordTime: &forks.fjord, GraniteTime: &forks.granite,
		HoloceneTime: &forks.holocene, IsthmusTime: &forks.isthmus, JovianTime: &forks.jovian,
		BatchInboxAddress:      onL1(batchInbox, c.id),
		DepositContractAddress: onL1(depositContract, c.id),
		L1SystemConfigAddress:  onL1(systemConfig, c.id),
		ChainOpConfig:          genesis.Config.Optimism,
	}
}

// l1ChainConfig is what op-node must be told about an L1 that it does not know.
func l1ChainConfig() *params.ChainConfig {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = big.NewInt(l1ChainID)
	config.OsakaTime, config.BPO1Time, config.BPO2Time, config.BPO3Time, config.BPO4Time = nil, nil, nil, nil, nil
	config.BlobScheduleConfig = &params.BlobScheduleConfig{Cancun: params.DefaultCancunBlobConfig, Prague: params.DefaultPragueBlobConfig}
	return &config
}

// writeJSON writes a file of the run's folder, and gives its path.
func writeJSON(dir, name string, value any) (string, error) {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, text, 0o600)
}
