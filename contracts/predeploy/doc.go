// Package predeploy holds the code that contracts of a rollup's first state have.
//
// Assertions is the Lockstep predeploy, compiled from contracts/src/predeploy. Permit2 is Uniswap's, as it is deployed on
// Ethereum, with the two values that depend on the chain put in.
//
//	contracts/src ─ forge ─▶ [predeploy] ─▶ genesis alloc ─▶ zone
//
// Invariants:
//  1. The bytes are those of the committed files; a test compares their hashes, since they are part of every genesis.
//  2. What is returned is a copy.
//
// What this package never does: decide which of them a rollup has.
package predeploy
