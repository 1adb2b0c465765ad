// Package orderedlog keeps what was ordered, durably and append-only, and lets every reader follow it with a cursor of
// its own.
//
// It is the one place where the two halves of the path meet: before it data may still be refused, after it nothing is
// lost. A tick's record is written together with the ledger changes of the same tick in one synced batch, so a crash
// never separates the order from the ordering machine's state.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ [ orderedlog ] ─▶ zone ─▶ settlement
//
// Invariants:
//
//  1. Ticks are appended without gaps from 1 and never change: appending a tick again is accepted only with the same bytes.
//
//  2. When Append returns, the record, its indexes and the ledger changes survive the loss of power.
//
//  3. Lane positions are numbered from 0 without gaps; each belongs to exactly one tick.
//
//  4. A folder of another network or of another format version is refused before anything is written.
//
//  5. Ticks are forgotten from the oldest on only, together with all that points to them, when the node says so.
//
//  6. A damaged file is an error that names the folder, or the log ends at an earlier tick: never another content.
//
// What this package never does: interpret transactions, decide order, know results, or choose how long to keep them.
package orderedlog
