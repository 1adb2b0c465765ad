package core

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// GenesisVersion is the version of the genesis format. Folders of another version are refused.
const GenesisVersion uint64 = 2

// Caps of the genesis itself.
const (
	MaxRollups = 256
	// MaxZones bounds the zones that a network ever has: each takes its place in every checkpoint and in what validators say
	// with their votes.
	MaxZones      = 64
	MaxValidators = 128
	MaxNameLength = 32
	// maxTime (in ms, the year 2248) keeps the network's start within the 64-bit nanoseconds of the engine's clock.
	maxTime = 1 << 43
)

// Genesis is everything that all nodes of a network agree on before tick 1. Its hash is the NetworkID.
type Genesis struct {
	Version uint64 `json:"version"`
	// Name is for people; 1 to 32 characters of a-z, 0-9 and '-'.
	Name string `json:"name"`
	// Time is the network's start in ms since the Unix epoch; tick 1 carries exactly this time.
	Time       uint64      `json:"time"`
	Params     Params      `json:"params"`
	Validators []Validator `json:"validators"`
	Zones      []Zone      `json:"zones"`
	Rollups    []Rollup    `json:"rollups"`
	Predeploy  Predeploy   `json:"predeploy"`

	// current gives what is in force now; nil: this is.
	current func() *Genesis
	// retired are the rollups for which nothing is ordered any more, ascending.
	retired []RollupID
	// left are the zones with their former members.
	left []Zone
}

// Zone is a set of `evm` rollups executed jointly; a zone is also a trust domain.
type Zone struct {
	ID ZoneID `json:"id"`
	// Rollups are the members, ascending.
	Rollups []RollupID `json:"rollups"`
}

// Rollup is a registered rollup.
type Rollup struct {
	ID   RollupID   `json:"id"`
	Name string     `json:"name"`
	Kind RollupKind `json:"kind"`
	// Operator signs the rollup's block and report entries; required for kind opstack. A rollup of kind opaque without one
	// has no such entries.
	Operator common.Address `json:"operator"`
	// EVM is the first state; required for kind evm, absent otherwise.
	EVM *EVMGenesis `json:"evm,omitempty"`
}

// EVMGenesis is the first state of an `evm` rollup. Its fork is Osaka from the start.
type EVMGenesis struct {
	// FeeRecipient is the coinbase of every block.
	FeeRecipient common.Address `json:"feeRecipient"`
	// BaseFee is the base fee of the genesis block in wei.
	BaseFee uint64 `json:"baseFee"`
	// Alloc holds every account, the system contracts and the predeploy included.
	Alloc gethtypes.GenesisAlloc `json:"alloc"`
}

// Rollup finds a registered rollup, by what is in force.
func (g *Genesis) Rollup(id RollupID) (*Rollup, bool) {
	g = g.InForce()
	i, ok := slices.BinarySearchFunc(g.Rollups, id, func(r Rollup, id RollupID) int { return cmpUint(r.ID, id) })
	if !ok {
		return nil, false
	}
	return &g.Rollups[i], true
}

// Kind tells the kind of a registered rollup; it is the lookup that decoders take.
func (g *Genesis) Kind(id RollupID) (RollupKind, bool) {
	if r, ok := g.Rollup(id); ok {
		return r.Kind, true
	}
	return 0, false
}

// ZoneOf is the zone that executes a rollup, or did so until the rollup was retired; zero if there is none. It goes by what
// is in force.
func (g *Genesis) ZoneOf(id RollupID) ZoneID {
	g = g.InForce()
	for _, zones := range [][]Zone{g.Zones, g.left} {
		for _, z := range zones {
			if slices.Contains(z.Rollups, id) {
				return z.ID
			}
		}
	}
	return 0
}

// TotalPower is the sum of the validators' power.
func (g *Genesis) TotalPower() uint64 {
	var sum uint64
	for _, v := range g.Validators {
		sum += v.Power
	}
	return sum
}

// ChainID is the chain id of the consensus engine: the network's identity cut to the engine's limit of 50 characters.
func (g *Genesis) ChainID() string {
	id := g.NetworkID()
	return fmt.Sprintf("lockstep-%x", id[:16])
}

// EVMTime is the timestamp of the rollups' genesis blocks in seconds: one slot before the slot of tick 1.
func (g *Genesis) EVMTime() uint64 { return g.Params.SlotTime(g.Params.Slot(g.Time) - 1) }

