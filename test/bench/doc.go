// Package main measures a devnet as its users see it: a load of signed transfers over both rollups through the real
// gateway, and the time until each is ordered, executed and attested, as a subscriber of the same gateway learns it.
//
// bench run measures experiments: each has several variants, ours beside controls that are not ours, which are measured in turns, see
// package harness. Without run it measures one devnet.
//
// With -gateway it asks the gateway and a stock go-ethereum node with the same blocks the same questions instead, in turns. With -across it
// measures what only joint execution makes possible: bundles beside singles, every operation's gas, and intents.
//
//	[ bench ] ─ JSON-RPC ─▶ gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone        (a process of its own)
//
// Invariants:
//  1. Everything is on disk and durable; the devnet is the released binary with its default settings.
//  2. The load is open-loop: transactions leave at their times whether or not earlier ones are answered.
//
// What this package never does: assert a speed. It reports medians and percentiles of one run.
package main
