// Package opstack runs unmodified OP Stack chains beside Lockstep, and compares what becomes of them with what must.
//
//	anvil (L1) ← op-batcher ← [ op-node → meter → lockstep opstack → op-geth ] → lockstep devnet
//	           → op-node → op-geth, which follow from L1 alone
//
// Invariants:
//  1. Every program is what its makers publish, built from the versions in the go.mod files here and package-lock.json.
//  2. Each check is a row of the table at the end; one deviation and the run fails.
//  3. Everything listens on 127.0.0.1, on ports of the kernel's, and is ended by its process id, also after Ctrl-C.
//
// What this package never does: judge a block by what made it. The judge is a second op-node and op-geth that know only
// L1, and must come to the same hashes. It is a module of its own, so that the OP Stack's dependencies stay out of ours.
package opstack
