// Package demo shows the point of the product on real contracts, against any running network: an arbitrage between Uniswap v2
// on two rollups, a leg that cannot be torn out of its bundle, a swap between strangers, a token that moves and an intent for
// which two solvers compete, and of each what remains when it fails: nothing.
//
// A step is a bundle; what it did is read from the chains, before and after it, and a judge compares that with what it should
// have done: every balance, supply, nonce and event, on both rollups, to the last wei.
//
//	[ demo ] ─▶ actor, uniswap, solver ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. It speaks to the network through the gateway's public RPC only, as any application does.
//  2. Run ends without error only if every step ended as it should.
//
// What this package never does: carry contract code (what it deploys comes from gen/bindings and from published npm packages),
// or use keys that are not public.
package demo
