// Package node is the composition root: it fits the stages of one node together and runs them.
//
//	gateway ─▶ mempool ─▶ ordering ─▶ orderedlog ─▶ zone          [ node: New wires them, Run runs them ]
//	   ▲                     ▲                        │
//	   └──── results ────────┴──── digests ───────────┘
//
// Invariants:
//  1. New is the only place where one stage is handed to another; stages do not know each other.
//  2. Run owns every goroutine; when it returns, none is left and every file is closed.
//  3. A zone that stops does not stop ordering; ordering that halts stops the node.
//
// What this package never does: decide anything about order, validity or results.
package node
