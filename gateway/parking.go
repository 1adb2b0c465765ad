package gateway

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// ParkingView answers lockstep_prepareBundle, and tells in lockstep_getStatus what a commitment, or a parked leg, waits for.
type ParkingView struct {
	Commitment common.Hash `json:"commitment"`
	// AccessList is what every leg's access list must hold, beside whatever else it names.
	AccessList []AccessEntry `json:"accessList"`
	// Prepared: this node knows the bundle. The fields from notBefore to missing are missing or empty until it does.
	Prepared  bool   `json:"prepared"`
	NotBefore uint64 `json:"notBefore,omitempty"`
	NotAfter  uint64 `json:"notAfter,omitempty"`
	// Legs are the bundle's, in its order.
	Legs []ParkedLegView `json:"legs"`
	// Missing are the indexes of the legs that have not come.
	Missing []int `json:"missing"`
	// BundleID is that of the bundle, once all legs were here, or somebody sent it; ask for its status.
	BundleID *common.Hash `json:"bundleId,omitempty"`
	// Held is whether what has come would survive the loss of this node: false until the bundle is put together, then whether validators with
	// more than a third of the power keep it, or it is ordered. It is missing where nobody was asked (lockstep_waitFor).
	Held *bool `json:"held,omitempty"`
	// Until is when what is parked is dropped, in ms since the Unix epoch.
	Until uint64 `json:"until"`
}

// AccessEntry is an entry of an EIP-2930 access list.
type AccessEntry struct {
	Address     common.Address `json:"address"`
	StorageKeys []common.Hash  `json:"storageKeys"`
}

// ParkedLegView is a leg of a prepared bundle.
type ParkedLegView struct {
	Rollup core.RollupID   `json:"rollup"`
	Type   uint64          `json:"type"`
	From   common.Address  `json:"from"`
	Nonce  uint64          `json:"nonce"`
	To     *common.Address `json:"to"`
	Gas    uint64          `json:"gas"`
	// TxHash is missing until the leg has come.
	TxHash *common.Hash `json:"txHash,omitempty"`
}

func (g *Gateway) parkingView(p *Parking) *ParkingView {
	v := &ParkingView{
		Commitment: p.Commitment, Legs: []ParkedLegView{}, Missing: []int{}, Until: milliseconds(p.Until),
		AccessList: []AccessEntry{{Address: g.deps.Genesis.Predeploy.Address, StorageKeys: []common.Hash{p.Commitment}}},
	}
	if p.Bundle != (common.Hash{}) {
		v.BundleID = &p.Bundle
	}
	if p.Skeleton == nil {
		return v
	}
	v.Prepared, v.NotBefore, v.NotAfter = true, p.Skeleton.NotBefore, p.Skeleton.NotAfter
	for i := range p.Skeleton.Legs {
		leg := &p.Skeleton.Legs[i]
		view := ParkedLegView{Rollup: core.RollupID(leg.Rollup), Type: uint64(leg.TxType), From: leg.Sender, Nonce: leg.Nonce, To: leg.To, Gas: leg.Gas}
		if p.Legs[i] != (common.Hash{}) {
			view.TxHash = &p.Legs[i]
		} else if v.BundleID == nil {
			v.Missing = append(v.Missing, i)
		}
		v.Legs = append(v.Legs, view)
	}
	return v
}

// readSkeleton reads the parameter of lockstep_prepareBundle.
func readSkeleton(raw json.RawMessage, params core.Params) (*core.Skeleton, error) {
	fields, err := readObject("bundle", raw, "atomicity", "notBefore", "notAfter", "legs")
	if err != nil {
		return nil, err
	}
	s := &core.Skeleton{Atomicity: core.AtomicExecution}
	if value, ok := fields["atomicity"]; ok && string(value) != `"execution"` {
		return nil, badValue("atomicity", value, `"execution"; legs of other bundles need no commitment`)
	}
	if value, ok := fields["notBefore"]; ok {
		if s.NotBefore, err = readNumber("notBefore", value, "ms since the Unix epoch"); err != nil {
			return nil, err
		}
	}
	if err := require(fields, "", "notAfter", "legs"); err != nil {
		return nil, err
	}
	if s.NotAfter, err = readNumber("notAfter", fields["notAfter"], "ms since the Unix epoch"); err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if err := json.Unmarshal(fields["legs"], &items); err != nil || items == nil {
		return nil, badValue("legs", fields["legs"], "a JSON array of legs")
	}
	if n := uint64(len(items)); n > params.MaxBundleLegs {
		return nil, &Refusal{Cause: core.ErrTooManyLegs, Field: "legs", Have: fmt.Sprint(n), Want: fmt.Sprintf("at most %d", params.MaxBundleLegs)}
	}
	for i, item := range items {
		leg, err := readSkeletonLeg(fmt.Sprintf("legs[%d]", i), item, params)
		if err != nil {
			return nil, err
		}
		s.Legs = append(s.Legs, leg)
	}
	return s, nil
}

