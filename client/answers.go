package client

import "github.com/lockstep-network/lockstep/gateway"

// Network is what lockstep_status answers. This and the following are the gateway's own types, named here so that who uses
// a client needs no other package.
type Network = gateway.NetworkStatus

// Status is what lockstep_getStatus answers.
type Status = gateway.Status

// Attempt is one place in the order.
type Attempt = gateway.Attempt

// Simulation is what lockstep_simulateBundle answers.
type Simulation = gateway.SimulationView

// Tick is what lockstep_getTick answers.
type Tick = gateway.TickView

// Checkpoint is what lockstep_getCheckpoint answers.
type Checkpoint = gateway.CheckpointView

// ControlReceipt is what a gateway says to a change of the network that it took.
type ControlReceipt = gateway.ControlReceipt

// ControlView lists the changes of the network.
type ControlView = gateway.ControlView
