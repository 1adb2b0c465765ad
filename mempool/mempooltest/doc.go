// Package mempooltest is the harness of package mempool's tests: a network, funded keys, and an executed state.
//
//	[mempooltest: State] ─▶ mempool
//
// Invariants:
//  1. State changes only when a test says so.
//  2. Keys, and so addresses and transaction hashes, are the same in every run.
//
// What this package never does: executing transactions, or being imported outside of tests.
package mempooltest
