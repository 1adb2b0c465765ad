// Package orderingtest helps tests of package ordering: a network with the private keys of its validators, transactions
// and bundles for it, signed extended commits, and a cluster of machines that is driven without a consensus engine.
//
//	gateway ─▶ mempool ─▶ [ ordering ] ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. Everything is derived from fixed seeds: the same calls give the same bytes.
//  2. Extension signatures are over the engine's real sign bytes (TestSignBytes_Golden).
//
// What this package never does: being imported outside tests.
package orderingtest
