// Package zonetest is a zone's surroundings for tests: an engine without an EVM, an ordered log in memory, and a
// builder of networks, transactions and ticks.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ [ zone ] ─▶ settlement
//
// Invariants:
//  1. The engine keeps the contract of zone.Engine, crash included: a Disk survives, an Engine does not.
//  2. Everything is deterministic: the same ticks give the same hashes in every run.
//
// What this package never does: appear in anything but tests.
package zonetest
