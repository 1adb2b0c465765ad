// Package swaps knows the swaps of contract Swap: their ids, where a paid side is marked, and the call by which a party pays
// its side.
//
//	terms that two parties agreed upon ─▶ [ swaps ] ─ PayCall ─▶ the leg of each ─▶ Swap on both rollups
//
// Invariants:
//  1. Ids and slots are those of contracts/src/swap; sdk/ts/vectors/swaps.json is compared by Go, Solidity and TypeScript.
//
// What this package never does: speak to a network, or look for the other party.
package swaps
