// Package testnet makes a network with the real binary, runs its validators as processes of their own with the script
// that comes with it, and uses it, kills one and stops it as an operator does.
//
//	lockstep testnet init ─▶ start.sh ─▶ lockstep node × 4 ◀─ [ testnet ]
//
// Invariants:
//  1. Every process that a test starts has ended when the test ends.
//
// What this package never does: reach into a process otherwise than through its sockets, its files and signals.
package testnet
