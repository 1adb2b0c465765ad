package devnet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-network/lockstep/core"
)

// Shape is how large a devnet is. Zero fields are the default, or what the folder has.
type Shape struct {
	// Validators is how many there are, each with the same power: 4 to 16.
	Validators int
	// Rollups is how many EVM rollups the one zone has, with the chain ids 901, 902, and so on: 2 to 16.
	Rollups int
}

// The smallest network that survives a faulty validator, and the smallest with anything to be atomic across; what one
// machine can run ends somewhere above the largest.
const (
	minValidators, maxValidators = 4, 16
	minRollups, maxRollups       = 2, 16
	firstRollup                  = core.RollupID(901)
)

// ErrShape: no devnet has this shape, or the folder's has another.
var ErrShape = errors.New("devnet: not the shape of this devnet")

// Validate is ErrShape where a number is out of range.
func (s Shape) Validate() error {
	if s.Validators != 0 && (s.Validators < minValidators || s.Validators > maxValidators) {
		return fmt.Errorf("%w: %d validators, want %d to %d", ErrShape, s.Validators, minValidators, maxValidators)
	}
	if s.Rollups != 0 && (s.Rollups < minRollups || s.Rollups > maxRollups) {
		return fmt.Errorf("%w: %d rollups, want %d to %d", ErrShape, s.Rollups, minRollups, maxRollups)
	}
	return nil
}

// OrDefault is the shape of a new network.
func (s Shape) OrDefault() Shape {
	if s.Validators == 0 {
		s.Validators = minValidators
	}
	if s.Rollups == 0 {
		s.Rollups = minRollups
	}
	return s
}

// check holds a folder's genesis against the shape that was asked for.
func (s Shape) check(g *core.Genesis, dir string) error {
	has := Shape{len(g.Validators), len(g.Zones[0].Rollups)}
	if (s.Validators == 0 || s.Validators == has.Validators) && (s.Rollups == 0 || s.Rollups == has.Rollups) {
		return nil
	}
	return fmt.Errorf("%w: the one in %s has %d validators and %d rollups; leave the numbers out to go on with it, give another --dir, or throw its chains away with --fresh",
		ErrShape, dir, has.Validators, has.Rollups)
}

// checkRollups holds a folder's genesis against the rollups that were asked for: it gets no new ones.
func (o Options) checkRollups(g *core.Genesis) error {
	for kind, ids := range map[core.RollupKind][]core.RollupID{core.KindOpaque: o.Opaque, core.KindOPStack: o.OPStack} {
		for _, id := range ids {
			if has, ok := g.Kind(id); !ok || has != kind {
				return fmt.Errorf("%w: rollup %s of kind %s is not in the one in %s, which has %s; name only what it has, give another --dir, or throw its chains away with --fresh",
					ErrShape, id, kind, o.Dir, describeRollups(g))
			}
		}
	}
	return nil
}

func describeRollups(g *core.Genesis) string {
	var list []string
	for _, r := range g.Rollups {
		list = append(list, fmt.Sprintf("%s (%s)", r.ID, r.Kind))
	}
	return strings.Join(list, ", ")
}

// RollupIDs are the chain ids of the rollups.
func (s Shape) RollupIDs() []core.RollupID {
	ids := make([]core.RollupID, s.Rollups)
	for i := range ids {
		ids[i] = firstRollup + core.RollupID(i)
	}
	return ids
}
