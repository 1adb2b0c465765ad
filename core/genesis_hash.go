package core

import (
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// The canonical twin of a genesis: fixed field order, maps as sorted lists, so that the JSON form can change without
// moving the NetworkID.
type genesisRLP struct {
	Version    uint64
	Name       string
	Time       uint64
	Params     Params
	Validators []Validator
	Zones      []Zone
	Rollups    []rollupRLP
	Predeploy  predeployRLP
}

type predeployRLP struct {
	Address common.Address
	Marker  common.Hash
	Code    []byte
}

type rollupRLP struct {
	ID           uint64
	Name         string
	Kind         uint8
	Operator     common.Address
	FeeRecipient common.Address
	BaseFee      uint64
	Alloc        []accountRLP
}

type accountRLP struct {
	Address common.Address
	Balance []byte
	Nonce   uint64
	Code    []byte
	Storage []storageRLP
}

type storageRLP struct {
	Slot  common.Hash
	Value common.Hash
}

// NetworkID is keccak(tag ‖ version ‖ kind ‖ RLP of all fields). Accounts and storage are sorted.
func (g *Genesis) NetworkID() NetworkID {
	twin := genesisRLP{
		Version: g.Version, Name: g.Name, Time: g.Time, Params: g.Params, Validators: g.Validators, Zones: g.Zones,
		Predeploy: predeployRLP{g.Predeploy.Address, g.Predeploy.Marker, g.Predeploy.Code},
	}
	for _, r := range g.Rollups {
		twin.Rollups = append(twin.Rollups, r.twin())
	}
	return TagGenesis.Sum(Encode(EncGenesis, &twin))
}

func (r *Rollup) twin() rollupRLP {
	row := rollupRLP{ID: uint64(r.ID), Name: r.Name, Kind: uint8(r.Kind), Operator: r.Operator}
	if r.EVM != nil {
		row.FeeRecipient, row.BaseFee, row.Alloc = r.EVM.FeeRecipient, r.EVM.BaseFee, sortedAlloc(r.EVM.Alloc)
	}
	return row
}

func sortedAlloc(alloc gethtypes.GenesisAlloc) []accountRLP {
	rows := make([]accountRLP, 0, len(alloc))
	for _, address := range slices.SortedFunc(maps.Keys(alloc), common.Address.Cmp) {
		account := alloc[address]
		row := accountRLP{Address: address, Nonce: account.Nonce, Code: account.Code}
		if account.Balance != nil {
			row.Balance = account.Balance.Bytes()
		}
		for _, slot := range slices.SortedFunc(maps.Keys(account.Storage), common.Hash.Cmp) {
			row.Storage = append(row.Storage, storageRLP{slot, account.Storage[slot]})
		}
		rows = append(rows, row)
	}
	return rows
}
