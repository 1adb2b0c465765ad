package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// Joining is a rollup of kind evm that is to join a zone of a running network, or to form one, with its first state: what the
// operators of nodes hand to each other as a file. The entry that registers it holds the hash only, since states have any size.
type Joining struct {
	Zone ZoneID `json:"zone"`
	Rollup
}

// ParseJoining reads a file of a rollup that is to join a network and checks it. Accounts of system that the alloc leaves
// out are added; those that it has must be the canonical ones. Errors are ErrGenesis.
func ParseJoining(b []byte, g *Genesis, system gethtypes.GenesisAlloc) (*Joining, error) {
	j := new(Joining)
	if err := errors.Join(checkUniqueKeys(json.NewDecoder(bytes.NewReader(b))), unmarshalStrict(b, j)); err != nil {
		return nil, fmt.Errorf("%w: rollup: %w", ErrGenesis, err)
	}
	if j.EVM == nil || j.Kind != KindEVM {
		return nil, fmt.Errorf("%w: rollup %s: want one of kind evm with the field evm, its first state; this one is of kind %s", ErrGenesis, j.ID, j.Kind)
	}
	alloc := maps.Clone(system)
	for _, address := range slices.SortedFunc(maps.Keys(j.EVM.Alloc), common.Address.Cmp) {
		account := j.EVM.Alloc[address]
		canonical, is := system[address]
		if is && (!bytes.Equal(account.Code, canonical.Code) || len(account.Storage) > 0) {
			return nil, fmt.Errorf("%w: rollup %s: alloc of %s: a system account has the canonical code and no storage; leave it out to get it", ErrGenesis, j.ID, address)
		}
		if account.Balance == nil {
			account.Balance = new(big.Int)
		}
		alloc[address] = account
	}
	j.EVM.Alloc = alloc
	return j, j.validate(g)
}

// validate checks the rollup as one of the genesis would be. Whether its zone exists is the ledger's to say.
func (j *Joining) validate(g *Genesis) error {
	if err := j.registration(g).validate(); err != nil {
		return fmt.Errorf("%w: rollup %s: %w", ErrGenesis, j.ID, err)
	}
	if err := g.validateAlloc(j.EVM.Alloc); err != nil {
		return fmt.Errorf("%w: rollup %s: %w", ErrGenesis, j.ID, err)
	}
	return nil
}

// Hash is what the registering entry says of the first state: keccak(tag ‖ networkId ‖ version ‖ kind ‖ RLP of the rollup's
// row in the genesis). It covers everything but the zone, which is in the entry.
func (j *Joining) Hash(network NetworkID) common.Hash {
	row := j.twin()
	return TagRollupGenesis.Sum(network[:], Encode(EncGenesis, &row))
}

// Change is the change that registers the rollup in a zone that exists.
func (j *Joining) Change(g *Genesis) Change { return Change{RegisterRollup: j.registration(g)} }

// Forming is the change that registers the rollup as the first one of a new zone.
func (j *Joining) Forming(g *Genesis) Change {
	c := j.Change(g)
	c.RegisterRollup.Forms = true
	return c
}

func (j *Joining) registration(g *Genesis) *RegisterRollup {
	return &RegisterRollup{
		ID: j.ID, Name: j.Name, Kind: j.Kind, Operator: j.Operator, Zone: j.Zone, Genesis: j.Hash(g.NetworkID()),
		SystemContracts: j.SystemContracts(g.Predeploy.Address),
	}
}

// systemAccounts are the accounts whose code the EVM's own rules call, ascending; the predeploy comes with the genesis.
var systemAccounts = []common.Address{
	common.HexToAddress("0x00000961Ef480Eb55e80D19ad83579A64c007002"), // EIP-7002, withdrawal requests
	common.HexToAddress("0x0000BBdDc7CE488642fb579F8B00f3a590007251"), // EIP-7251, consolidation requests
	common.HexToAddress("0x0000F90827F1C53a10cb7A02335B175320002935"), // EIP-2935, block hashes
	common.HexToAddress("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02"), // EIP-4788, beacon roots
}

// SystemContracts is keccak(tag ‖ for each system account in ascending order: address ‖ keccak256(code)), so that rollups
// with the same system contracts have the same hash; zero for a rollup that is not executed.
func (r *Rollup) SystemContracts(predeploy common.Address) common.Hash {
	if r.EVM == nil {
		return common.Hash{}
	}
	accounts := append(slices.Clone(systemAccounts), predeploy)
	slices.SortFunc(accounts, common.Address.Cmp)
	var parts [][]byte
	for _, address := range accounts {
		parts = append(parts, address[:], crypto.Keccak256(r.EVM.Alloc[address].Code))
	}
	return TagSystemContracts.Sum(parts...)
}

// SystemContracts is the hash that the first rollup of a new zone must have: that of the genesis' first rollup of kind evm, zero
// if it has none, so that there is nothing to compare with.
func (g *Genesis) SystemContracts() common.Hash {
	for i := range g.Rollups {
		if r := &g.Rollups[i]; r.EVM != nil {
			return r.SystemContracts(g.Predeploy.Address)
		}
	}
	return common.Hash{}
}
