// Package intents keeps one gateway's book of orders that users have signed, and auctions them to solvers.
//
// A user signs what it gives on one rollup and the least that it wants on another one of the zone. Solvers offer bundles that
// fill the order and claim its input. A window of some ticks begins with the order; what is offered meanwhile is simulated at
// once and shown to nobody. When the window is over, the solution with the most surplus for the user that still simulates is
// sent to the pool like any bundle, and what the settlers' events say in its receipts is what counts as filled. The machine
// (machine.go) decides from what it is told; the book around it (book.go, run.go) simulates, sends and follows.
//
//	user ── order ────▶ ┌───────────┐
//	                    │ [intents] │ ── winner ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//	solver ─ bundle ──▶ └───────────┘ ◀──────────────── ticks, fates, simulations ──────┘
//
// Invariants:
//  1. The winner follows from the set of solutions that came within the window, never from their order: most surplus, then
//     more input, then the lower bundle id. A full book keeps the best of them, whoever came first.
//  2. At most one bundle of an order is under way at a time.
//  3. What is offered leaves the book only by being sent: views and messages count solutions and tell nothing of them.
//  4. An amount counts as filled when the receipts of an executed bundle have the events Filled and Claimed with equal fills.
//  5. Whatever users and solvers send, memory stays within the caps of Config, and work within its simulations at a time.
//  6. Every order ends as filled, cancelled or expired, and every subscriber is told or is told that it lagged.
//
// What this package never does: hold funds or keys, sign, enforce on chain who fills (only the price is), share the book with
// other gateways, or keep anything across a restart.
package intents
