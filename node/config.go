package node

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/explorer"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
	"github.com/lockstep-network/lockstep/intents"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/node/admin"
	"github.com/lockstep-network/lockstep/node/snapshot"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/zone"
)

// Config is what one node may choose for itself: the stages' own configurations.
type Config struct {
	// Home is the node's folder; every stage has its own folder in it.
	Home string
	// Role is what the node is for: "validator" orders, executes, serves and votes; "follower" does the same without a vote and
	// without a validator's keys; "gateway" has no copy of the network and forwards clients to the gateways of others.
	Role Role
	// EthereumKey is the file with the key that signs checkpoints; the record of what it signed is kept beside it. Empty:
	// the node signs none.
	EthereumKey string
	// EthereumPassword is the file whose first line opens EthereumKey, if that is an encrypted keystore file.
	EthereumPassword string
	// Ordering is the consensus engine's; its Home is set by New.
	Ordering comet.Config
	// Mempool is the pool's.
	Mempool mempool.Config
	// Gateway serves clients; nil for a validator without a gateway.
	Gateway *gateway.Config
	// Relay is to whom a gateway alone forwards.
	Relay gateway.RelayConfig
	// Explorer is the web page of a node with a gateway.
	Explorer explorer.Config
	// Intents is the book of orders of a node with a gateway.
	Intents intents.Config
	// Lanes bounds the gateway's API for nodes of rollups.
	Lanes laneapi.Config
	// OPStack says where the chains of rollups of kind opstack are, for a node with a gateway.
	OPStack map[core.RollupID]chainrpc.Config
	// Admin is the private listener, with or without a gateway.
	Admin admin.Config
	// Snapshots are those that a node with a gateway makes for nodes that join.
	Snapshots snapshot.Making
	// StateSync is how the node joins when its peers have pruned what it lacks.
	StateSync snapshot.Joining
	// Engine makes a rollup's executor from the node's own, for executors that are made elsewhere; nil uses the node's own.
	// RPC and pool read the own one, so another executor is built around it.
	Engine func(core.RollupID, zone.Engine) zone.Engine
	// RetryZones starts zones that would start switched off because this build died of them twice.
	RetryZones bool
	// Retain is how many of the newest ticks stay in the ordered log, with their fates; zero keeps all, less than 1000
	// is refused. A tick that a zone may have to execute again stays longer.
	Retain uint64
	// Version is the build's name, as clients see it, and as the mark of a zone that died names it.
	Version string
	// Protocol is the highest version of the rules that the build knows; zero is core.ProtocolVersion. At the first tick under a
	// higher one the node stops.
	Protocol uint64
	// Logger gets everything the node has to say.
	Logger *slog.Logger
}

// Role is what a node is for.
type Role string

// The roles. The third one is no Node's, see NewRelay.
const (
	RoleValidator Role = "validator"
	RoleFollower  Role = "follower"
	RoleGateway   Role = "gateway"
)

// Default is a validator without a gateway.
func Default(home string) Config {
	return Config{Home: home, Role: RoleValidator, Relay: gateway.DefaultRelay(), Ordering: comet.Default(), Mempool: mempool.Default(), Lanes: laneapi.Default(), Explorer: explorer.Default(), Intents: intents.Default(), Snapshots: snapshot.DefaultMaking(), StateSync: snapshot.DefaultJoining(), Retain: defaultRetain, Logger: slog.New(slog.DiscardHandler)}
}

// Validate reports all problems at once. Ordering's home is not looked at.
func (c Config) Validate() error {
	if c.Role == RoleGateway {
		return c.validateRelay()
	}
	var problems []error
	if c.Home == "" {
		problems = append(problems, errors.New("home is missing"))
	}
	if c.Logger == nil {
		problems = append(problems, errors.New("logger is missing"))
	}
	if c.Retain != 0 && c.Retain < minRetain {
		problems = append(problems, fmt.Errorf("retain is %d, want 0 (keep all) or at least %d", c.Retain, minRetain))
	}
	if c.Role != RoleValidator && c.Role != RoleFollower {
		problems = append(problems, fmt.Errorf("role is %q, want %q or %q for a node (%q is run by itself)", c.Role, RoleValidator, RoleFollower, RoleGateway))
	}
	if c.Role == RoleFollower && c.EthereumKey != "" {
		problems = append(problems, fmt.Errorf("ethereumKey is %s, and a follower signs nothing", c.EthereumKey))
	}
	if c.Role == RoleFollower && c.Gateway == nil {
		problems = append(problems, errors.New("gateway.listen is empty: a follower is there to serve clients"))
	}
	problems = append(problems, c.Mempool.Validate(), c.Lanes.Validate(), c.Admin.Validate(), c.Snapshots.Validate(), c.StateSync.Validate())
	for _, id := range slices.Sorted(maps.Keys(c.OPStack)) {
		if err := c.OPStack[id].Validate(); err != nil {
			problems = append(problems, fmt.Errorf("opstack.%s: %w", id, err))
		}
	}
	if c.Gateway != nil {
		problems = append(problems, c.Gateway.Validate(), c.Explorer.Validate(), c.Intents.Validate())
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	return nil
}

// validateRelay looks at what counts for a gateway alone.
func (c Config) validateRelay() error {
	if c.Gateway == nil {
		return errors.New("node: gateway.listen is empty: a gateway alone is there to serve clients")
	}
	if err := errors.Join(c.Gateway.Validate(), c.Relay.Validate()); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	return nil
}

// Folders of the stages in a node's home.
func (c Config) logDir() string                { return filepath.Join(c.Home, "log") }
func (c Config) snapshotDir() string           { return filepath.Join(c.Home, "snapshots") }
func (c Config) explorerDir() string           { return filepath.Join(c.Home, "explorer") }
func (c Config) zoneDir(id core.ZoneID) string { return filepath.Join(c.Home, "zone", id.String()) }
func (c Config) rollupDir(id core.RollupID) string {
	return filepath.Join(c.Home, "rollup", id.String())
}

// EthereumKey is where a validator's Ethereum key is in its home folder, unless the configuration says otherwise.
func EthereumKey(home string) string { return filepath.Join(home, "ethereum.key") }

// OrderingDir is the consensus engine's folder in a node's home, where its keys are.
func OrderingDir(home string) string { return filepath.Join(home, "ordering") }
