package evm

import (
	"log/slog"

	"github.com/lockstep-network/lockstep/core"
)

// Config says which rollup to execute and where to keep it.
type Config struct {
	// Dir is the folder of the chain; empty keeps everything in memory.
	Dir string
	// Network is in every hash that is made here.
	Network core.NetworkID
	// Rollup is the registry's row, of kind evm.
	Rollup core.Rollup
	// Params are the network's rules; BlockGas and MaxTxGas are used here.
	Params core.Params
	// Predeploy is Lockstep's system contract, which the rollup's alloc must hold.
	Predeploy core.Predeploy
	// EVMTime is the timestamp of the genesis block in seconds.
	EVMTime uint64
	// Logger gets the lifecycle of the chain; nil discards it.
	Logger *slog.Logger
}

// ConfigOf takes a rollup's configuration from the genesis. The rollup must be registered there with kind evm, or Open
// refuses it.
func ConfigOf(g *core.Genesis, id core.RollupID, dir string) Config {
	return Config{Network: g.NetworkID(), Params: g.Params, Predeploy: g.Predeploy, EVMTime: g.EVMTime()}.Of(g, id, dir)
}

// Of is the configuration of another rollup of the same network. That of many takes less time so: the network's id is a hash
// over all their accounts.
func (cfg Config) Of(g *core.Genesis, id core.RollupID, dir string) Config {
	cfg.Dir, cfg.Rollup = dir, core.Rollup{ID: id}
	if rollup, ok := g.Rollup(id); ok {
		cfg.Rollup = *rollup
	}
	return cfg
}
