// Package core is the vocabulary of Lockstep: the identifiers, entries, encodings and hashes that every stage shares.
//
// It holds the formats that must not move: everything that is put on a wire, into a log, into a hash or under a
// signature is defined here (the ledger's own keys and values excepted, which belong to package ordering), each with
// a golden vector. docs/spec/formats.md is the prose version.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone ─▶ settlement
//	[core: the words all of them speak]
//
// Invariants:
//  1. Every encoding begins with a version byte and a kind byte; an unknown value of either is an error.
//  2. Every encoding is canonical: decoding and encoding again gives the same bytes, anything else is an error.
//  3. Every hash begins with a domain tag of tags.go and, where it names something of one network, its NetworkID.
//  4. Decoders of untrusted bytes are bounded by their input: no allocation grows faster than the bytes given.
//
// What this package never does: I/O, reading a clock, randomness, logging, or deciding whether something is valid in
// a state (that is the business of package ordering for order and of package zone for effects).
//
//det:machine
package core
