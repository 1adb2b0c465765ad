// Package uniswap deploys Uniswap v2 on a rollup, with one pool of a new token, and makes the calls of people who trade there.
//
//	[ uniswap ] ─▶ actor ─ JSON-RPC ─▶ gateway
//
// Invariants:
//  1. The contracts are those that Uniswap published, byte for byte.
//  2. Every exchange has a token of its own, so it does not matter what else a rollup holds.
//
// What this package never does: carry contract code. The compiled artifacts come from the published npm packages.
package uniswap
