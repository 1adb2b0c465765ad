// Package testnet writes the home folders of a network whose nodes are processes of their own.
//
//	operator ─ shape, hosts ─▶ [ testnet ] ─▶ homes, genesis, keys, settings ─▶ node × validators, followers, gateways
//
// Invariants:
//  1. A folder that exists is never written to; one that could not be finished is removed.
//  2. Every home holds all that one node needs and no other node's secrets; a follower has no key that signs for the network.
//
// What this package never does: run a node, or put a key or a password into a settings file or a script.
package testnet
