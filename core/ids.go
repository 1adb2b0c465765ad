package core

import (
	"fmt"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
)

// RollupID names a rollup. For EVM chains it is the EIP-155 chain id. Zero is never a rollup.
type RollupID uint64

// String is the decimal form, as it stands in gateway paths (`/rollup/901`).
func (id RollupID) String() string { return strconv.FormatUint(uint64(id), 10) }

// ParseRollupID reads the decimal form of a rollup id.
func ParseRollupID(s string) (RollupID, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("core: rollup id %q is not a positive decimal number below 2^64", s)
	}
	return RollupID(n), nil
}

// ZoneID names a set of rollups that are executed jointly. Zero means "in no zone".
type ZoneID uint64

// String is the decimal form.
func (id ZoneID) String() string { return strconv.FormatUint(uint64(id), 10) }

// NetworkID is the hash of the genesis. It stands in everything that is hashed or signed for one network.
type NetworkID = common.Hash

// RollupKind says who gives a lane its results. It is fixed in the registry when a rollup is registered.
type RollupKind uint8

const (
	// KindEVM rollups are executed in a zone by the validators; their results are attested.
	KindEVM RollupKind = 1
	// KindOPStack rollups run a stock OP Stack node behind the Engine API proxy; results are the operator's claims.
	KindOPStack RollupKind = 2
	// KindOpaque rollups order bytes whose meaning only they know.
	KindOpaque RollupKind = 3
)

var rollupKindNames = map[RollupKind]string{KindEVM: "evm", KindOPStack: "opstack", KindOpaque: "opaque"}

// String is the name used in genesis files and RPC answers.
func (k RollupKind) String() string {
	if name, ok := rollupKindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("unknown(%d)", uint8(k))
}

// MarshalText writes the kind's name.
func (k RollupKind) MarshalText() ([]byte, error) {
	if _, ok := rollupKindNames[k]; !ok {
		return nil, fmt.Errorf("core: unknown rollup kind %d", uint8(k))
	}
	return []byte(k.String()), nil
}

// UnmarshalText reads a kind's name: evm, opstack or opaque.
func (k *RollupKind) UnmarshalText(text []byte) error {
	for _, kind := range []RollupKind{KindEVM, KindOPStack, KindOpaque} {
		if rollupKindNames[kind] == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("core: unknown rollup kind %q (want evm, opstack or opaque)", text)
}
