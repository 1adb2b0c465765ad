// Package deployment puts the contracts of contracts/src on the rollups of a zone, each at one address on all of them.
//
// Everything is created by the deterministic CREATE2 factory with the salt zero, so that an address follows from the zone's
// rollups alone: who deploys, when and in which order makes no difference. TokenBridge and Swap rely on the same addresses
// everywhere.
//
//	gen/bindings ─▶ [ deployment ] ─ transactions to the factory ─▶ rollup
//
// Invariants:
//  1. Of is a function of the set of rollups: order and repetitions make no difference.
//  2. What has code already is left alone, and a second deployment sends nothing.
//  3. Addresses are returned once all contracts have code.
//
// What this package never does: change or call a contract that exists.
package deployment
