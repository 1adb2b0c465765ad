// Package signer holds a validator's Ethereum key and signs checkpoints with it, never two that contradict each other.
//
// A checkpoint is a function of what was decided, so an honest validator is asked for one digest per tick, in ascending
// ticks. This package does not trust that: before a signature leaves it, tick, digest and signature stand in a record
// that survives the loss of power, and what is asked for later is held against that record. There is one record per
// network beside the key, so that a key may serve a new network from its first tick on.
//
//	gateway ─▶ mempool ─▶ ordering [ signer ] ─▶ orderedlog ─▶ zone
//
// Invariants:
//  1. A signature is released after its record is on disk (written, synced, renamed, folder synced), never before.
//  2. Of one network, no tick below the recorded one is signed, and no second digest for that tick. The same request
//     again gives the recorded signature.
//  3. A record that cannot be read, or is not this key's, is an error. Only a missing one means "nothing signed yet".
//  4. One process uses a key at a time. A copy of the key in another folder is out of its sight.
//
// What this package never does: decide what a checkpoint is, talk to the network, or repair a record.
package signer
