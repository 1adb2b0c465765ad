// Package laneapi is the gateway's API for the nodes of rollups: protobuf over Connect, gRPC and gRPC-Web, or JSON, by plain
// HTTP. It is the only part of the server that knows the protocol's library and the generated messages.
//
//	rollup's node ─▶ [gateway/laneapi] ─▶ mempool ─▶ ordering ─▶ orderedlog
//	      ▲                 │                                       │
//	      └── lane, proofs ─┘◀──────────── a cursor per stream ─────┘
//
// Transactions, bundles and what operators say go into the pool, as through JSON-RPC. The lane comes out tick by tick, with
// the heads that a reader computes itself and the proofs that hold them to checkpoints. Ticks that add nothing are counted
// and sent too: they are the clock.
//
// Invariants:
//  1. A stream is a function of its cursor and of the order, never of the gateway: every node sends the same ticks.
//  2. Between two messages of a stream nothing is left out and nothing repeated.
//  3. Nothing is buffered for a client: a stream reads the log as fast as its client does, and one that takes nothing for
//     Config.Patience is ended. The log is the buffer, and the client comes back with its cursor.
//  4. Every error is one of the gateway's table, with its code and reason as a detail.
//
// What this package never does: interpret transactions, keep anything about a client, or trust what a client says of a lane.
package laneapi
