// Package snapshot lets a node begin in the middle: it keeps snapshots of a node for others, serves them over HTTP, fetches
// one from peers that it does not believe, and makes a home folder of it.
//
//	ordered log, zones, rollups ─▶ [ snapshot: archive ─▶ HTTP ─▶ fetch ─▶ verify ─▶ install ] ─▶ home folder ─▶ node
//
// A snapshot is of a tick that opened a checkpoint and sealed a block of every rollup. It has the ledger and the
// engine's state after the tick, and each zone and its rollups at the seal before it; the node goes on from there as after a
// restart. docs/spec/formats.md has its format.
//
// Invariants:
//  1. Nothing of a snapshot is believed: the genesis' validators lead by signed checkpoints to the one of the tick, which has
//     the ledger's root, and to a later one, which has the zones' results. Everything else hangs on these by hashes.
//  2. A home folder is changed only when all is verified and on disk, by renames that go on after a kill; keys and the
//     records of what was signed are never touched.
//  3. What was fetched is kept by its hash: a fetch that was cut short goes on, also from another peer.
//  4. Chunks, snapshots and their number are bounded, on both sides.
//
// What this package never does: decide when a snapshot is made, run a stage, or hold a key.
package snapshot
