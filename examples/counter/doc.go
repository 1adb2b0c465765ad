// Package main is counter, a whole rollup of its own kind: its transactions say "add KEY N", its state is a number for each key.
//
// Lockstep orders the bytes; what they mean, only this program knows. Start as many instances as you like: each reads the
// lane from its own cursor and comes to the same numbers.
//
//	counter add KEY N ─▶ gateway ─▶ ordering ─▶ lane ─▶ [ counter, counter, … ]
//
// Invariants:
//  1. The state is a function of the lane up to the cursor that is saved with it.
//
// What this program never does: decide an order, or believe a gateway that contradicts what the validators signed.
package main
