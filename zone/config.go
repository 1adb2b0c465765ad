package zone

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Config says which zone is executed and where its records are kept.
type Config struct {
	// Genesis is the network's; rules, registry and network id are taken from it.
	Genesis *core.Genesis
	// Zone is the zone that is executed.
	Zone core.ZoneID
	// First is the tick that is executed first. Zero is tick 1, with which the zones of the genesis begin. A zone that a control
	// entry formed begins with its forming tick, and one that may be formed still waits from the tick after the log's head on.
	First uint64
	// Joining are the rollups beside those of the genesis for which the node has an engine, with the hash of the genesis that it
	// was made of (core.Joining.Hash). They are executed from the tick on with which a control entry lets them join.
	Joining map[core.RollupID]common.Hash
	// Dir is the zone's own folder for fates and seal records; it is created when missing.
	Dir string
	// FS is where Dir lies; nil is the operating system's files.
	FS vfs.FS
	// Build names the executor's build. A zone that died twice at the same place starts switched off, until another build
	// opens it.
	Build string
	// Retry lets a zone start that would start switched off.
	Retry bool
	// Shown is the newest tick whose results clients may have been told before this start: the log's head. The start also
	// reads the log up to it for attested results.
	Shown uint64
	// Known finds a transaction whose sender is already recovered, such as the pool's, so that the work is not done
	// twice; nil results and a nil function are fine. It is called from the zone's loop.
	Known func(core.RollupID, common.Hash) *gethtypes.Transaction
	// Listener gets the zone's events; nil functions are skipped.
	Listener Listener
}

// first is the tick that is executed first.
func (c Config) first() uint64 { return max(c.First, 1) }

// members are the zone's rollups before the first tick, ascending: those of the genesis.
func (c Config) members() ([]core.RollupID, error) {
	if c.Genesis == nil {
		return nil, fmt.Errorf("%w: genesis is missing", ErrConfig)
	}
	for _, z := range c.Genesis.Zones {
		if z.ID == c.Zone && c.First > 1 {
			return nil, fmt.Errorf("%w: zone %s is one of the genesis, which begin with tick 1, not %d", ErrConfig, c.Zone, c.First)
		}
		if z.ID == c.Zone {
			return slices.Sorted(slices.Values(z.Rollups)), nil
		}
	}
	if c.First == 0 {
		return nil, fmt.Errorf("%w: zone %s is not in the genesis, and First does not say with which tick it began", ErrConfig, c.Zone)
	}
	return nil, nil
}

// later are the rollups that may have joined after a seal, ascending.
func (c Config) later(r SealRecord) []core.RollupID {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Joining)), func(id core.RollupID) bool {
		return slices.ContainsFunc(r.Rollups, func(s RollupSeal) bool { return s.Rollup == id })
	})
}

// validate reports all problems at once.
func (c Config) validate(engines map[core.RollupID]Engine) error {
	members, err := c.members()
	if err != nil {
		return err
	}
	var problems []error
	for _, id := range members {
		if engines[id] == nil {
			problems = append(problems, fmt.Errorf("%w: no engine for rollup %s", ErrConfig, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Joining)) {
		if engines[id] == nil {
			problems = append(problems, fmt.Errorf("%w: no engine for rollup %s", ErrConfig, id))
		}
	}
	if n := len(members) + len(c.Joining); len(engines) != n {
		problems = append(problems, fmt.Errorf("%w: %d engines for %d rollups", ErrConfig, len(engines), n))
	}
	if c.Dir == "" {
		problems = append(problems, fmt.Errorf("%w: dir is empty", ErrConfig))
	}
	return errors.Join(problems...)
}
