// Package comet runs the ordering machine under CometBFT: it is the only importer of that engine.
//
// CometBFT decides the order of proposals among the validators, gossips what the pools hand it, replays after a
// restart and signs the votes. This package translates: consensus calls into calls of the ordering machine, gossip
// into calls of the pool, decided blocks into records of the log, and the engine's failures into one error of Run.
//
//	gateway ─▶ mempool ─▶ [ ordering/comet ] ─▶ orderedlog ─▶ zone ─▶ settlement
//	                 gossip ⇅ votes ⇅ blocks
//	                  the other validators
//
// Invariants:
//  1. A tick is in the log, durably, before the machine commits it and before the engine is told that it is committed.
//  2. Votes depend on the proposal and the machine's state alone: never on the pool, the log, the results or a clock.
//  3. Gossip (InsertTx, ReapTxs) never waits for a consensus call, and no consensus call waits for gossip.
//  4. PrepareProposal waits at most the idle interval, and not at all while a result waits for its attestation.
//  5. A failing executor costs this validator its attestations, never its vote.
//  6. Timeouts follow the measured delays between configured bounds, and are changed in the consensus loop alone.
//  7. An error of the machine or the log ends Run with ErrHalted; nothing is decided, signed or written after it.
//  8. Who keeps an entry is asked and answered beside consensus; only answers of validators that have proved which one they are count.
//  9. What led to a signature is in the write-ahead log before it is made, the signature in the record of the last one before it leaves, and a
//     precommit in the log before it leaves; all on disk. What that log has lost of what was synced is found at the start, which fails.
//
// 10. Block and answer of a tick are on disk before the log has the tick.
//
// What this package never does: order, judge or execute transactions, keep state of its own, serve CometBFT's RPC, or
// start goroutines outside Run.
package comet
