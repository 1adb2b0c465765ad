// Package sdk drives a devnet with the TypeScript SDK of sdk/ts: its own tests (vitest) run against a real network.
//
//	[ sdk ] ─ sdk/ts ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone     (all real, all on disk)
//
// Invariants:
//  1. The example in sdk/ts/README.md is executed as it stands.
//
// What this package never does: replace any part of the network.
package sdk
