// Package fastlz estimates, as the OP Stack's protocol does since Fjord, how much room a transaction takes in a compressed batch.
//
//	lane ─▶ adapters/opstack ─▶ [ fastlz ] ─▶ what fits into a block
//
// It measures and compresses nothing. Its numbers are consensus: an execution client refuses a block that counts with more.
//
// Invariants:
//  1. For all data the numbers are op-geth's; testdata/vectors.json is written and checked by it in test/opstack.
//
// What this package never does: look into what it measures.
package fastlz
