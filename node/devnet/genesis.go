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

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/evm"
)

const (
	zoneID  = core.ZoneID(1)
	prefund = 10_000 // ETH of each development account on each rollup
)

// newGenesis makes the genesis of a network of these validators that starts now, with all rollups in one zone.
func newGenesis(validators []core.Validator, rollups []core.RollupID, now time.Time) *core.Genesis {
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "devnet", Time: uint64(now.UnixMilli()),
		Params: core.DefaultParams(), Validators: validators, Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: zoneID, Rollups: rollups}},
	}
	for _, id := range rollups {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("rollup-%s", id), Kind: core.KindEVM,
			EVM: &core.EVMGenesis{
				FeeRecipient: feeRecipient(), BaseFee: params.GWei, Alloc: devAlloc(g.Predeploy),
			},
		})
	}
	return g
}

// addOpaque registers rollups whose transactions are any bytes.
func addOpaque(g *core.Genesis, ids []core.RollupID) {
	for _, id := range ids {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: fmt.Sprintf("opaque-%s", id), Kind: core.KindOpaque, Operator: Operator().Address,
		})
	}
	slices.SortFunc(g.Rollups, func(a, b core.Rollup) int { return cmp.Compare(a.ID, b.ID) })
}

// Operator is the account that signs the blocks and reports of the devnet's opaque rollups.
func Operator() Account {
	accounts := Accounts()
	return accounts[len(accounts)-2]
}

// devAlloc funds the development accounts next to the system contracts.
func devAlloc(p core.Predeploy) gethtypes.GenesisAlloc {
	alloc := evm.SystemAlloc(p)
	for _, a := range Accounts() {
		alloc[a.Address] = gethtypes.Account{Balance: new(big.Int).Mul(big.NewInt(prefund), big.NewInt(params.Ether))}
	}
	return alloc
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
