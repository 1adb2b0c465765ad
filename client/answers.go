package client

import "github.com/lockstep-network/lockstep/gateway"

// What a gateway answers, so that who uses a client needs no other package.
type (
	Network    = gateway.NetworkStatus
	Status     = gateway.Status
	Attempt    = gateway.Attempt
	Simulation = gateway.SimulationView
	Tick       = gateway.TickView
	Checkpoint = gateway.CheckpointView
	Rollup     = gateway.RollupView
)
