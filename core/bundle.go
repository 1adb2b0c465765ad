package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Atomicity says what "all or nothing" means for a bundle.
type Atomicity uint8

const (
	// AtomicExecution: every leg takes effect or none does. All legs must be on `evm` rollups of one zone.
	AtomicExecution Atomicity = 1
	// AtomicInclusion: all legs are ordered in the same tick or none is; their effects are independent.
	AtomicInclusion Atomicity = 2
)

var atomicityNames = map[Atomicity]string{AtomicExecution: "execution", AtomicInclusion: "inclusion"}

// String is the name used in RPC.
func (a Atomicity) String() string {
	if name, ok := atomicityNames[a]; ok {
		return name
	}
	return fmt.Sprintf("unknown(%d)", uint8(a))
}

// MarshalText writes "execution" or "inclusion".
func (a Atomicity) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads "execution" or "inclusion".
func (a *Atomicity) UnmarshalText(text []byte) error {
	for _, v := range []Atomicity{AtomicExecution, AtomicInclusion} {
		if atomicityNames[v] == string(text) {
			*a = v
			return nil
		}
	}
	return fmt.Errorf("core: unknown atomicity %q (want execution or inclusion)", text)
}

// Leg is one transaction of a bundle.
type Leg struct {
	Rollup RollupID `json:"rollup"`
	// Tx is the signed transaction's canonical bytes.
	Tx hexutil.Bytes `json:"tx"`
	// MayRevert lets the bundle stand although this leg's execution reverts. A void leg always voids the bundle.
	MayRevert bool `json:"mayRevert"`
}

// Bundle is a list of legs that are ordered together. ARCHITECTURE.md §4 has the rules.
type Bundle struct {
	Atomicity Atomicity `json:"atomicity"`
	// NotBefore and NotAfter bound the consensus time (ms since the Unix epoch) of the tick that may hold the bundle.
	NotBefore uint64 `json:"notBefore"`
	NotAfter  uint64 `json:"notAfter"`
	// ParentTick pins the state the bundle was simulated on, the one after this tick; zero means none. Such a bundle may
	// only be the first of the next tick. Execution bundles only.
	ParentTick uint64 `json:"parentTick,omitempty"`
	// Bid is reserved and must be zero.
	Bid uint64 `json:"bid,omitempty"`
	// Commitment binds protected legs to this bundle; zero means none. See ComputeCommitment.
	Commitment common.Hash `json:"commitment"`
	Legs       []Leg       `json:"legs"`
}

// Encode writes the canonical form: version ‖ kind ‖ RLP of the fields in order.
func (b *Bundle) Encode() []byte { return Encode(EncBundle, b) }

// DecodeBundle reads a canonical bundle. It checks the encoding only, not the rules.
func DecodeBundle(enc []byte) (*Bundle, error) {
	b := new(Bundle)
	if err := Decode(EncBundle, enc, b); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b, nil
}

// ID is keccak(tag ‖ networkId ‖ Encode()).
func (b *Bundle) ID(network NetworkID) common.Hash {
	return TagBundle.Sum(network[:], b.Encode())
}

// MayStand reports whether the bundle may be the index-th, from 0, of a tick: with a parentTick only the first of the tick
// after that, since all others would meet another state than the one it was made for.
func (b *Bundle) MayStand(tick uint64, index int) bool {
	return b.ParentTick == 0 || (b.ParentTick == tick-1 && index == 0)
}

// CheckParentTick says whether a tick after newest, the newest that is ordered, may hold the bundle: nil, or an error that
// wraps ErrParentTickPassed.
func (b *Bundle) CheckParentTick(newest uint64) error {
	if b.ParentTick == 0 || b.ParentTick >= newest {
		return nil
	}
	return fmt.Errorf("parentTick: %w: %d, tick %d is ordered", ErrParentTickPassed, b.ParentTick, newest)
}

// DecodedBundle is a bundle with its legs decoded, as the stages pass it on.
type DecodedBundle struct {
	*Bundle
	Hash common.Hash // the bundle id
	Txs  []Transaction
}

// DecodeLegs decodes every leg by its rollup's kind. Errors name the leg.
func (b *Bundle) DecodeLegs(network NetworkID, kind func(RollupID) (RollupKind, bool)) (DecodedBundle, error) {
	d := DecodedBundle{Bundle: b, Hash: b.ID(network), Txs: make([]Transaction, len(b.Legs))}
	for i, leg := range b.Legs {
		k, ok := kind(leg.Rollup)
		if !ok {
			return DecodedBundle{}, fmt.Errorf("legs[%d]: %w", i, &UnknownRollupError{leg.Rollup})
		}
		tx, err := DecodeLane(leg.Rollup, k, leg.Tx)
		if err != nil {
			return DecodedBundle{}, fmt.Errorf("legs[%d]: %w", i, err)
		}
		d.Txs[i] = tx
	}
	return d, nil
}

// UnknownRollupError names a rollup that is not in the registry.
type UnknownRollupError struct{ Rollup RollupID }

func (e *UnknownRollupError) Error() string {
	return fmt.Sprintf("core: unknown rollup %s", e.Rollup)
}
