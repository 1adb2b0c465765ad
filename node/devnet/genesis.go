package devnet

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/evm"
)

const (
	zoneID  = core.ZoneID(1)
	prefund = 10_000 // ETH of each funded account on each rollup
)

// Spec is what a genesis is made of.
type Spec struct {
	Name       string
	Validators []core.Validator
	// Rollups are EVM rollups, all in zone 1.
	Rollups []core.RollupID
	// Opaque are rollups whose transactions are any bytes, with one Operator.
	Opaque []core.RollupID
	// OPStack are chains of the OP Stack, with the same Operator.
	OPStack  []core.RollupID
	Operator common.Address
	// Funded accounts get 10,000 ETH on every rollup.
	Funded []common.Address
	// FeeRecipient gets the fees of every rollup.
	FeeRecipient common.Address
	// Time is when the network starts.
	Time time.Time
}

// NewGenesis makes a genesis and checks it. On each EVM rollup Permit2 is there from the first block on,
// as the CREATE2 factory is on every rollup.
func NewGenesis(spec Spec) (*core.Genesis, error) {
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: spec.Name, Time: uint64(spec.Time.UnixMilli()),
		Params: core.DefaultParams(), Validators: spec.Validators, Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: zoneID, Rollups: spec.Rollups}},
	}
	for _, id := range spec.Rollups {
		alloc := evm.SystemAlloc(g.Predeploy)
		// The nonce is what a creation would have left (EIP-161).
		alloc[predeploy.Permit2Address] = gethtypes.Account{Nonce: 1, Code: predeploy.Permit2(uint64(id)), Balance: new(big.Int)}
		for _, address := range spec.Funded {
			alloc[address] = gethtypes.Account{Balance: new(big.Int).Mul(big.NewInt(prefund), big.NewInt(params.Ether))}
		}
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("rollup-%s", id), Kind: core.KindEVM,
			EVM: &core.EVMGenesis{FeeRecipient: spec.FeeRecipient, BaseFee: params.GWei, Alloc: alloc},
		})
	}
	for _, id := range spec.Opaque {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("opaque-%s", id), Kind: core.KindOpaque, Operator: spec.Operator,
		})
	}
	for _, id := range spec.OPStack {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("opstack-%s", id), Kind: core.KindOPStack, Operator: spec.Operator,
		})
	}
	slices.SortFunc(g.Rollups, func(a, b core.Rollup) int { return cmp.Compare(a.ID, b.ID) })
	return g, g.Validate()
}

// Operator is the account that signs the blocks and reports of the devnet's opaque rollups and chains of the OP Stack.
func Operator() Account {
	accounts := Accounts()
	return accounts[len(accounts)-2]
}

// loadGenesis reads the folder's genesis; nil means that there is none yet.
func (f *folder) loadGenesis() (*core.Genesis, error) {
	b, err := os.ReadFile(f.path(genesisFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("devnet: read genesis: %w", err)
	}
	g, err := core.ParseGenesis(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrVersion, f.path(genesisFile), err)
	}
	return g, nil
}

func (f *folder) saveGenesis(g *core.Genesis) error {
	b, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return fmt.Errorf("devnet: encode genesis: %w", err)
	}
	return writeFile(f.path(genesisFile), append(b, '\n'))
}

// feeRecipient is the last development account: fees of the devnet are nobody's.
func feeRecipient() common.Address {
	accounts := Accounts()
	return accounts[len(accounts)-1].Address
}
