package core

import (
	_ "embed"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// predeployHex is the runtime code of contracts/predeploy, hexadecimal.
//
//go:embed predeploy.hex
var predeployHex string

// Predeploy is Lockstep's system contract on every `evm` rollup: it makes assertions (see Assertion).
type Predeploy struct {
	Address common.Address `json:"address"`
	// Marker is the storage slot that must be warm for assertions to work; only an access list can warm it.
	Marker common.Hash   `json:"marker"`
	Code   hexutil.Bytes `json:"code"`
}

// DefaultPredeploy is the predeploy of new networks. Its address is the ASCII text "Lockstep" and a counter, its
// marker slot keccak256("lockstep/marker/v1"). Address and marker are constants of the code.
func DefaultPredeploy() Predeploy {
	return Predeploy{
		Address: common.HexToAddress("0x4c6f636b73746570000000000000000000000001"),
		Marker:  TagMarker.Sum(),
		Code:    common.FromHex(strings.TrimSpace(predeployHex)),
	}
}
