package node

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// A rollup of kind evm that joins a running network has its first state in a file of each node that is to execute it, there
// before the change takes effect. The node opens its chain at the start and serves it from the tick on that lets it join;
// whether it is the state that the validators agreed on is checked then, and at every later start. A file of a zone that the
// network does not have is that of a rollup which may form it: the node opens the zone, which waits.

// joiningSuffix ends the names of the files.
const joiningSuffix = ".json"

// JoiningFile is where a home folder has the first state of a rollup that joins the network.
func JoiningFile(home string, id core.RollupID) string {
	return filepath.Join(joiningDir(home), id.String()+joiningSuffix)
}

func joiningDir(home string) string { return filepath.Join(home, "joining") }

// LoadJoining reads the file of a rollup that is to join a network of this genesis.
func LoadJoining(path string, genesis *core.Genesis) (*core.Joining, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	j, err := core.ParseJoining(b, genesis, evm.SystemAlloc(genesis.Predeploy))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return j, nil
}

// loadAllJoining reads the files of a home folder, by rollup.
func loadAllJoining(home string, genesis *core.Genesis) (map[core.RollupID]*core.Joining, error) {
	entries, err := os.ReadDir(joiningDir(home))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("node: rollups that join: %w", err)
	}
	found := make(map[core.RollupID]*core.Joining)
	for _, entry := range entries {
		name, is := strings.CutSuffix(entry.Name(), joiningSuffix)
		if !is || entry.IsDir() {
			continue
		}
		path := filepath.Join(joiningDir(home), entry.Name())
		j, err := LoadJoining(path, genesis)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrJoining, err)
		}
		if id, err := strconv.ParseUint(name, 10, 64); err != nil || core.RollupID(id) != j.ID {
			return nil, fmt.Errorf("%w: %s is of rollup %s: want the name %s%s", ErrJoining, path, j.ID, j.ID, joiningSuffix)
		}
		if slices.ContainsFunc(genesis.Rollups, func(r core.Rollup) bool { return r.ID == j.ID }) {
			return nil, fmt.Errorf("%w: %s: rollup %s stands in the genesis; remove the file", ErrJoining, path, j.ID)
		}
		found[j.ID] = j
	}
	return found, nil
}

// readJoining takes the rollups that join.
func (n *Node) readJoining() (err error) {
	n.joining, err = loadAllJoining(n.cfg.Home, n.genesis)
	for id, j := range n.joining {
		n.progress.rollups[id] = new(rollupProgress)
		n.progress.executed[j.Zone] = 0
		n.log.Info("a rollup can be executed once it is registered", "stage", "zone", "rollup", id, "zone", j.Zone, "reason", "genesis "+j.Hash(n.genesis.NetworkID()).Hex())
	}
	return err
}

// knownZones are the zones that this node executes, or will once they are formed, ascending: those of the genesis, and those of
// the rollups that join.
func (n *Node) knownZones() []core.Zone {
	zones := slices.Clone(n.genesis.Zones)
	for _, id := range slices.Sorted(maps.Keys(n.joining)) {
		zone := n.joining[id].Zone
		if !slices.ContainsFunc(zones, func(z core.Zone) bool { return z.ID == zone }) {
			zones = append(zones, core.Zone{ID: zone})
		}
	}
	slices.SortFunc(zones, func(a, b core.Zone) int { return cmp.Compare(a.ID, b.ID) })
	return zones
}

// rollupsOf are the rollups of a zone that the node has a first state of: those of the genesis and those that join.
func (n *Node) rollupsOf(z core.Zone) []core.RollupID {
	all := slices.Clone(z.Rollups)
	for _, id := range slices.Sorted(maps.Keys(n.joining)) {
		if n.joining[id].Zone == z.ID {
			all = append(all, id)
		}
	}
	return all
}

// joiningOf are the rollups that join a zone, with the hashes of the first states that this node has of them.
func (n *Node) joiningOf(zone core.ZoneID) map[core.RollupID]common.Hash {
	hashes := make(map[core.RollupID]common.Hash)
	for id, j := range n.joining {
		if j.Zone == zone {
			hashes[id] = j.Hash(n.genesis.NetworkID())
		}
	}
	return hashes
}

// checkJoining compares the first states that this node has with those that were agreed on.
func (n *Node) checkJoining() error {
	var problems []error
	for _, r := range n.genesis.InForce().Rollups {
		agreed, zone := n.machine.AgreedGenesis(r.ID)
		j := n.joining[r.ID]
		switch {
		case j == nil && agreed == (common.Hash{}): // of the genesis, or not executed
		case j == nil:
			n.log.Warn("this node has no genesis of a rollup that was registered, so that its zone cannot be executed from there on",
				"stage", "zone", "rollup", r.ID, "zone", zone, "reason", "want "+JoiningFile(n.cfg.Home, r.ID))
		case agreed == (common.Hash{}):
			problems = append(problems, fmt.Errorf("%w: %s: rollup %s is registered with kind %s; remove the file", ErrJoining, JoiningFile(n.cfg.Home, r.ID), r.ID, r.Kind))
		case j.Hash(n.genesis.NetworkID()) != agreed || j.Zone != zone:
			problems = append(problems, fmt.Errorf("%w: %s gives genesis %s in zone %s, agreed is %s in zone %s; put the agreed one in its place",
				ErrJoining, JoiningFile(n.cfg.Home, r.ID), j.Hash(n.genesis.NetworkID()), j.Zone, agreed, zone))
		}
	}
	return errors.Join(problems...)
}

// missed reports whether a rollup was retired before this node began, by a snapshot that does not have it: all that its chain has
// is the first state, which is not what the rollup ended with.
func (n *Node) missed(id core.RollupID) bool {
	retired, zone := n.machine.RetiredWith(id), n.zones[n.genesis.ZoneOf(id)]
	return retired != 0 && zone != nil && retired <= zone.Executed() && n.chains[id].Head().Number == 0
}

// noteFormed says when a zone is formed that this node cannot execute. A zone that it executes says itself what is missing.
func (n *Node) noteFormed(changes []core.MemberChange) {
	for _, c := range changes {
		if _, known := n.zones[c.Zone]; known || c.Leaves() {
			continue
		}
		n.log.Error("ALARM: a zone was formed that this node has no rollup of; it orders and votes, but executes, attests and serves nothing of the zone",
			"stage", "zone", "rollup", c.Rollup, "zone", c.Zone, "reason", "want "+JoiningFile(n.cfg.Home, c.Rollup)+" with genesis "+c.Genesis.Hex())
	}
}

// chainConfig is how a rollup's chain is opened.
func (n *Node) chainConfig(id core.RollupID) evm.Config {
	cfg := n.rollups().Of(n.genesis, id, n.cfg.rollupDir(id))
	if j := n.joining[id]; j != nil {
		cfg.Rollup = j.Rollup
	}
	return cfg
}
