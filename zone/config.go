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
	// Zone is the zone of the genesis that is executed.
	Zone core.ZoneID
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

// members are the zone's rollups in the genesis, ascending.
func (c Config) members() ([]core.RollupID, error) {
	if c.Genesis == nil {
		return nil, fmt.Errorf("%w: genesis is missing", ErrConfig)
	}
	for _, z := range c.Genesis.Zones {
		if z.ID == c.Zone {
			return slices.Sorted(slices.Values(z.Rollups)), nil
		}
	}
	return nil, fmt.Errorf("%w: zone %s is not in the genesis", ErrConfig, c.Zone)
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
