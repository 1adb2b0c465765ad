// Package gateway is the door of a node: JSON-RPC over HTTP and WebSocket, in and out, on one port.
//
// It takes transactions and bundles from clients, refuses what is malformed with an error that names the field, hands
// the rest to the pool, and answers questions about the fate of everything that was ever ordered. `/` serves the
// network's own methods (lockstep_*), `/rollup/{id}` the Ethereum JSON-RPC of that rollup. What a client must not be
// able to do is written here as limits: bytes, batches, connections, waiters, simulations, subscriptions, time.
//
//	client ─▶ [gateway] ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone
//	  ▲            │                                  │           │
//	  └────────────┘◀──────── cursors (follow.go) ────┴───────────┘
//
// Invariants:
//  1. Every error a client sees has a row in the table of errors.go, or says "internal error" and a request id.
//  2. Waiting is event driven: whoever waits for an entry is woken by the tick that orders or decides it. A wake-up may
//     be spurious, never missing; the answer is always computed from the log and the zone, not from the event.
//  3. The push side is bounded (everything that waits is counted), the pull side cannot be slowed by a client: a
//     subscriber has a place in a ring of messages and is dropped when the ring has gone round.
//  4. An entry's answer never gets worse: a hash that was ordered several times is judged by its best attempt.
//
// What this package never does: execute, order, keep state of its own across a restart, or know how other stages are
// built (package node fits them to the interfaces of deps.go).
package gateway
