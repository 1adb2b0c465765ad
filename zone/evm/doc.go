// Package evm executes one EVM rollup with go-ethereum as a library: its sealed chain, its open block and its readers.
//
// A Chain is the zone's engine for one rollup. Transactions run one after the other on the open block's state; so does a
// bundle's only leg, which can be taken back until it is merged, and several run on a scratch state over it, which is
// merged or dropped as a whole; a seal turns the open block into an ordinary Ethereum block that an unmodified
// go-ethereum accepts. After each tick readers get an immutable View of everything up to it. No fork of go-ethereum is
// needed: exported code only.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ [zone/evm] ─▶ settlement
//	                                   zone.Engine ─┘        └─▶ View ─▶ RPC, pool
//
// Invariants:
//  1. A void or NoRoom transaction leaves state, gas and size exactly as they were; everything else it could have
//     touched (caches) is not observable.
//  2. Header fields and results follow from the genesis and the calls of zone.Engine alone: no clock, no randomness, no
//     map order.
//  3. The provisional receipts of a transaction and those of the sealed block differ in the block hash only.
//  4. The state of a sealed block is on disk before the block is, and the block before the head names it.
//  5. A View never changes after it was published, and a slow reader never holds up execution.
//  6. An account that has storage is never deleted (EIP-6780, and no such account is empty: EIP-161 with EIP-7610 and
//     EIP-7702), so a layer or an overlay needs no "storage wiped" mark.
//
// What this package never does: decide order, bundle rules or attestations (package zone), listen on a socket, speak
// to peers, or guess an outcome that go-ethereum's errors do not name.
package evm
