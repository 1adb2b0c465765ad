// Package load offers transactions to a network as its users would and notes when they learn what became of them.
//
//	paced or windowed ─▶ Target.Send ─▶ network ─▶ Target.Follow ─▶ [ load ] ─▶ percentiles
//
// Invariants:
//  1. A paced load is open-loop: transactions leave at their times whether or not earlier ones are answered, and their latency counts
//     from the time at which they were due.
//  2. Everything that costs the client time, such as signing, is done before the first transaction leaves.
//  3. A load waits a bounded time for its last transactions and says how many never came.
//
// What this package never does: know how a network is spoken to.
package load