// Validate reports all problems of the genesis at once.
func (g *Genesis) Validate() error {
	problems := []error{g.Params.Validate()}
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if g.Version != GenesisVersion {
		fail("version is %d, want %d", g.Version, GenesisVersion)
	}
	if !validName(g.Name) {
		fail("name %q: want 1 to %d characters of a-z, 0-9 and '-'", g.Name, MaxNameLength)
	}
	if g.Params.SlotSeconds != 0 && g.Params.Slot(g.Time) < 2 || g.Time > maxTime {
		fail("time %d is not a time in ms since 1970", g.Time)
	}
	if g.Predeploy.Address == (common.Address{}) || len(g.Predeploy.Code) == 0 {
		fail("predeploy: address or code is missing")
	}
	problems = append(problems, g.validateValidators(), g.validateRollups(), g.validateZones())
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w: %w", ErrGenesis, err)
	}
	return nil
}

func (g *Genesis) validateRollups() error {
	var problems []error
	if n := len(g.Rollups); n == 0 || n > MaxRollups {
		problems = append(problems, fmt.Errorf("%d rollups, want 1 to %d", n, MaxRollups))
	}
	for i, r := range g.Rollups {
		if r.ID == 0 || (i > 0 && g.Rollups[i-1].ID >= r.ID) {
			problems = append(problems, fmt.Errorf("rollups[%d]: id %s is zero or not above the one before", i, r.ID))
		}
		if slices.ContainsFunc(g.Rollups[:i], func(other Rollup) bool { return other.Name == r.Name }) {
			problems = append(problems, fmt.Errorf("rollup %s: name %q is that of another rollup", r.ID, r.Name))
		}
		if err := g.validateRollup(&r); err != nil {
			problems = append(problems, fmt.Errorf("rollup %s: %w", r.ID, err))
		}
	}
	return errors.Join(problems...)
}

func (g *Genesis) validateRollup(r *Rollup) error {
	var problems []error
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if !validName(r.Name) {
		fail("name %q: want 1 to %d characters of a-z, 0-9 and '-'", r.Name, MaxNameLength)
	}
	if _, ok := rollupKindNames[r.Kind]; !ok {
		fail("unknown kind %d", r.Kind)
	}
	if (r.Kind == KindEVM) != (r.EVM != nil) {
		fail("kind %s: the field evm belongs to kind evm and is required there", r.Kind)
	}
	if (r.Kind == KindEVM) != (g.ZoneOf(r.ID) != 0) {
		fail("kind %s: rollups of kind evm, and only those, must be in a zone", r.Kind)
	}
	if r.Kind == KindOPStack && r.Operator == (common.Address{}) {
		fail("kind opstack: operator is missing")
	}
	if r.EVM != nil {
		problems = append(problems, g.validateAlloc(r.EVM.Alloc))
	}
	return errors.Join(problems...)
}

// validateAlloc checks the predeploy's account, and that no balance has a form which the NetworkID does not tell from
// another one.
func (g *Genesis) validateAlloc(alloc gethtypes.GenesisAlloc) error {
	var problems []error
	account, ok := alloc[g.Predeploy.Address]
	if !ok || !bytes.Equal(account.Code, g.Predeploy.Code) || len(account.Storage) != 0 {
		problems = append(problems, fmt.Errorf("alloc of the predeploy %s: want exactly the predeploy's code and no storage", g.Predeploy.Address))
	}
	for _, address := range slices.SortedFunc(maps.Keys(alloc), common.Address.Cmp) {
		if b := alloc[address].Balance; b == nil || b.Sign() < 0 || b.BitLen() > 256 {
			problems = append(problems, fmt.Errorf("alloc of %s: balance is %v, want 0 to 2^256-1", address, b))
		}
	}
	return errors.Join(problems...)
}

func (g *Genesis) validateZones() error {
	var problems []error
	if n := len(g.Zones); n > MaxZones {
		problems = append(problems, fmt.Errorf("%d zones, want at most %d", n, MaxZones))
	}
	seen := make(map[RollupID]bool)
	for i, z := range g.Zones {
		if z.ID == 0 || (i > 0 && g.Zones[i-1].ID >= z.ID) {
			problems = append(problems, fmt.Errorf("zones[%d]: id %s is zero or not above the one before", i, z.ID))
		}
		if len(z.Rollups) == 0 || !slices.IsSorted(z.Rollups) {
			problems = append(problems, fmt.Errorf("zone %s: rollups must be named, ascending", z.ID))
		}
		for _, id := range z.Rollups {
			if kind, ok := g.Kind(id); !ok || kind != KindEVM || seen[id] {
				problems = append(problems, fmt.Errorf("zone %s: rollup %s is not a registered rollup of kind evm, or is named twice", z.ID, id))
			}
			seen[id] = true
		}
	}
	return errors.Join(problems...)
}

func validName(s string) bool {
	if len(s) == 0 || len(s) > MaxNameLength {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func cmpUint[T ~uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
