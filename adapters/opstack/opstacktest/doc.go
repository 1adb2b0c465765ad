// Package opstacktest has what tests of package opstack put around the proxy: an execution client that answers as op-geth or as op-reth
// does, and an op-node that drives a chain through it.
//
//	[ Sequencer ] ─▶ adapters/opstack ─▶ [ Execution ]
//
// Invariants:
//  1. Every block has a hash over its fields and a parent that is there, so a chain read back is the chain that was built.
//  2. Both sides check tokens as the real ones do.
//
// What this package never does: execute anything, or know that there is a proxy.
package opstacktest
