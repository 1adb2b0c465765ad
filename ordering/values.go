package ordering

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Ledger values are core.Encode(core.EncLedgerValue, …) of these, in this field order; the key says which one it is.
// The parameters are stored as core.Params, the network id as a hash.

// protocolValue says which rules hold.
type protocolValue struct {
	Version uint64
	// Since is the first tick under these rules.
	Since uint64
}

// tickValue is the newest tick.
type tickValue struct {
	Height uint64
	Time   uint64 // consensus time in ms
}

// validatorValue is a validator with both keys, and what is known against it; see validators.go.
type validatorValue struct {
	ConsensusKey []byte
	Address      common.Address
	Power        uint64
	// Equivocated is the first tick that brought evidence of double signing; zero: none.
	Equivocated uint64
	// Until is the last tick whose commit it signs; zero: no end is known.
	Until uint64
	// Since is the first tick whose commit it signs with Power; zero: from tick 1 on.
	Since uint64 `rlp:"optional"`
	// Before is its power until Since; zero: it signs nothing until then.
	Before uint64 `rlp:"optional"`
}

// differs reports whether two values of one validator are not equal.
func (v validatorValue) differs(other validatorValue) bool {
	return !bytes.Equal(encodeValue(v), encodeValue(other))
}

// rollupValue is a rollup's place in the registry.
type rollupValue struct {
	Kind     uint8
	Operator common.Address
	Zone     uint64 // zero: executed in none
	// SystemContracts commits to the code of the system accounts of its first state; zero unless the kind is evm.
	SystemContracts common.Hash
	// Name is that of a rollup which a control entry registered; those of the genesis have theirs there.
	Name string `rlp:"optional"`
	// Since is the tick that registered it, zero for one of the genesis.
	Since uint64 `rlp:"optional"`
	// Retired is the tick that retired it, zero for one in service.
	Retired uint64 `rlp:"optional"`
	// Genesis is the agreed Joining.Hash of one of kind evm that a control entry registered.
	Genesis common.Hash `rlp:"optional"`
}

// zoneValue is a zone's place in the registry.
type zoneValue struct {
	Rollups []uint64 // ascending, never empty
	// Since is the tick that formed it, zero for a zone of the genesis.
	Since uint64 `rlp:"optional"`
}

// laneValue is a lane's head.
type laneValue = core.LaneState

// bucketValue is the work that was declared and has not drained yet; see bucket.go.
type bucketValue struct {
	Level  uint64 // gas
	LastMs uint64 // consensus time at which Level held
}

// attestedValue is a zone's newest attested result.
type attestedValue struct {
	Tick   uint64
	Digest common.Hash
}

// resultsValue is what one validator last said about a zone's results after the attested one. Absent when empty.
type resultsValue struct {
	FirstTick uint64
	Digests   []common.Hash
}

// checkpointValue is the tally of the newest checkpoint; all zero when that is complete.
type checkpointValue struct {
	Tick uint64
	// Digest is zero in the ledger of the checkpoint's own tick.
	Digest common.Hash
	// Votes ascend by validator.
	Votes []checkpointVote
}

// checkpointVote is the signature of one validator's Ethereum key over the newest checkpoint.
type checkpointVote struct {
	Validator common.Address
	Signature []byte
}

func encodeValue(v any) []byte { return core.Encode(core.EncLedgerValue, v) }

// decodeValue reads a value that this package wrote. Values are written by encodeValue and checked when they are
// loaded, so a failure is a broken invariant inside the process.
func decodeValue[T any](b []byte) T {
	v, err := parseValue[T](b)
	if err != nil {
		panic(fmt.Sprintf("ordering: ledger value: %v", err))
	}
	return v
}

func parseValue[T any](b []byte) (T, error) {
	var v T
	err := core.Decode(core.EncLedgerValue, b, &v)
	return v, err
}
