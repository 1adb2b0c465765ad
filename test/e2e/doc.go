// Package e2e runs whole networks and drives them as users do, over real sockets, with go-ethereum's own client.
//
//	[ e2e ] ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone     (all real, all on disk)
//
// Invariants:
//  1. Nothing of the network is faked; what a test sees, a user can see.
//  2. After every test that shares a network, all validators agree and everything ordered is attested.
//
// What this package never does: measure time, or reach into a stage to change it.
package e2e