// require reports the first of the fields that is not there.
func require(fields map[string]json.RawMessage, path string, names ...string) error {
	for _, name := range names {
		if _, ok := fields[name]; !ok {
			return &Refusal{Cause: ErrMissingField, Field: joinPath(path, name)}
		}
	}
	return nil
}

// SkeletonLeg is a leg before it is signed.
type SkeletonLeg struct {
	Rollup core.RollupID `json:"rollup"`
	// Type is the transaction's type (EIP-2718): 1, 2 or 4, those with an access list. 2 if it is left out.
	Type  uint64         `json:"type,omitempty"`
	From  common.Address `json:"from"`
	Nonce uint64         `json:"nonce"`
	// To is left out for a deployment.
	To *common.Address `json:"to,omitempty"`
	// Value is in wei, a 0x quantity; 0 if it is left out, as Data is empty.
	Value *hexutil.Big  `json:"value,omitempty"`
	Data  hexutil.Bytes `json:"data,omitempty"`
	// Gas is the gas limit; the access list has to be paid from it too.
	Gas       uint64 `json:"gas"`
	MayRevert bool   `json:"mayRevert"`
	// AuthorizationList is that of a transaction of type 4 (EIP-7702), signed.
	AuthorizationList []gethtypes.SetCodeAuthorization `json:"authorizationList,omitempty"`
}

var skeletonLegFields = []string{"rollup", "type", "from", "nonce", "to", "value", "data", "gas", "mayRevert", "authorizationList"}

func readSkeletonLeg(path string, raw json.RawMessage, params core.Params) (core.CommittedLeg, error) {
	fields, err := readObject(path, raw, skeletonLegFields...)
	if err == nil {
		err = require(fields, path, "rollup", "from", "nonce", "gas")
	}
	if err != nil {
		return core.CommittedLeg{}, err
	}
	if n := uint64(len(raw)) / 2; n > 2*params.MaxTxBytes {
		return core.CommittedLeg{}, &Refusal{Cause: core.ErrTooLarge, Field: path, Have: fmt.Sprintf("%d bytes", n), Want: fmt.Sprintf("at most %d", 2*params.MaxTxBytes)}
	}
	l := SkeletonLeg{Type: gethtypes.DynamicFeeTxType, Value: new(hexutil.Big)}
	for _, field := range []struct {
		name, want string
		to         any
	}{
		{"rollup", "a rollup id, a whole JSON number", &l.Rollup}, {"type", "1, 2 or 4", &l.Type},
		{"from", "an address", &l.From}, {"nonce", "a whole JSON number", &l.Nonce}, {"to", "an address, or left out", &l.To},
		{"value", "wei as a 0x quantity", &l.Value}, {"data", "bytes as a 0x hex string", &l.Data},
		{"gas", "a whole JSON number", &l.Gas}, {"mayRevert", "true or false", &l.MayRevert},
		{"authorizationList", "signed authorizations (EIP-7702) in their JSON form", &l.AuthorizationList},
	} {
		value, ok := fields[field.name]
		if !ok || string(value) == "null" && field.name == "to" {
			continue
		}
		if err := json.Unmarshal(value, field.to); err != nil || string(value) == "null" {
			return core.CommittedLeg{}, badValue(joinPath(path, field.name), value, field.want)
		}
	}
	tx, err := l.unsigned(path)
	if err != nil {
		return core.CommittedLeg{}, err
	}
	return core.CommitLeg(tx, l.Rollup, l.From, l.MayRevert), nil
}

// unsigned is the leg as a transaction without what a commitment does not bind.
func (l *SkeletonLeg) unsigned(path string) (*gethtypes.Transaction, error) {
	value, overflow := uint256.FromBig((*big.Int)(l.Value))
	if overflow {
		return nil, &Refusal{Cause: ErrBadValue, Field: path + ".value", Have: l.Value.String(), Want: "at most 2^256-1"}
	}
	if l.Type != gethtypes.SetCodeTxType && l.AuthorizationList != nil {
		return nil, &Refusal{Cause: ErrBadValue, Field: path + ".authorizationList", Have: fmt.Sprintf("type %d", l.Type), Want: "type 4 with it"}
	}
	switch l.Type {
	case gethtypes.AccessListTxType:
		return gethtypes.NewTx(&gethtypes.AccessListTx{Nonce: l.Nonce, To: l.To, Value: value.ToBig(), Gas: l.Gas, Data: l.Data}), nil
	case gethtypes.DynamicFeeTxType:
		return gethtypes.NewTx(&gethtypes.DynamicFeeTx{Nonce: l.Nonce, To: l.To, Value: value.ToBig(), Gas: l.Gas, Data: l.Data}), nil
	case gethtypes.SetCodeTxType:
		if l.To == nil {
			return nil, &Refusal{Cause: ErrMissingField, Field: path + ".to"}
		}
		return gethtypes.NewTx(&gethtypes.SetCodeTx{Nonce: l.Nonce, To: *l.To, Value: value, Gas: l.Gas, Data: l.Data, AuthList: l.AuthorizationList}), nil
	}
	return nil, &Refusal{Cause: ErrBadValue, Field: path + ".type", Have: fmt.Sprint(l.Type), Want: "1, 2 or 4: the types that have an access list"}
}
