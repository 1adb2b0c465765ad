// Package sdk drives a devnet with the TypeScript SDK of sdk/ts: its own tests (vitest) run against a real network.
//
//	[ sdk ] ─ sdk/ts ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone     (all real, all on disk)
//
// Invariants:
//  1. The examples in sdk/ts/README.md that use a network are executed as they stand.
//
// What this package never does: replace any part of the network.
package sdk
