// Package clients drives a devnet with the clients that people use, as published on npm and unmodified: viem, ethers and
// cast. Scenarios of viem and ethers are scripts beside the tests; those of cast are command lines.
//
//	[ clients ] ─ viem, ethers, cast ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone     (all real, all on disk)
//
// Invariants:
//  1. A client is set up as its own documentation says; every setting beyond that is named in docs/guides/clients.md, with the reason.
//  2. The table in that guide lists what these tests have just done.
//
// What this package never does: replace or patch any part of a client or of the network.
package clients
