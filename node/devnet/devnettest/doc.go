// Package devnettest runs a devnet for the length of a test, for the tests of other packages.
//
//	[ devnettest ] ─▶ node/devnet ─▶ node × validators
//
// Invariants:
//  1. The network is ready when Start returns, and closed when the test has ended; a failure of it fails the test.
//
// What this package never does: replace any part of the network.
package devnettest
