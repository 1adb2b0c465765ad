// Package testnet writes the home folders of a network whose validators are processes of their own.
//
//	operator ─ shape, hosts ─▶ [ testnet ] ─▶ homes, genesis, keys, settings ─▶ node × validators
//
// Invariants:
//  1. A folder that exists is never written to; one that could not be finished is removed.
//  2. Every home holds all that one validator needs and no other validator's secrets.
//
// What this package never does: run a node, or put a key or a password into a settings file or a script.
package testnet
