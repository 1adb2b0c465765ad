// Package confirm runs the real binary of the Engine API proxy between an op-node and an execution client that are not real, in front
// of a devnet that is: blocks told and proven, reorgs, switches and kills, and what a node says about a block's finality.
//
//	opstacktest.Sequencer ─▶ [ lockstep opstack ] ─▶ opstacktest.Execution
//	                               └─▶ devnet: gateway, four validators
//
// The gateway serves the chain's JSON-RPC too: what users send and read, receipts before there is a block, bundles with a leg on it.
package confirm
