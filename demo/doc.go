// Package demo shows the point of the product on real contracts, against any running network: Uniswap v2 on two
// rollups, an arbitrage across them that takes effect on both or on neither, and a leg that cannot be torn out.
//
//	[ demo ] ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. It speaks to the network through the gateway's public RPC only, as any application does.
//  2. Run ends without error only if every step ended as it should.
//
// What this package never does: carry contract code (the compiled artifacts come from the published npm packages), or
// use keys that are not public.
package demo
