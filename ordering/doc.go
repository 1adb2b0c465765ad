// Package ordering is the replicated machine that turns decided blocks into ticks.
//
// Every validator runs one Machine and feeds it the same proposals in the same order. It says which proposals may be
// accepted, builds its own, and keeps the ledger: the small replicated state (parameters, validators, registry, lane
// heads, attested results, checkpoints, work buckets) whose Merkle-Patricia root is the consensus engine's AppHash. Package
// ordering/comet drives it with CometBFT and owns everything that is not a pure function.
//
//	gateway ─▶ mempool ─▶ [ ordering ] ─▶ orderedlog ─▶ zone ─▶ settlement
//	                         ▲                            │
//	                         └────── result digests ──────┘
//
// Invariants:
//  1. Check decides from the proposal and the committed ledger alone, so a validator that was just restarted votes like
//     all others. It executes nothing, recovers no sender and asks no memory of the node.
//  2. Build never returns a proposal that Check refuses, as long as the engine hands it a last commit with a quorum.
//  3. Finalize accepts exactly what Check accepts. Anything else was decided against the rules, and the node halts.
//  4. Nothing is committed before Commit; Finalize may be repeated.
//  5. Equal proposals on equal ledgers give equal effects and an equal AppHash, whatever was restored in between.
//  6. What was attested never goes back, and it is never beyond the ticks that were ordered.
//  7. A tick opens at most one checkpoint, which is a function of the ledger after it; a complete one carries signatures
//     of more than 2/3 of the set that the complete one before it names.
//
// What this package never does: I/O, reading a clock, logging, executing transactions, judging the content of a vote
// extension, or deciding what becomes of an entry (that is the zone's business).
//
//det:machine
package ordering
