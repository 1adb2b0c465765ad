// Package actor holds the accounts that the demo acts with: each signs, sends and reads on one rollup through the rollup's
// ordinary Ethereum RPC, and nothing else.
//
//	[ actor ] ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. What is signed is valid on one rollup only: every signature names its chain id.
//  2. Send succeeds only with a receipt that says so.
//
// What this package never does: keep a nonce (the rollup knows it), or know of bundles.
package actor
