// Package zone executes the rollups of one zone jointly: from the ordered log's ticks it makes outcomes, sealed blocks
// and one result digest per tick, the same on every node.
//
// A zone is a function (open blocks, tick) → (open blocks', outcomes). The machine (machine.go, lane.go, bundle.go) is
// that function; run.go is the loop that feeds it from the log and publishes what came out; store.go keeps fates and
// seal records; recover.go takes all rollups back to one common attested seal, and supervise.go says when. go-ethereum stands behind the Engine
// interface (package zone/evm).
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ [ zone ] ─▶ settlement
//	                          ▲                        │
//	                          └──── result digests ────┘
//
// Invariants:
//  1. Every lane position is decided exactly once, in one tick; what was decided is in that tick's digest.
//  2. All open blocks of the zone are opened and sealed together, with equal timestamps, before anything of the tick
//     that opens a later slot. At most the newest seal is not durable.
//  3. An execution bundle takes effect on all its rollups or on none, and is decided in its own tick.
//  4. A lane is executed in its order: a single that does not fit stops the lane, and nothing overtakes it but
//     execution bundles, which are void then.
//  5. A zone restarted anywhere gives the digests and block hashes of one that never stopped.
//  6. Every error of the machine is a broken invariant, and so is a digest that is not the attested one: the zone goes back
//     to the newest attested seal once (supervise.go), then Run ends and ordering goes on without the zone.
//  7. What the zone agreed with the quorum about is never forgotten, changed or taken back, through rebuilds and restarts.
//
// What this package never does: order or refuse entries, judge the layout rules, sign, log, or read a clock in the
// machine.
package zone
