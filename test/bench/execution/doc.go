// Package execution measures what executing costs in a zone, beside go-ethereum importing the same blocks.
//
//	scripts of ticks ─▶ [ execution: zone │ engine alone │ go-ethereum ] ─▶ processor time of a transaction ─▶ harness
//
// Everything runs in one process, on disk, variant after variant and round after round in an order that turns; figures are
// medians over the rounds, ratios are made within a round. No network: the log is one in memory, all of whose ticks are
// there when the clock starts.
//
// Invariants:
//  1. Blocks that are compared are the same ones, by their hashes, and hold every transaction.
//  2. No variant pays for the garbage of the one before.
//
// What this package never does: it does not time what a validator does besides (admission, consensus), and does not leave files behind.
package execution
