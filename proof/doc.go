// Package proof shows to somebody who trusts no single node what the network ordered and what became of it: proof
// objects, and the verifier that checks them against nothing but a genesis or a trusted checkpoint.
//
// Every proof ends in a checkpoint, the statement that the validators' Ethereum keys sign. From there it goes down: the
// checkpoint's ledger root commits to the lane heads (Merkle-Patricia proof), a lane head to the rows of its ticks
// (hash chain), a row to its items (Merkle path); the checkpoint's results commit to each zone's digest, a digest to the
// results of its ticks (hash chain), these to the outcomes of each rollup (Merkle branches). docs/spec/proofs.md has the
// formulas.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//	   │                     └─ rows, checkpoints ─┘  └─ results, outcomes
//	   └─ a node builds ──▶ [ proof: anybody checks ]
//
// Invariants:
//  1. What Verify accepts follows from signatures of more than 2/3 of the power of the set that the verifier trusts, or
//     of a set that a chain of such checkpoints names.
//  2. No field is for show: changing any of them, in any way that still decodes, makes Verify fail.
//  3. Every list is bounded before it is walked, and work is linear in the size of the proof and the ticks it spans.
//  4. Decoding accepts only what encoding writes.
//
// What this package never does: I/O, trusting who sent a proof, executing anything, or saying that something did not
// happen.
package proof
